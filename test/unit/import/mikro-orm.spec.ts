/** What becomes of the classes of MikroORM's own migrator, one kind after the other. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Migration } from '@mikro-orm/migrations';
import { type defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { MikroORM as MySqlORM } from '@mikro-orm/mysql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type ImportedMigration, type ImportPlace } from '../../../libs/nest-migrate/src/import/imported-history.js';
import { mikroOrmHistory } from '../../../libs/nest-migrate/src/import/mikro-orm-history.js';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';

const folders: TemporaryFolder[] = [];
afterEach(async () => {
  while (folders.length > 0) await folders.pop()!.remove();
});

type Options = Parameters<typeof defineConfig>[0];

/** An ORM that connects to nothing. */
function place(options: Options, more: Partial<ImportPlace> = {}): ImportPlace {
  const orm = new MikroORM({
    dbName: 'nowhere',
    entities: [],
    discovery: { warnWhenNoEntities: false },
    ...options,
  });
  const engine = engineFor(orm as never);
  return {
    orm: orm as never,
    engine,
    base: resolve('.'),
    fs: nodeFileSystem,
    folder: undefined,
    table: undefined,
    ...more,
  };
}

/** A folder with these files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const made = await temporaryFolder('import');
  folders.push(made);
  await symlink(resolve('node_modules'), join(made.path, 'node_modules'));
  const folder = join(made.path, 'migrations');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const head = "import { Migration } from '@mikro-orm/migrations';\n";

/** What becomes of one class, whose members are given. */
async function read(
  members: string,
  { options = {}, before = '' }: { options?: Options; before?: string } = {},
): Promise<ImportedMigration> {
  const folder = await folderOf({
    'Migration20240101000000.ts': `${head}${before}export class M extends Migration {\n${members}\n}\n`,
  });
  const [migration] = await (await mikroOrmHistory(place(options, { folder }))).readHistory();
  return migration;
}

const sql = (...statements: (string | readonly [string, ...unknown[]])[]) => ({
  kind: 'sql',
  statements: statements.map((each) =>
    typeof each === 'string' ? { sql: each, params: [] } : { sql: each[0], params: each.slice(1) },
  ),
});

describe('what a class does', () => {
  it('is SQL where it adds SQL, in any form that a library gives it', async () => {
    const { up } = await read(
      `up() {
        this.addSql('create table a (id int)');
        this.addSql('');
        this.addSql(raw('insert into a values (?)', [1]));
        this.addSql(builder.insertInto('a').values({ id: 2, note: 'so?' }));
        this.addSql({ toSQL: () => ({ sql: 'insert into a values (?)', bindings: [3] }) });
        this.addSql({ toSQL: () => [{ sql: 'create table b (id int)', bindings: [] }, { sql: 'drop table b', bindings: [] }] });
      }`,
      {
        before: `import { raw } from '@mikro-orm/core';
import { DummyDriver, Kysely, PostgresAdapter, PostgresQueryCompiler } from 'kysely';
const builder = new Kysely<any>({ dialect: {
  createAdapter: () => new PostgresAdapter(), createDriver: () => new DummyDriver(),
  createQueryCompiler: () => new PostgresQueryCompiler(), createIntrospector: () => undefined as never } });\n`,
      },
    );
    expect(up).toEqual(
      sql(
        'create table a (id int)',
        ['insert into a values (?)', 1],
        ['insert into "a" ("id", "note") values (?, ?)', 2, 'so?'],
        ['insert into a values (?)', 3],
        'create table b (id int)',
        'drop table b',
      ),
    );
  });

  it('is SQL where it executes it and looks at no result; what it adds runs behind that', async () => {
    const { up } = await read(`async up() {
      this.addSql('second');
      const rows = await this.execute('first ?', [7]);
      void rows;
    }`);
    expect(up).toEqual(sql(['first ?', 7], 'second'));
  });

  it.each([
    ['a result', "const [row] = await this.execute('select 1'); this.addSql('x' + row.id);", /this\.execute\(\)/],
    [
      'a result, and hides the failure',
      "try { for (const row of await this.execute('s')) this.addSql(row.x) } catch {}",
      /this\.execute\(\)/,
    ],
    ['an EntityManager', 'await this.getEntityManager().flush();', /EntityManager/],
    ['the driver', "await this.driver.execute('x');", /driver/],
    ['the configuration', "this.addSql('use ' + this.config.get('dbName'));", /configuration/],
    ['chance', 'this.addSql(`insert into a values (${Math.random()})`);', /other SQL each time/],
  ])('is a call of the class where it needs %s', async (_, body, reason) => {
    const { up, exportName } = await read(`async up() { ${body} }`);
    expect(up).toEqual({ kind: 'class', reason: expect.stringMatching(reason) as never });
    expect(exportName).toBe('M');
  });

  it('is named with its line where it can be neither', async () => {
    const knex = await read("up() {\n    this.addSql(\n      this.getKnex().raw('x'));\n  }");
    expect(knex.up).toMatchObject({ kind: 'obstacle', line: 5, reason: expect.stringContaining('getKnex') as never });
    const outside = await read(
      "isTransactional() { return false; }\n  async up() {\n    const [row] = await this.execute('x');\n  }",
    );
    expect(outside.up).toMatchObject({
      kind: 'obstacle',
      line: 5,
      reason: expect.stringContaining('outside') as never,
    });
    const failing = await read('up() { throw new Error("not today"); }');
    expect(failing.up).toMatchObject({
      kind: 'obstacle',
      line: 3,
      reason: expect.stringContaining('not today') as never,
    });
  });

  it('cannot be undone where there is no down(), or where that refuses', async () => {
    const [none, refusing, empty] = [
      await read('up() {}'),
      await read('up() {}\n down() { throw new Error("restore a backup"); }'),
      await read('up() {}\n down() {}'),
    ];
    expect(none.down).toEqual({
      kind: 'irreversible',
      reason: 'the migration Migration20240101000000 had no way back',
    });
    expect(refusing.down).toEqual({ kind: 'irreversible', reason: 'restore a backup' });
    expect(empty.down).toEqual(sql());
  });

  it('runs outside of a transaction where the class or the configuration says so', async () => {
    const own = await read('isTransactional() { return false; } up() {}');
    const all = await read('up() {}', { options: { migrations: { transactional: false } } });
    const none = await read('up() {}');
    expect([own, all, none].map(({ isTransactional }) => isTransactional)).toEqual([false, false, true]);
  });

  it('switches foreign keys off where the configuration does, as version 6 did unless told', async () => {
    const orm = new MySqlORM({
      dbName: 'nowhere',
      entities: [],
      discovery: { warnWhenNoEntities: false },
      migrations: { disableForeignKeys: true },
    });
    const folder = await folderOf({
      'M1.ts': `${head}export class M1 extends Migration { up() { this.addSql('x'); } }`,
    });
    const of = { ...place({}, { folder }), orm: orm as never, engine: engineFor(orm as never) };
    const [{ up }] = await (await mikroOrmHistory(of)).readHistory();
    expect(up).toEqual(sql('set foreign_key_checks = 0', 'x', 'set foreign_key_checks = 1'));
  });
});

describe('where migrations are found', () => {
  it('is a folder of TypeScript and JavaScript, in the order of the names, without declarations and other files', async () => {
    const folder = await folderOf({
      'package.json': '{ "type": "module" }',
      'Migration20240102000000.ts': `${head}export class B extends Migration { up() { this.addSql('b'); } }`,
      'Migration20240101000000_first.js': `${head}export class A extends Migration { up() { this.addSql('a'); } }`,
      'Migration20240103000000.cjs': `const { Migration } = require('@mikro-orm/migrations');\nexports.C = class C extends Migration { up() { this.addSql('c'); } }`,
      'Migration20240102000000.d.ts': 'export declare class B {}',
      'shared.ts': 'export const unrelated = 1;',
      '.snapshot-shop.json': '{}',
    });
    const history = await (await mikroOrmHistory(place({}, { folder }))).readHistory();
    expect(history.map(({ name, exportName }) => [name, exportName])).toEqual([
      ['Migration20240101000000_first', 'A'],
      ['Migration20240102000000', 'B'],
      ['Migration20240103000000.cjs', 'C'],
    ]);
  });

  it('is a list of classes, with the names that the table has', async () => {
    class First extends Migration {
      override up(): void {
        this.addSql('one');
      }
    }
    class a extends Migration {
      override name = 'Migration20240102000000';
      override async up(): Promise<void> {
        const [row] = await this.execute('select 1 as x');
        this.addSql(String(row?.['x']));
      }
    }
    const source = await mikroOrmHistory(
      place({ migrations: { migrationsList: [{ name: 'Migration20240101000000.ts', class: First }, a] } }),
    );
    const history = await source.readHistory();
    expect(history.map(({ name }) => name)).toEqual(['Migration20240101000000', 'Migration20240102000000']);
    expect(history[0].up).toEqual(sql('one'));
    // a revision could not import it
    expect(history[1].up).toMatchObject({ kind: 'obstacle', reason: expect.stringContaining('no file') as never });
  });

  it('is where the configuration says, of its two forms the one that has files', async () => {
    const folder = await folderOf({ 'Migration1.ts': `${head}export class M extends Migration { up() {} }` });
    const base = join(folder, '..');
    for (const migrations of [{ path: 'dist/migrations', pathTs: 'migrations' }, { path: 'migrations' }, {}]) {
      expect((await mikroOrmHistory(place({ baseDir: base, migrations }))).place).toBe(folder);
    }
  });

  it('is known by a table of any name in any schema', async () => {
    const table = async (options: Options) => (await mikroOrmHistory(place(options, { folder: '/nowhere' }))).table;
    expect(await table({})).toEqual({ name: 'mikro_orm_migrations', schema: 'public' });
    expect(await table({ migrations: { tableName: 'books.done' } })).toEqual({ name: 'done', schema: 'books' });
    expect(await table({ migrations: { tableName: 'done', schema: 'shop' } })).toEqual({
      name: 'done',
      schema: 'shop',
    });
    expect(await table({ schema: 'shop' })).toEqual({ name: 'mikro_orm_migrations', schema: 'shop' });
  });
});
