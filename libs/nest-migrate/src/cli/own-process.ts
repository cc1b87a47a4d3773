import { drained, STOPPING, StopSignals } from '../nest/stop-signals.js';
import { StatusLine } from './status-line.js';
import { type DbCommandStreams, type OutputStream } from './streams.js';

/**
 * Runs a command as what this process is for. While it runs, stdout is the command's: whatever else is printed there
 * (an ORM's log, a `console.log` in a revision) goes to stderr. The first SIGINT or SIGTERM asks the command to stop,
 * the second ends the process.
 *
 * @returns the exit code, after everything written has left the process.
 */
export async function inOwnProcess(
  work: (streams: DbCommandStreams, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const writeResult = stdout.write.bind(stdout);
  const writeNote = stderr.write.bind(stderr);
  // whatever is written between two updates of a line that stays goes around it
  const notes = new StatusLine({
    write: (...written: unknown[]) => writeNote(...(written as [string])),
    isTTY: stderr.isTTY,
    get columns() {
      return stderr.columns;
    },
  });
  const signals = new StopSignals(
    () => notes.write(`${STOPPING}\n`),
    () => notes.clear(),
  );
  // a reader that went away (`db history | head`) is no failure of the command
  const ignore = (): void => undefined;
  stdout.on('error', ignore);
  stderr.on('error', ignore);

  const around: typeof stderr.write = (...written: unknown[]) => notes.write(...(written as [string]));
  stdout.write = around;
  stderr.write = around;
  const results: OutputStream = { write: (text) => writeResult(text), isTTY: stdout.isTTY, columns: stdout.columns };
  try {
    const code = await work({ stdin, stdout: results, stderr: notes }, signals.stop);
    return signals.exitCode ?? code;
  } finally {
    notes.clear();
    stdout.write = writeResult;
    stderr.write = writeNote;
    await Promise.all([drained(stdout), drained(stderr)]);
    signals.off();
  }
}
