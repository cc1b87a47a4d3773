import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { errorFields } from './file-system.js';

/** A program to run without a shell: it receives every argument unchanged. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** Called with each line that it writes, while it runs. Default: nothing is called. */
  readonly onLine?: (line: string) => void;
  /** Ends the program when it fires. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export type ProgramResult = ProgramOutput & ({ readonly code: number } | { readonly killedBy: string });

interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program could not be started; `code` is the system's, such as `ENOENT`. */
export class ProgramNotStarted extends Error {
  constructor(
    readonly code: string,
    options: ErrorOptions,
  ) {
    super(`not started: ${code}`, options);
  }
}

/**
 * Runs a program until it ends. The program inherits the environment and gets no input.
 *
 * @throws ProgramNotStarted, or the signal's reason.
 */
export async function runProgram({ command, args, cwd, signal, onLine }: Program): Promise<ProgramResult> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, signal, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    if (onLine !== undefined)
      for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onLine);
    child.once('error', (cause) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else reject(new ProgramNotStarted(errorFields(cause).code, { cause }));
    });
    child.once('close', (code, killedBy) => {
      resolve(code === null ? { ...output, killedBy: String(killedBy) } : { ...output, code });
    });
  });
}
