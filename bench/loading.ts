/**
 * What it takes to load the library in an application that has loaded Nest and MikroORM: as `tsc` compiles it, a file a
 * module, and as it is packed, in few files (`scripts/pack-library.ts`). Processes of their own, in turn.
 *
 *     node bench/loading.ts
 *     node bench/loading.ts 31
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unpackLibrary } from './packed-library.ts';

const ROUNDS = Number(process.argv[2] ?? 15);
const root = resolve(import.meta.dirname, '..');
// within the repository, so that its packages are found
const folder = join(root, '.cache', 'loading');
const library = join(root, 'libs', 'nest-migrate');

const node = (...args: readonly string[]): string => execFileSync(process.execPath, args, { encoding: 'utf8' });

/** The milliseconds of processor time in which a process loads it. */
function loading(file: string): number {
  const program = `
    for (const name of ['reflect-metadata', '@nestjs/common', '@nestjs/core', '@mikro-orm/nestjs', '@mikro-orm/postgresql'])
      await import(name);
    const before = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  return Number(node('--input-type=module', '--eval', program));
}

function told(all: readonly number[]): string {
  const sorted = [...all].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms (${sorted[0]?.toFixed(0)}–${sorted.at(-1)?.toFixed(0)})`;
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
try {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  node(
    tsc,
    '-p',
    join(library, 'tsconfig.publish.json'),
    '--outDir',
    join(folder, 'compiled'),
    '--declaration',
    'false',
  );
  const forms = { compiled: join(folder, 'compiled'), packed: unpackLibrary(folder) };
  const took = Object.entries(forms).map(([name, at]) => ({ name, at, all: [] as number[] }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { at, all } of took) {
      const one = loading(join(at, 'index.js'));
      if (round > 0) all.push(one);
    }
  }
  process.stdout.write(`Node ${process.version}, processor time\n`);
  for (const { name, all } of took) process.stdout.write(`${name}: ${told(all)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
