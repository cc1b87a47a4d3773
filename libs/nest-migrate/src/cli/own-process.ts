import { type DbCommandStreams, type OutputStream } from './streams.js';

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof exitCodes;

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
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const stop = (signal: StopSignal): void => {
    if (received !== undefined) process.exit(exitCodes[signal]);
    received = signal;
    stderr.write('Stopping at the next safe point; once more stops at once.\n');
    controller.abort(new Error(`Stopped by ${signal}.`));
  };
  const signals = Object.keys(exitCodes) as StopSignal[];
  for (const signal of signals) process.on(signal, stop);
  // a reader that went away (`db history | head`) is no failure of the command
  const ignore = (): void => undefined;
  stdout.on('error', ignore);
  stderr.on('error', ignore);

  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  const results: OutputStream = { write: (text) => write(text), isTTY: stdout.isTTY, columns: stdout.columns };
  try {
    const code = await work({ stdin, stdout: results, stderr }, controller.signal);
    return received === undefined ? code : exitCodes[received];
  } finally {
    stdout.write = write;
    await Promise.all([drained(stdout), drained(stderr)]);
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Resolves once everything written to the stream has left the process, or never can. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}
