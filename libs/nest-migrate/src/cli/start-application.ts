import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { type ApplicationCall } from './bin-program.js';

/** The signals that this process leaves to the application. */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Starts the application's own command in this terminal, and waits until it has ended.
 *
 * @param compiled The folder in which this version of Node.js keeps compiled code, which is in that of all versions.
 * @returns its exit code.
 */
export async function startApplication(
  { main, nodeArguments, args, cwd }: ApplicationCall,
  compiled: string | undefined,
): Promise<number> {
  const { NODE_COMPILE_CACHE = compiled && dirname(compiled) } = process.env;
  const application = spawn(process.execPath, [...nodeArguments, main, ...args], {
    cwd,
    stdio: 'inherit',
    // what npm kept of the command line was looked for here already
    env: { ...process.env, NODE_COMPILE_CACHE, npm_lifecycle_event: undefined },
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
