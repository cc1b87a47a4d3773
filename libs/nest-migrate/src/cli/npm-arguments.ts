import { ArgumentsLostError } from '../errors/usage.errors.js';
import { type Environment } from './terminal.js';

/** An option of a command: the part of commander's that matters here. */
export interface OptionOfCommand {
  readonly short?: string;
  readonly long?: string;
  /** Whether it takes a value. */
  readonly required: boolean;
}

/** A command line of the group as it arrived. */
export interface ArrivedCommand {
  readonly group: string;
  /** What follows the group's name. */
  readonly args: readonly string[];
  /** The options of the command and of the group. */
  readonly options: readonly OptionOfCommand[];
  readonly env: Environment;
}

/** Names that npm has a meaning for as well: an `.npmrc` may set them for reasons of its own. */
const npmsOwn = new Set(['dry_run', 'force', 'heading', 'json', 'long', 'message', 'tag', 'yes']);

/** npm completes `--head`, an option of ours, to one of its own. */
const completed: Readonly<Record<string, string>> = { heading: '--head' };

const unknownValue = ' <value>';

/**
 * Refuses a command line of which npm kept a part: `npm run db downgrade base --sql` would run a downgrade instead of
 * printing one, `npm run db downgrade -2` would undo one step. npm tells in the environment what it took for options of
 * its own. Other package managers pass everything on.
 *
 * @throws ArgumentsLostError with the command line to write.
 */
export function assertNothingLost(command: ArrivedCommand): void {
  const { env, args } = command;
  const event = env['npm_lifecycle_event'];
  if (event === undefined || /^(pnpm|yarn|bun)\//.test(env['npm_config_user_agent'] ?? '')) return;
  const lost = lostArguments(command);
  if (lost.length === 0) return;
  const typed = withoutScript(args, scriptArguments(env['npm_lifecycle_script'], command.group));
  // the value of an option that npm does not know is among the words that arrived; which of them is unknown
  const words = typed.map(quoted);
  const arrived = lost.some((word) => word.endsWith(unknownValue)) ? [...words.slice(0, 1), '…'] : words;
  throw new ArgumentsLostError(
    lost.map((word) => word.replace(unknownValue, '')),
    `${again(event, command.group)} ${[...arrived, ...lost].join(' ')}`,
  );
}

/** How the command is started so that npm passes everything on. `npm exec` keeps options, and `npx` keeps none. */
function again(event: string, group: string): string {
  return event === 'npx' ? `npx ${group}` : `npm run ${event} --`;
}

/** What npm kept, as it was typed as far as that is known. */
function lostArguments({ env, args, options }: ArrivedCommand): string[] {
  const mayBeConfigured = args.some((word) => /^-./.test(word)); // an option that arrived stood behind a `--`
  const lost: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    const name = /^npm_config_(\w+)$/i.exec(variable)?.[1];
    if (name === undefined || value === undefined || value === '') continue;
    if (/^\d+$/.test(name)) lost.push(`-${name}`);
    // npm reads the letters of `--sql` as -s -q -l
    else if (name === 'long' && env['npm_config_loglevel'] === 'warn') lost.push('--sql');
    else if (npmsOwn.has(name) && mayBeConfigured) continue;
    else if (name === 'long') lost.push('-l');
    else lost.push(...asTyped(name, value, options));
  }
  return lost;
}

function asTyped(name: string, value: string, options: readonly OptionOfCommand[]): string[] {
  const flag = Object.hasOwn(completed, name) ? completed[name] : undefined;
  const wanted = flag === undefined ? name : nameOf(flag);
  const option = options.find(({ short, long }) => nameOf(short) === wanted || nameOf(long) === wanted);
  if (option === undefined) return [];
  const typed = flag ?? (name.length === 1 ? `-${name}` : `--${name.replaceAll('_', '-')}`);
  if (!option.required) return [typed];
  return [value === 'true' ? `${typed}${unknownValue}` : `${typed} ${quoted(value)}`];
}

/** `--rev-id` as npm spells it in the environment. */
function nameOf(flag: string | undefined): string | undefined {
  return flag?.replace(/^-+/, '').replaceAll('-', '_');
}

/** What the script itself gives to the group: of `nest start -- db downgrade` the `downgrade`. */
function scriptArguments(script: string | undefined, group: string): readonly string[] {
  const words = script?.split(/\s+/) ?? [];
  const at = words.lastIndexOf(group);
  return at === -1 ? [] : words.slice(at + 1);
}

function withoutScript(args: readonly string[], script: readonly string[]): readonly string[] {
  return script.every((word, index) => args[index] === word) ? args.slice(script.length) : args;
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(word)) return word;
  return /[$`"\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}
