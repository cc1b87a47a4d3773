import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { runReadme, shownBlocks } from '../support/readme.ts';

const root = resolve('.');
const databases: TestDatabase[] = [];
const folders: TemporaryFolder[] = [];
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
  for (const folder of folders.splice(0)) await folder.remove();
});

async function database(engine: 'postgres' | 'mysql' | 'pglite' | 'sqlite'): Promise<TestDatabase> {
  const made = await createDatabase(engine);
  databases.push(made);
  return made;
}

/** The repository as a reader has it, with the given folders as copies that may be written to. */
async function checkout(...copies: string[]): Promise<string> {
  const folder = await temporaryFolder('readme');
  folders.push(folder);
  for (const name of ['dist', 'node_modules', 'package.json']) await symlink(join(root, name), join(folder.path, name));
  for (const name of copies) {
    await mkdir(join(folder.path, name), { recursive: true });
    await cp(join(root, name), join(folder.path, name), { recursive: true });
  }
  return folder.path;
}

/** Dozens of commands in one process: what a process is to a command, the other pages show. */
const inOneProcess = `mkfifo asked told
node dist/test/application/command-pipes.js asked told &
trap 'kill $!' EXIT
db() { printf '%s\\036' "$@" >asked; { read -r code; cat; } <told; return "$code"; }`;

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

describe('what the documentation shows is what its readers see', () => {
  it('apps/bookshop/README.md, on PostgreSQL and MySQL', async () => {
    const markdown = await read('apps/bookshop/README.md');
    const [catalogue, reporting] = [await database('postgres'), await database('mysql')];
    const answers = await runReadme(markdown, {
      cwd: await checkout('apps/bookshop/migrations'),
      env: { CATALOGUE_URL: catalogue.url ?? '', REPORTING_URL: reporting.url ?? '', NO_COLOR: '1' },
      // done for all acceptance tests together
      instead: { 'npx nest build bookshop': 'true' },
    });
    expect(answers).toEqual(shownBlocks(markdown));
  });

  it.each(['docs/guide/branches.md', 'docs/guide/rehearsal.md'])('%s', async (page) => {
    const markdown = await read(page);
    const cwd = await checkout();
    const answers = await runReadme(markdown, {
      cwd,
      env: { ...(await database('sqlite')).env, MIGRATIONS_DIRECTORY: join(cwd, 'migrations'), NO_COLOR: '1' },
      prelude: inOneProcess,
    });
    expect(answers).toEqual(shownBlocks(markdown));
  });

  it('docs/guide/plan.md', async () => {
    const markdown = await read('docs/guide/plan.md');
    const cwd = await checkout();
    const answers = await runReadme(markdown, {
      cwd,
      env: { ...(await database('postgres')).env, MIGRATIONS_DIRECTORY: join(cwd, 'migrations'), NO_COLOR: '1' },
      prelude: 'db() { node dist/test/application/main.js db "$@"; }',
      normalise: (output) => output.replace(/PostgreSQL \d+\.\d+/g, 'PostgreSQL 17.2'),
    });
    expect(answers).toEqual(shownBlocks(markdown));
  });

  it("README.md's own three commands", async () => {
    const whole = await read('README.md');
    const markdown = whole.slice(whole.indexOf('## Add it to an application'), whole.indexOf('## The commands'));
    const cwd = await checkout();
    const answers = await runReadme(markdown, {
      cwd,
      env: {
        DATABASE_FOLDER: (await database('pglite')).name,
        MIGRATIONS_DIRECTORY: join(cwd, 'migrations'),
        NO_COLOR: '1',
      },
      // through Nest's CLI they are run by doors.spec.ts
      instead: { 'nest start --': 'node dist/src/main.js' },
    });
    expect(answers).toEqual(shownBlocks(markdown));
    expect(answers.flatMap(({ commands }) => commands)).toHaveLength(3);
  });
});
