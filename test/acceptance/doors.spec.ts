import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkoutOf } from '../support/checkout.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { runProcess, startProcess, type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { isTurn } from '../support/turns.ts';

const bin = resolve('node_modules', '.bin');
/** What Nest's CLI itself writes where swc compiles, before the application starts. */
const builder = '>  SWC  Running...\n';
let root: string;
let playground: TemporaryFolder;
let database: TestDatabase;

beforeAll(async () => {
  root = await checkoutOf('doors');
  playground = await temporaryFolder('doors');
  database = await createDatabase('pglite');
});
afterAll(async () => {
  await database.drop();
  await playground.remove();
});

/** The quickstart application through a door, on a database and a script directory of this test's own. */
async function through(command: string, ...args: string[]): Promise<ProcessResult> {
  return runProcess(command, args, {
    cwd: root,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      DATABASE_FOLDER: database.name,
      MIGRATIONS_DIRECTORY: join(playground.path, 'migrations'),
      NO_COLOR: '1',
      // what npm sets for this run itself is none of the doors'
      npm_config_loglevel: undefined,
    },
  });
}

/** What the application imports has been compiled and does not change: it is most of a build, and there are eight more. */
async function compileApplicationAlone(): Promise<void> {
  const configuration = join(root, 'nest-cli.json');
  const written = JSON.parse(await readFile(configuration, 'utf8')) as {
    compilerOptions: { builder: { options: { filenames: string[] } } };
  };
  written.compilerOptions.builder.options.filenames = ['src'];
  await writeFile(configuration, JSON.stringify(written));
}

describe('the doors of the quickstart', () => {
  it('nest start -- db passes words, options and exit codes', async () => {
    // it compiles, which the others rely on
    const created = await through('nest', 'start', '--', 'db', 'init');
    expect([created.code, created.stdout]).toEqual([0, expect.stringContaining(join(playground.path, 'migrations'))]);
    expect(created.stdout.slice(0, builder.length)).toBe(builder);
    await compileApplicationAlone();
    const refused = await through('nest', 'start', '--', 'db', 'migrate', '-m', 'two words', '--head', 'no such');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("'no such'")]);
    const written = await through('node', 'dist/src/main.js', 'db', 'migrate', '-m', 'two words');
    expect([written.code, written.stdout]).toEqual([0, expect.stringMatching(/_two_words\.ts\n$/)]);
    expect(await through('node', 'dist/src/main.js', 'db', 'upgrade')).toMatchObject({ code: 0, stdout: '' });
  });

  it('npm run db -- passes text untouched and a negative number', async () => {
    const message = 'costs $HOME `id`';
    const created = await through('npm', 'run', '--silent', 'db', '--', 'revision', '-m', message);
    expect(created.code).toBe(0);
    expect(await readFile(created.stdout.trim().split('\n').at(-1) ?? '', 'utf8')).toContain(message);
    await through('node', 'dist/src/main.js', 'db', 'upgrade');
    const back = await through('npm', 'run', '--silent', 'db', '--', 'downgrade', '-1');
    expect([back.code, back.stderr]).toEqual([0, expect.stringContaining('Running downgrade')]);
  });

  it('npm run db without -- is refused where npm kept a part of it, before anything is done', async () => {
    const kept = [
      [['downgrade', 'base', '--sql'], '-- downgrade base --sql'],
      [['downgrade', '-2'], '-- downgrade -2'],
      [['migrate', '-m', 'two words'], '-- migrate --message "two words"'],
    ] as const;
    await through('node', 'dist/src/main.js', 'db', 'upgrade');
    // one of them in each run: npm-arguments.spec.ts has what npm was seen to keep of these and many more
    for (const [index, [args, write]] of kept.entries()) {
      if (!isTurn(index, 0, [0, 1, 2])) continue;
      const { code, stdout, stderr } = await through('npm', 'run', 'db', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`nothing was done. Write npm run db ${write}\n`)]);
      expect(stdout).not.toContain('.ts');
    }
    const { stdout } = await through('node', 'dist/src/main.js', 'db', 'current');
    expect(stdout).toContain('(head)');
  });

  it('nest start --no-shell passes what a shell would expand, its quotes are taken off, and exit codes come back', async () => {
    const word = 'pays $HOME `id` "now"';
    const { code, stdout, stderr } = await through('nest', 'start', '--silent', '--no-shell', '--', 'db', 'show', word);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(`'${word}'`)]);
  });

  it('a -- right after db, as pnpm passes it on, is dropped', async () => {
    const shown = await through('node', 'dist/src/main.js', 'db', '--', 'show', '-1');
    expect([shown.code, shown.stderr]).toEqual([0, '']);
  });

  it('node dist/src/main.js db writes JSON on stdout and nothing else', async () => {
    const history = await through('node', 'dist/src/main.js', 'db', 'history', '--json');
    expect(JSON.parse(history.stdout)).toMatchObject([{ message: 'costs $HOME `id`' }, { message: 'two words' }]);
    expect(history.stderr).toBe('');
  });
});

describe('npm run demo', () => {
  const entityFile = () => join(root, 'src', 'book.entity.ts');

  it('does the main job, and leaves the sources as they were', async () => {
    const before = await readFile(entityFile(), 'utf8');
    const demo = await runProcess('npm', ['run', 'demo'], {
      cwd: root,
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    });
    expect([demo.code, demo.stderr]).toEqual([0, expect.stringContaining('Running downgrade')]);
    expect(demo.stdout).toContain("op.addColumn('book', 'isbn'");
    expect(demo.stdout).toMatch(/200 \[\{.*"isbn":"9780000000002"/);
    expect(await readFile(entityFile(), 'utf8')).toBe(before);
  });

  it('restores what it edited when it is stopped in the middle', async () => {
    // what it starts is another program's business: here all of it ends at once, but the last
    const folder = await temporaryFolder('demo', {
      files: {
        'scripts/demo.ts': await readFile(join(root, 'scripts', 'demo.ts'), 'utf8'),
        'scripts/quick-wasm.cjs': '',
        'src/book.entity.ts': await readFile(entityFile(), 'utf8'),
        'node_modules/.bin/nest': `#!/bin/sh
mkdir -p .data/demo/migrations/versions
case "$*" in *isbn*) exec sleep 600;; *) echo '' >.data/demo/migrations/versions/a.ts;; esac
`,
        'dist/src/main.js': '',
      },
    });
    await chmod(join(folder.path, 'node_modules/.bin/nest'), 0o755);
    const edited = join(folder.path, 'src', 'book.entity.ts');
    const before = await readFile(edited, 'utf8');
    const demo = await startProcess(process.execPath, ['scripts/demo.ts'], { cwd: folder.path });
    await demo.waitForOutput(/nest start -- db migrate -m "add isbn/);
    expect(await readFile(edited, 'utf8')).not.toBe(before);
    demo.kill('SIGINT', 'group');
    expect((await demo.exited).code).toBe(130);
    expect(await readFile(edited, 'utf8')).toBe(before);
    await folder.remove();
  });
});
