import { spawn } from 'node:child_process';
import { EditorFailedError } from '../errors/command.errors.js';
import { type Environment } from './terminal.js';

/** The editor that the user has chosen: a program and its first arguments. */
export type Editor = readonly [program: string, ...args: string[]];

/**
 * The editor that the environment names, in `VISUAL` or else `EDITOR`. It may hold arguments (`code --wait`), quoted
 * where they hold blanks; no shell reads it.
 *
 * @throws EditorFailedError where there is none.
 */
export function editorOf(env: Environment): Editor {
  const text = [env['VISUAL'], env['EDITOR']].find((value) => value !== undefined && value.trim() !== '') ?? '';
  const [program, ...args] = (text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []).map(withoutQuotes);
  if (program !== undefined) return [program, ...args];
  throw new EditorFailedError('No suitable editor found. Please set the "EDITOR" or "VISUAL" environment variables', {
    cure: 'For example EDITOR="code --wait".',
  });
}

/**
 * Opens files in an editor, which gets this terminal, and waits until it ends.
 *
 * @throws EditorFailedError where it does not start, or ends with anything but 0.
 */
export async function openEditor([program, ...args]: Editor, paths: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const editor = spawn(program, [...args, ...paths], { stdio: 'inherit' });
    editor.once('error', (cause) => {
      const cure = 'Is it installed, and is $VISUAL or $EDITOR spelled as you call it?';
      reject(new EditorFailedError(`${program} can't be started: ${cause.message}`, { cure, cause }));
    });
    editor.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new EditorFailedError(`${program} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

function withoutQuotes(word: string): string {
  return word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? '');
}
