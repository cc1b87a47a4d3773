import { CommandExit, type CommandSession } from '../command-session.js';
import { ExitCode } from '../exit-code.js';
import { type CommonValues, commonOptions } from '../options/common-options.js';
import { ServiceOptions } from '../service-options.js';
import { type Terminal } from '../terminal.js';
import { type Arguments, type ArgumentValues, argumentValues } from './argument.js';
import { type CommandGroup } from './command-group.js';
import { type HelpRow, type HelpTable } from './help-table.js';
import { type Options, type OptionValues } from './option.js';
import { type Scope } from './scope.js';

/** What was typed, by name: the arguments and options that the command declares, and the common ones. */
export type Given<A extends Arguments, O extends Options> = ArgumentValues<A> & OptionValues<O> & CommonValues;

/** A call of a command, at one of the places that it works on. */
export type Call<G, P> = P & {
  readonly given: G;
  readonly terminal: Terminal;
  /** The word before the command, `db`. */
  readonly group: string;
  /** Fires when the command shall stop. */
  readonly signal: AbortSignal;
};

/** Types of a command without arguments, and without options of its own. */
type None = Record<never, never>;

/** A command of the group: all that is known of it. */
export interface CommandDefinition<P, R, A extends Arguments, O extends Options> {
  readonly name: string;
  /** What it is for: the title under which the help of the group lists it. */
  readonly group: CommandGroup;
  /** One sentence, without its full stop. */
  readonly description: string;
  readonly arguments?: A;
  /** Its own options, beside those that every command takes. */
  readonly options?: O;
  /** Further tables of its help. */
  readonly tables?: readonly HelpTable[];
  /** Command lines for the end of its help, without the group's name. */
  readonly examples: readonly HelpRow[];
  /** What it works on; where that depends on what was typed, a function. */
  readonly on: Scope<P> | ((given: Given<A, O>) => Scope<P>);
  /**
   * Refuses a call before the application starts.
   *
   * @throws Misuse where the command line makes no sense.
   */
  check?(given: Given<A, O>, terminal: Terminal): void;
  /** Does the work at one place. What it returns is what `--json` prints. */
  run(call: Call<Given<A, O>, P>): Promise<R>;
  /** Whether the command is a check that did not pass: exit code 3. */
  isNo?(result: NoInfer<R>, given: Given<A, O>): boolean;
  /** Why the check did not pass. It is printed as an error, before the result, and not under `--json`. */
  reason?(result: NoInfer<R>, call: Call<Given<A, O>, P>): string | Promise<string>;
  /** A script that is the result, which goes out to the letter. Not under `--json`. */
  script?(result: NoInfer<R>, call: Call<Given<A, O>, P>): string | undefined | Promise<string | undefined>;
  /** The result as lines or blocks of text. Not called under `--json`. */
  present?(result: NoInfer<R>, call: Call<Given<A, O>, P>): readonly string[] | Promise<readonly string[]>;
  /** Tells on stderr what is to be known beside the result, also under `--json`. */
  hint?(result: NoInfer<R>, call: Call<Given<A, O>, P>): void;
}

/** A command, as help, the reference and the host know it. */
export interface Command {
  readonly name: string;
  readonly group: CommandGroup;
  readonly description: string;
  readonly arguments: Arguments;
  /** Its own options, and those that every command takes. */
  readonly options: Options;
  readonly tables: readonly HelpTable[];
  readonly examples: readonly HelpRow[];
  /**
   * Runs it.
   *
   * @param typed The words behind its name, and what was given for its options and for those of its group.
   * @throws Misuse where the command line makes no sense; CommandExit where a check fails.
   */
  execute(session: CommandSession, typed: TypedCommand): Promise<void>;
}

/** A command line of one command. */
export interface TypedCommand {
  readonly words: readonly string[];
  readonly options: CommonValues & Readonly<Record<string, unknown>>;
}

/** Makes a command of its definition. Its functions see exactly what it declares. */
export function defineCommand<P extends object, R, A extends Arguments = None, O extends Options = None>(
  definition: CommandDefinition<P, R, A, O>,
): Command {
  const { name, group, description, tables = [], examples } = definition;
  const declared: Arguments = definition.arguments ?? {};
  return {
    name,
    group,
    description,
    arguments: declared,
    options: { ...definition.options, ...commonOptions },
    tables,
    examples,
    execute: (session, { words, options }) =>
      execute(definition, session, { ...argumentValues(declared, words), ...options } as Given<A, O>),
  };
}

async function execute<P extends object, R, A extends Arguments, O extends Options>(
  definition: CommandDefinition<P, R, A, O>,
  session: CommandSession,
  given: Given<A, O>,
): Promise<void> {
  const { terminal, group, signal } = session;
  definition.check?.(given, terminal);
  const scope = typeof definition.on === 'function' ? definition.on(given) : definition.on;
  const service = new ServiceOptions(session, given);
  const scoped = { session, command: definition.name, given, optionsFor: (name?: string) => service.for(name) };
  let isNo = false;
  try {
    const value = await scope.over(scoped, async (place, label) => {
      const call = { ...place, given, terminal, group, signal };
      const result = await definition.run(call);
      const isNoHere = definition.isNo?.(result, given) === true;
      isNo ||= isNoHere;
      if (!terminal.asJson) {
        if (isNoHere && definition.reason) terminal.failure(`${label}${await definition.reason(result, call)}`);
        await writeResult(definition, result, call);
      }
      definition.hint?.(result, call);
      return result;
    });
    terminal.json(value);
  } finally {
    service.end();
  }
  if (isNo) throw new CommandExit(ExitCode.no);
}

async function writeResult<P, R, A extends Arguments, O extends Options>(
  definition: CommandDefinition<P, R, A, O>,
  result: R,
  call: Call<Given<A, O>, P>,
): Promise<void> {
  const script = await definition.script?.(result, call);
  if (script !== undefined) call.terminal.script(script);
  for (const text of (await definition.present?.(result, call)) ?? []) call.terminal.result(text);
}
