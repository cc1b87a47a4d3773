/**
 * The main job from end to end, as a person at a terminal would do it: every step is a real child process of the
 * quickstart application in `src/`, on PGlite in a folder of its own. What it edits it restores, also when stopped.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');
const playground = join(root, '.data', 'demo');
const directory = join('.data', 'demo', 'migrations');
const entityFile = join(root, 'src', 'book.entity.ts');
const entity = readFileSync(entityFile, 'utf8');
const nest = join(root, 'node_modules', '.bin', 'nest');
const main = join('dist', 'src', 'main.js');
const children = new Set<ChildProcess>();
const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

function say(text: string, code = 1): void {
  process.stdout.write(colour ? `\u001b[${code}m${text}\u001b[0m\n` : `${text}\n`);
}

function environment(): NodeJS.ProcessEnv {
  return {
    // a dozen processes load the same files: Node compiles them once
    NODE_COMPILE_CACHE: join(root, '.cache', 'compile'),
    NODE_OPTIONS: `--require=${JSON.stringify(join(root, 'scripts', 'quick-wasm.cjs'))}`,
    ...process.env,
    DATABASE_FOLDER: join('.data', 'demo', 'database'),
    MIGRATIONS_DIRECTORY: directory,
  };
}

/** Runs one command in the foreground and shows what it prints; a failure ends the demo. */
async function run(program: string, shown: string, argv: readonly string[]): Promise<void> {
  const line = [shown, ...argv.map((arg) => (/^[\w@:+./-]+$/.test(arg) ? arg : `"${arg}"`))].join(' ');
  say(`\n$ ${line}`, 36);
  const child = spawn(program, argv, { cwd: root, env: environment(), stdio: 'inherit' });
  children.add(child);
  const code = await new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('exit', (status) => done(status ?? 1));
  });
  children.delete(child);
  if (code !== 0) throw new Error(`${line} ended with exit code ${code}`);
}

/** Compiles the application and runs a `db` command in it: what a developer types after a change. */
const nestDb = async (...argv: string[]) => run(nest, 'nest', ['start', '--', 'db', ...argv]);

/** Runs a `db` command in the application as it was compiled last: what a deployment runs. */
const builtDb = async (...argv: string[]) => run(process.execPath, 'node', [main, 'db', ...argv]);

/** Shows the newest revision's file. */
function showNewest(): void {
  const versions = join(playground, 'migrations', 'versions');
  const newest = readdirSync(versions)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(versions, name), 'utf8') }))
    .sort((a, b) =>
      (/createDate = '(.*)'/.exec(a.text)?.[1] ?? '').localeCompare(/createDate = '(.*)'/.exec(b.text)?.[1] ?? ''),
    )
    .at(-1);
  if (newest === undefined) throw new Error('no revision was written');
  say(`\n--- ${join(directory, 'versions', newest.name)}`, 2);
  process.stdout.write(newest.text);
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === 'string' ? fail(new Error('no port')) : done(address.port),
      );
    });
  });
}

async function answers(url: string): Promise<string> {
  for (let attempt = 0; attempt < 1_200; attempt += 1) {
    try {
      const response = await fetch(url);
      return `${response.status} ${await response.text()}`;
    } catch {
      await pause(100);
    }
  }
  throw new Error(`nothing answered at ${url}`);
}

async function serve(): Promise<void> {
  const port = await freePort();
  say(`\n$ PORT=${port} node ${main}`, 36);
  const server = spawn(process.execPath, [main], {
    cwd: root,
    env: { ...environment(), PORT: String(port), NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.add(server);
  const books = `http://127.0.0.1:${port}/books`;
  await answers(books);
  say(`\n$ curl -X POST ${books} -d '{"title":"A Room of Birds","isbn":"9780000000002"}'`, 36);
  const created = await fetch(books, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'A Room of Birds', isbn: '9780000000002' }),
  });
  process.stdout.write(`${created.status} ${await created.text()}\n`);
  say(`\n$ curl ${books}`, 36);
  const list = await answers(books);
  process.stdout.write(`${list}\n`);
  if (!list.startsWith('200') || !list.includes('9780000000002')) throw new Error('the new column did not come back');
  const ended = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await ended;
  children.delete(server);
}

async function demo(): Promise<void> {
  rmSync(playground, { recursive: true, force: true });
  mkdirSync(playground, { recursive: true });

  say('1. A script directory, beside the application.');
  await nestDb('init');
  say('\n2. The first revision, written from the entities in src/. The database is empty: PGlite, in a folder.');
  await nestDb('migrate', '-m', 'create book');
  showNewest();
  say('\n3. Apply it. Nothing has changed since, so nothing need be compiled: this is what a deployment runs.');
  await builtDb('upgrade');
  say('\n4. An entity changes: src/book.entity.ts gets a column and an index.');
  writeFileSync(
    entityFile,
    entity
      .replace('import { Entity, PrimaryKey, Property }', 'import { Entity, Index, PrimaryKey, Property }')
      .replace(
        '  @Property({ length: 200 })\n  title!: string;\n',
        '  @Index()\n  @Property({ length: 200 })\n  title!: string;\n\n  @Property({ length: 13, nullable: true })\n  isbn?: string;\n',
      ),
  );
  await nestDb('migrate', '-m', 'add isbn, index title');
  showNewest();
  await builtDb('upgrade');
  say('\n5. Where are we, and how did we get here?');
  await builtDb('current');
  await builtDb('history');
  say('\n6. One step back, and forth again.');
  await builtDb('downgrade', '-1');
  await builtDb('upgrade');
  say('\n7. The application itself, on the upgraded database.');
  await serve();

  say(`
That was the main job. Next:
  npm run db -- --help            every command
  npm run db -- upgrade           the quickstart's own database, from migrations/
  npm start                       its server: http://127.0.0.1:3000/books
  README.md                       add nest-migrate to an application of yours`);
}

function restore(): void {
  if (readFileSync(entityFile, 'utf8') !== entity) writeFileSync(entityFile, entity);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of children) child.kill(signal);
    restore();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

try {
  await demo();
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  restore();
}
