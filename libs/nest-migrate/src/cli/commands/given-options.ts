import { type CommanderCommand } from './commander.js';

/** What the options of the commands are once parsed, under commander's names for them. */
export interface GivenOptions {
  readonly accept?: boolean;
  readonly run?: boolean;
  readonly autogenerate?: boolean;
  readonly branchLabel?: readonly string[];
  readonly checkHeads?: boolean;
  readonly context?: string;
  readonly dependsOn?: readonly string[];
  readonly directory?: string;
  readonly dryRun?: boolean;
  readonly fromEmpty?: boolean;
  readonly graph?: boolean;
  readonly head?: readonly string[];
  readonly indicateCurrent?: boolean;
  readonly interrupted?: 'skip' | 'repeat';
  readonly json?: boolean;
  readonly lockWaitTimeout?: number;
  readonly message?: string;
  readonly multidb?: boolean;
  readonly output?: string;
  readonly purge?: boolean;
  readonly quiet?: boolean;
  readonly rename?: readonly string[];
  readonly renames?: string;
  readonly resolveDependencies?: boolean;
  readonly revId?: string;
  readonly revRange?: string;
  readonly splice?: boolean;
  readonly sql?: boolean;
  readonly tag?: string;
  readonly template?: string;
  readonly verbose?: boolean;
  readonly versionPath?: string;
  readonly xArg?: readonly string[];
}

/** The options of a command together with those given to its group: `db -d other upgrade`. */
export function givenOptions(command: CommanderCommand, own: GivenOptions): GivenOptions {
  const group: GivenOptions = command.parent?.opts() ?? {};
  return { ...group, ...own, xArg: [...(group.xArg ?? []), ...(own.xArg ?? [])] };
}

/** Adds a value of an option that may be repeated and whose values may be joined with commas. */
export function addNames(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',').map((name) => name.trim())].filter((name) => name !== '');
}

/** Names as the service takes them: one alone is no list, since only then may it be a symbol such as `heads`. */
export function oneOrMany(names: readonly string[] | undefined): string | readonly string[] | undefined {
  return names?.length === 1 ? names[0] : names;
}

/** `k=v` arguments as a record; without `=` the value is empty. Of two with one key the last counts. */
export function keyValues(pairs: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
