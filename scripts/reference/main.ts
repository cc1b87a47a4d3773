/**
 * Writes the pages of the reference in docs/reference from the TSDoc of the sources and samples of the errors.
 *
 *   npm run docs:reference             writes the files
 *   npm run docs:reference -- --check  fails where a file is not what it would write
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { samples } from '../../test/unit/errors/samples.ts';
import { referencePages } from './pages.ts';

for (const [path, expected] of referencePages(samples('…'))) {
  const file = join('docs', path);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, expected);
  } else if (readFileSync(file, 'utf8') !== expected) {
    console.error(`${file} is not what the sources say. Run npm run docs:reference.`);
    process.exitCode = 1;
  }
}
