import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { runReadme, shownBlocks } from '../support/readme.ts';
import { isTurn } from '../support/turns.ts';

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

/** Dozens of commands in one process: what a process is to a command, README.md's own three show. */
const inOneProcess = commandsOf('test');

function commandsOf(application: 'test' | 'bookshop'): string {
  return `mkfifo asked told
node dist/test/application/command-pipes.js asked told ${application} &
trap 'kill $!' EXIT
db() { printf '%s\\036' "$@" >asked; { read -r code; cat; } <told; return "$code"; }`;
}

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

/** What the pages about other tools begin with: two migrations, of which the first has run. */
const otherTools: Readonly<
  Record<string, { readonly files: Readonly<Record<string, string>>; readonly tables: readonly string[] }>
> = {
  'from-prisma': {
    files: {
      'prisma/migrations/20240101000001_a/migration.sql': 'CREATE TABLE "a" ("id" INTEGER);',
      'prisma/migrations/20240102000002_b/migration.sql': 'CREATE TABLE "b" ("id" INTEGER);',
    },
    tables: [
      'create table _prisma_migrations (migration_name text, started_at int, finished_at int, rolled_back_at int)',
      "insert into _prisma_migrations values ('20240101000001_a', 1, 2, null)",
    ],
  },
  'from-drizzle': {
    files: {
      'drizzle/meta/_journal.json':
        '{ "entries": [{ "idx": 0, "when": 5, "tag": "0000_a" }, { "idx": 1, "when": 6, "tag": "0001_b" }] }',
      'drizzle/0000_a.sql': 'CREATE TABLE `a` (`id` integer);',
      'drizzle/0001_b.sql': 'CREATE TABLE `b` (`id` integer);',
    },
    tables: [
      'create table __drizzle_migrations (id integer primary key, hash text, created_at numeric)',
      "insert into __drizzle_migrations (hash, created_at) values ('', 5)",
    ],
  },
  'from-typeorm': {
    files: {
      'src/migrations/1706745599000-a.ts': typeOrmClass('A1706745599000', 'create table a (id int)'),
      'src/migrations/1706745600000-b.ts': typeOrmClass('B1706745600000', 'create table b (id int)'),
    },
    tables: [
      'create table migrations (id integer primary key, timestamp bigint, name varchar)',
      "insert into migrations (timestamp, name) values (1706745599000, 'A1706745599000')",
    ],
  },
  'from-knex': {
    files: {
      'migrations/20240101000001_a.cjs': "exports.up = (knex) => knex.raw('create table a (id int)');",
      'migrations/20240102000002_b.ts':
        "import { Knex } from 'knex';\nexport const up = (knex: Knex) => knex.raw('create table b (id int)');",
    },
    tables: [
      'create table knex_migrations (id integer primary key, name varchar, batch int)',
      "insert into knex_migrations (name, batch) values ('20240101000001_a.js', 1)",
    ],
  },
  'from-sql-files': {
    files: {
      'sql/1_a.sql': '-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;',
      'sql/2_b.sql': 'create table b (id int);',
    },
    tables: ['create table schema_migrations (version varchar)', "insert into schema_migrations values ('1')"],
  },
};

/** A class as TypeORM writes it, with imports that are types. */
function typeOrmClass(name: string, sql: string): string {
  return `import { MigrationInterface, QueryRunner } from "typeorm";

export class ${name} implements MigrationInterface {
    name = '${name}'

    public async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`${sql}\`);
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
    }
}
`;
}

describe('what the documentation shows is what its readers see', () => {
  it('apps/bookshop/README.md, on PostgreSQL and MySQL', async () => {
    const markdown = await read('apps/bookshop/README.md');
    const [catalogue, reporting] = [await database('postgres'), await database('mysql')];
    const answers = await runReadme(markdown, {
      cwd: await checkout('apps/bookshop/migrations'),
      env: { CATALOGUE_URL: catalogue.url ?? '', REPORTING_URL: reporting.url ?? '', NO_COLOR: '1' },
      prelude: commandsOf('bookshop'),
      instead: {
        // done for all acceptance tests together
        'npx nest build bookshop': 'true',
        // bookshop.spec.ts starts it so
        'db() { node dist/apps/bookshop/src/main.js db "$@"; }': 'true',
      },
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

  it('docs/guide/from-mikro-orm.md, where the old migrator has run two of three', async () => {
    const page = 'docs/guide/from-mikro-orm.md';
    const markdown = await read(page);
    const cwd = await checkout();
    await cp(join(root, 'test/fixtures/mikro-orm/migrations'), join(cwd, 'src/migrations'), { recursive: true });
    const made = await database('sqlite');
    const orm = await MikroORM.init({
      ...made.options,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      migrations: { path: join(cwd, 'src/migrations'), snapshot: false, silent: true },
    });
    await new Migrator(orm.em).up({ to: 'Migration20240212103000_add_slugs' });
    await orm.close();
    const answers = await runReadme(markdown, {
      cwd,
      env: { ...made.env, MIGRATIONS_DIRECTORY: join(cwd, 'database'), NO_COLOR: '1' },
      prelude: inOneProcess,
    });
    expect(answers).toEqual(shownBlocks(markdown));
  });

  it.each(Object.entries(otherTools).filter(([page]) => isTurn(0, page, Object.keys(otherTools))))(
    'docs/guide/%s.md, where one of two has run',
    async (page, { files, tables }) => {
      const markdown = await read(`docs/guide/${page}.md`);
      const cwd = await checkout();
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(cwd, name)), { recursive: true });
        await writeFile(join(cwd, name), text);
      }
      const made = await database('sqlite');
      const orm = await MikroORM.init({ ...made.options, entities: [], discovery: { warnWhenNoEntities: false } });
      for (const sql of tables) await (orm.em as SqlEntityManager).execute(sql);
      await orm.close();
      const answers = await runReadme(markdown, {
        cwd,
        env: { ...made.env, MIGRATIONS_DIRECTORY: join(cwd, 'database'), NO_COLOR: '1' },
        prelude: inOneProcess,
      });
      expect(answers).toEqual(shownBlocks(markdown));
    },
  );

  it('docs/guide/plan.md', async () => {
    const markdown = await read('docs/guide/plan.md');
    const cwd = await checkout();
    const answers = await runReadme(markdown, {
      cwd,
      env: { ...(await database('postgres')).env, MIGRATIONS_DIRECTORY: join(cwd, 'migrations'), NO_COLOR: '1' },
      prelude: inOneProcess,
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
