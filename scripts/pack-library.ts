/**
 * The library as people install it: compiled by plain `tsc`, put into few files, packed by npm, and looked at before
 * anyone else does.
 *
 *     node scripts/pack-library.ts [folder for the tarball]
 *
 * The last line of stdout is the tarball's path; everything else goes to stderr.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { bundleLibrary, doors } from './bundle-library.ts';

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, '..');
const library = join(root, 'libs', 'nest-migrate');
const compiled = join(library, 'dist');
const manifest = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8')) as Manifest;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs a program to its end and returns what it wrote to stdout; a failure shows all it wrote. */
function run(command: string, args: readonly string[]): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: library, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.join(' ')} failed (${error?.message ?? `exit code ${status}`}):\n${stdout}${stderr}`,
  );
}

/** A program of this repository's own dev dependencies, run by this very Node.js. */
function tool(file: string, ...args: readonly string[]): string {
  return run(process.execPath, [join(root, 'node_modules', file), ...args]);
}

/** Leaves nothing of the modules that are in the bundle. */
async function bundle(): Promise<void> {
  await bundleLibrary(compiled, () => {
    for (const file of globSync('**/*.js', { cwd: compiled })) rmSync(join(compiled, file));
  });
}

/** Here every package of the repository is at hand, so a missing dependency would show only at the user's. */
function checkImports(): void {
  const declared = new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })]);
  const undeclared = new Set<string>();
  // the schematic reads applications with the compiler that they have, and its declarations are not packed
  for (const file of globSync('**/*.{js,d.ts}', { cwd: compiled, exclude: ['schematics/*.d.ts'] })) {
    const text = readFileSync(join(compiled, file), 'utf8');
    for (const { fileName: specifier } of ts.preProcessFile(text).importedFiles) {
      if (specifier.startsWith('.') || isBuiltin(specifier)) continue;
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
      if (!declared.has(name)) undeclared.add(`${name} (in dist/${file})`);
    }
  }
  if (undeclared.size > 0)
    throw new Error(`The package does not declare what it imports: ${[...undeclared].join(', ')}`);
}

/** CommonJS applications load the package with `require()`, which a top-level await anywhere in it would break. */
function checkRequire(): void {
  const require = createRequire(import.meta.url);
  for (const door of doors.slice(0, 2)) require(join(compiled, door));
}

function pack(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const answer = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder])) as
    readonly [PackedFile] | Readonly<Record<string, PackedFile>>; // npm 12 names it by package
  const [{ filename, files, size }] = Object.values(answer) as [PackedFile];
  const expected = /^(dist\/.+\.(js|d\.ts)|schematics\/(collection|schema)\.json|README\.md|LICENSE|package\.json)$/;
  const strangers = files.filter(({ path }) => !expected.test(path));
  if (strangers.length > 0) throw new Error(`The tarball holds ${strangers.map(({ path }) => path).join(', ')}.`);
  const schematic = ['schematics/collection.json', 'schematics/schema.json'];
  const compiledDoors = doors.map((door) => `dist/${door}`);
  for (const needed of ['README.md', 'LICENSE', 'package.json', ...compiledDoors, ...schematic]) {
    if (!files.some(({ path }) => path === needed)) throw new Error(`The tarball lacks ${needed}.`);
  }
  say(`${filename}: ${files.length} files, ${Math.round(size / 1024)} kB`);
  return join(folder, filename);
}

interface PackedFile {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/**
 * `node16` leaves out the resolution of TypeScript's old `node10`, which finds none of MikroORM's packages either. The
 * one rule switched off says that CommonJS gets an ES module: that is meant, and works, on every Node.js we support.
 */
const attwOptions = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm', '--no-emoji', '--format', 'ascii'];

async function packLibrary(folder: string): Promise<string> {
  rmSync(compiled, { recursive: true, force: true });
  tool('typescript/bin/tsc', '-p', 'tsconfig.publish.json');
  await bundle();
  checkImports();
  checkRequire();
  const tarball = pack(folder);
  tool('publint/src/cli.js', 'run', tarball, '--strict');
  tool('@arethetypeswrong/cli/dist/index.js', tarball, ...attwOptions);
  say('publint and @arethetypeswrong/cli have nothing to say.');
  return tarball;
}

const [folder = library] = process.argv.slice(2);
try {
  process.stdout.write(`${await packLibrary(resolve(folder))}\n`);
} catch (error) {
  process.exitCode = 1;
  say(error instanceof Error ? error.message : String(error));
}
