/**
 * Builds the documentation site from docs/ into docs/.vitepress/dist.
 *
 *   npm run docs:site                 builds it
 *   npm run docs:site -- --serve      builds it, then serves it on http://localhost:4173
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serveSite } from './server.ts';

export const docs = resolve(import.meta.dirname, '..', '..', 'docs');
export const built = join(docs, '.vitepress', 'dist');

/** Installs what docs/package-lock.json names, unless that is what is there. */
function install(): void {
  const installed = join(docs, 'node_modules', '.package-lock.json');
  const lock = join(docs, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: docs, stdio: 'inherit' });
}

export function buildSite(): void {
  install();
  const { bin } = JSON.parse(readFileSync(join(docs, 'node_modules', 'vitepress', 'package.json'), 'utf8')) as {
    bin: { vitepress: string };
  };
  execFileSync(process.execPath, [join(docs, 'node_modules', 'vitepress', bin.vitepress), 'build'], {
    cwd: docs,
    stdio: 'inherit',
  });
}

if (import.meta.main) {
  buildSite();
  if (process.argv.includes('--serve')) {
    const { url } = await serveSite(built, 4173);
    console.log(`The site is at ${url}`);
  }
}
