/** The test application with the library as people install it, in place of the modules that its own build makes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Packs the library, and unpacks it into `folder/package`. */
export function unpackLibrary(folder: string): string {
  const script = join(root, 'scripts', 'pack-library.ts');
  const tarball = execFileSync(process.execPath, [script, folder], { encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  return join(folder, 'package', 'dist');
}

/** To be called once the application is built; its next build puts the modules back. */
export function usePackedLibrary(): void {
  const folder = mkdtempSync(join(tmpdir(), 'nest-migrate-packed-'));
  try {
    const compiled = join(root, 'dist', 'libs', 'nest-migrate', 'src');
    const packed = unpackLibrary(folder);
    rmSync(compiled, { recursive: true });
    cpSync(packed, compiled, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
