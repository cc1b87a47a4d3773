/** The modules of the compiled library in few files. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** The files that others name: by the manifest, and by the collection of schematics. */
export const doors = ['index.js', 'testing/index.js', 'cli/nest-migrate.js', 'schematics/nest-add.js'];

/**
 * Writes the doors of the library, compiled into `folder`, with all that they import: what Node takes to find and read a
 * module is most of what it takes to load it, and each command and each boot loads hundreds (`bench/loading.ts`). What is
 * loaded on call stays so, and names stay readable. `clear` runs before the first file is written.
 */
export async function bundleLibrary(folder: string, clear?: () => void): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: doors,
    outdir: folder,
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    packages: 'external',
    keepNames: true,
    charset: 'utf8',
    write: false,
  });
  rmSync(join(folder, 'parts'), { recursive: true, force: true });
  clear?.();
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
}
