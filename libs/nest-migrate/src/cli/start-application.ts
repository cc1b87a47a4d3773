import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type ApplicationCall } from './bin-program.js';

/** The signals that this process leaves to the application. */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Starts the application's own command in this terminal, and waits until it has ended.
 *
 * @returns its exit code.
 */
export async function startApplication({ main, nodeArguments, args, cwd }: ApplicationCall): Promise<number> {
  const application = spawn(process.execPath, [...nodeArguments, main, ...args], {
    cwd,
    stdio: 'inherit',
    // what npm kept of the command line was looked for here already
    env: { ...process.env, npm_lifecycle_event: undefined },
  });
  const passOn = (signal: NodeJS.Signals): void => {
    // Ctrl-C reaches every process of a terminal, and a second one would end the application at once
    if (signal !== 'SIGINT' || process.stdin.isTTY !== true) application.kill(signal);
  };
  for (const signal of passedOn) process.on(signal, passOn);
  try {
    return await new Promise<number>((resolve, reject) => {
      application.once('error', reject);
      application.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    for (const signal of passedOn) process.off(signal, passOn);
  }
}
