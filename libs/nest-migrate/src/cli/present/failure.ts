import { MigrationError } from '../../errors/migration.error.js';
import { OneOfSeveralFailed } from '../connections.js';
import { errorText } from '../../errors/thrown.js';

/** An error as lines for people: one, unless the stack was asked for. */
export function failureLines(error: unknown, { verbose }: { readonly verbose: boolean }): readonly string[] {
  if (error instanceof OneOfSeveralFailed) {
    const [line = '', ...details] = failureLines(error.cause, { verbose });
    return [`[${error.connection}] ${line}`, ...details, summaryOf(error)];
  }
  return verbose ? [failureLine(error), ...stacksOf(error)] : [failureLine(error)];
}

/** An error on one line. Our own messages are made for that; of a stranger's the first line is what counts. */
function failureLine(error: unknown): string {
  if (error instanceof MigrationError) return error.message.replace(/\s*\n\s*/g, ' ');
  const text = errorText(error);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const hint = lines.length > 1 ? ' (all of it with --verbose)' : '';
  return `${lines[0]?.trim() ?? 'unknown'}${hint}`;
}

/** The stack of an error and of everything underneath. */
function stacksOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 8) return [];
  const label = depth === 0 ? '' : 'Caused by: ';
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [`${label}${error.stack ?? error.message}`, ...inner.flatMap((cause) => stacksOf(cause, depth + 1))];
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
