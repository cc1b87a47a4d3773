/** Copies of this repository for a spec that builds or edits it, while other specs run what is in `dist/`. */
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');
const built = ['dist', 'node_modules'];
const sources = [
  ...['package.json', 'nest-cli.json', '.swcrc', 'tsconfig.json', 'tsconfig.app.json'],
  ...['src', 'apps', 'libs', 'migrations', 'scripts', 'test/application'],
];

/**
 * The sources in a folder of their own, without what is built from them, with the packages that are installed here. The
 * folder is the same in every run, since Node's compile cache goes by path.
 */
export async function checkoutOf(name: string): Promise<string> {
  const folder = join(root, '.cache', 'checkouts', name);
  await rm(folder, { recursive: true, force: true });
  for (const path of sources) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await cp(join(root, path), join(folder, path), {
      recursive: true,
      filter: (from) => !built.includes(basename(from)),
    });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
