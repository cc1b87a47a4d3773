/** Small applications in folders of their own, with the compiled library installed: what users' tools see of it. */
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { runProcess, type ProcessResult } from '../support/processes.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** A file of an installed package, to run it with Node. */
export function tool(path: string): string {
  return join(root, 'node_modules', path);
}

/** Writes text files by path inside the folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/**
 * Gives the folder `node_modules`: nest-migrate as npm would install it, a copy of what `dist/` has, and links to
 * everything else that is installed here.
 */
export async function installLibrary(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  const library = join(modules, 'nest-migrate');
  await mkdir(library, { recursive: true });
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name.startsWith('.')) continue;
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  await cp(join(root, 'dist', 'libs', 'nest-migrate', 'src'), join(library, 'dist'), { recursive: true });
  const exports = { '.': './dist/index.js', './testing': './dist/testing/index.js' };
  await writeFiles(library, { 'package.json': JSON.stringify({ name: 'nest-migrate', type: 'module', exports }) });
}

/** Runs Node in the folder, to its end. */
export function node(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<ProcessResult> {
  // of the jest around nothing may reach the tool in the child
  const own = { NODE_OPTIONS: undefined, JEST_WORKER_ID: undefined, NODE_ENV: undefined, NO_COLOR: '1', ...env };
  return runProcess(process.execPath, args, { cwd: folder, env: own });
}
