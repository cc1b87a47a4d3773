import { WrittenRevisionWrongError } from '../../errors/autogenerate.errors.js';
import { MigrationError } from '../../errors/migration.error.js';
import { OneOfSeveralFailed } from '../connections.js';
import { errorText } from '../../errors/thrown.js';

/** How many lines of an error of the application are shown without being asked for. */
const LINES = 12;

/** How a failure is told. */
export interface FailureStyle {
  readonly verbose: boolean;
  /** The word of the group of commands. */
  readonly group?: string;
}

/** An error as lines for people: one of ours is one line, the application's has as many as it needs to say what is wrong. */
export function failureLines(error: unknown, style: FailureStyle): readonly string[] {
  const { verbose, group } = style;
  if (error instanceof OneOfSeveralFailed) {
    const [line = '', ...details] = failureLines(error.cause, style);
    return [`[${error.connection}] ${line}`, ...details, summaryOf(error)];
  }
  const lines = messageLines(error, group);
  if (verbose) return [...lines.slice(0, 1), ...stacksOf(error, group)];
  const left = lines.length - LINES;
  // a line that says so would take the place of the one that it is about
  return left > 1 ? [...lines.slice(0, LINES), `… ${left} more lines with --verbose`] : lines;
}

/** What an error says, without empty lines: at least one. */
export function messageLines(error: unknown, group?: string): readonly string[] {
  if (error instanceof MigrationError) {
    const line = error.textFor(group).message.replace(/\s*\n\s*/g, ' ');
    return error instanceof WrittenRevisionWrongError ? [line, ...error.schema.map((each) => `  ${each}`)] : [line];
  }
  const [first = 'unknown', ...others] = errorText(error)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  return [first.trim(), ...others.map((line) => line.trimEnd())];
}

/** The stack of an error and of everything underneath. */
function stacksOf(error: unknown, group: string | undefined, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 8) return [];
  const label = depth === 0 ? '' : 'Caused by: ';
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  const stack = error.stack ?? error.message;
  // the stack begins with the message as it was when the error was made
  const told =
    error instanceof MigrationError ? stack.replace(error.message, () => error.textFor(group).message) : stack;
  return [`${label}${told}`, ...inner.flatMap((cause) => stacksOf(cause, group, depth + 1))];
}

function summaryOf({ connection, done, left }: OneOfSeveralFailed): string {
  const parts = [
    ['Done', done],
    ['Failed', [connection]],
    ['Not started', left],
  ] as const;
  return parts
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `${word}: ${names.join(', ')}.`)
    .join(' ');
}
