/** What becomes of the files of other tools, as they write them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MikroORM as MySqlORM } from '@mikro-orm/mysql';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { historySource } from '../../../libs/nest-migrate/src/import/history-sources.js';
import { type ImportedMigration, type ImportTool } from '../../../libs/nest-migrate/src/import/imported-history.js';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';

const folders: TemporaryFolder[] = [];
afterEach(async () => {
  while (folders.length > 0) await folders.pop()!.remove();
});

interface Read {
  readonly tool: ImportTool;
  readonly history: readonly ImportedMigration[];
}

/** Reads a folder with these files, whose tool is not told. */
async function read(
  files: Readonly<Record<string, string>>,
  ORM: typeof MikroORM | typeof MySqlORM = MikroORM,
): Promise<Read> {
  const made = await temporaryFolder('import');
  folders.push(made);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(made.path, name)), { recursive: true });
    await writeFile(join(made.path, name), text);
  }
  const orm = new (ORM as typeof MikroORM)({
    dbName: 'nowhere',
    entities: [],
    discovery: { warnWhenNoEntities: false },
  }) as never;
  const place = {
    orm,
    engine: engineFor(orm),
    base: resolve('.'),
    fs: nodeFileSystem,
    folder: made.path,
    table: undefined,
  };
  const source = await historySource(place);
  return { tool: source.tool, history: await source.readHistory() };
}

const sql = (...statements: (string | readonly [string, ...unknown[]])[]) => ({
  kind: 'sql',
  statements: statements.map((each) =>
    typeof each === 'string' ? { sql: each, params: [] } : { sql: each[0], params: each.slice(1) },
  ),
});

describe('Prisma', () => {
  it('has a folder of SQL for each migration, and no way back', async () => {
    const { tool, history } = await read({
      'migration_lock.toml': 'provider = "postgresql"',
      '20240102000000_more/migration.sql': '-- AlterTable\nALTER TABLE "User" ADD COLUMN "note" TEXT DEFAULT \';\';\n',
      '20240101000000_init/migration.sql':
        '-- CreateTable\nCREATE TABLE "User" (\n    "id" SERIAL NOT NULL\n);\n\n-- CreateIndex\nCREATE UNIQUE INDEX "User_id_key" ON "User"("id");\n',
    });
    expect(tool).toBe('prisma');
    expect(history.map(({ name }) => name)).toEqual(['20240101000000_init', '20240102000000_more']);
    expect(history[0].up).toEqual(
      sql('CREATE TABLE "User" (\n    "id" SERIAL NOT NULL\n)', 'CREATE UNIQUE INDEX "User_id_key" ON "User"("id")'),
    );
    expect(history[1].up).toEqual(sql('ALTER TABLE "User" ADD COLUMN "note" TEXT DEFAULT \';\''));
    expect(history[0].down).toEqual({ kind: 'irreversible', reason: 'Prisma writes no way back' });
  });
});

describe('Drizzle', () => {
  it('has files in the order of its journal, cut at its breakpoints', async () => {
    const { tool, history } = await read({
      'meta/_journal.json': JSON.stringify({
        version: '7',
        dialect: 'postgresql',
        entries: [
          { idx: 1, version: '7', when: 1706745600000, tag: '0001_b', breakpoints: true },
          { idx: 0, version: '7', when: 1706745599000, tag: '0000_a', breakpoints: true },
        ],
      }),
      '0000_a.sql': 'CREATE TABLE "a" ("id" int);\n--> statement-breakpoint\nCREATE INDEX "i" ON "a" ("id");',
      '0001_b.sql': 'DROP TABLE "a";',
    });
    expect(tool).toBe('drizzle');
    expect(history.map(({ name, up }) => [name, up])).toEqual([
      ['0000_a', sql('CREATE TABLE "a" ("id" int)', 'CREATE INDEX "i" ON "a" ("id")')],
      ['0001_b', sql('DROP TABLE "a"')],
    ]);
  });

  it('has a folder for each of them in its newer form', async () => {
    const { tool, history } = await read({
      '20240101000000_a/migration.sql': 'CREATE TABLE "a" ("id" int);',
      '20240101000000_a/snapshot.json': '{}',
    });
    expect([tool, history.map(({ name }) => name)]).toEqual(['drizzle', ['20240101000000_a']]);
  });
});

describe('a folder of SQL', () => {
  it('has the way back in another file, or behind a line', async () => {
    const { tool, history } = await read({
      '10_last.sql': '-- migrate:up\ncreate table c (id int);\n\n-- migrate:down\ndrop table c;\n',
      '2_second.up.sql': 'create table b (id int);',
      '2_second.down.sql': 'drop table b;',
      '1_first.sql': '-- +goose Up\ncreate table a (id int);\n-- +goose Down\ndrop table a;',
      'README.md': '# nothing',
    });
    expect(tool).toBe('sql');
    expect(history.map(({ name, up, down }) => [name, up, down])).toEqual([
      ['1_first', sql('create table a (id int)'), sql('drop table a')],
      ['2_second', sql('create table b (id int)'), sql('drop table b')],
      ['10_last', sql('create table c (id int)'), sql('drop table c')],
    ]);
  });

  it('counts by the version of Flyway, with its way back', async () => {
    const { history } = await read({
      'V10__b.sql': 'create table b (id int)',
      'V9__a.sql': 'create table a (id int)',
      'U9__a.sql': 'drop table a',
    });
    expect(history.map(({ name, down }) => [name, down.kind])).toEqual([
      ['V9__a', 'sql'],
      ['V10__b', 'irreversible'],
    ]);
  });

  it('keeps the body of a routine whole, and what is in quotes', async () => {
    const body = 'create function f() returns int language plpgsql as $$ begin; return 1; end; $$';
    const trigger = 'create trigger t before insert on a for each row begin set new.x = 1; set new.y = 2; end';
    expect((await read({ '1.sql': `select 1;\n${body};\nselect 2;` })).history[0].up).toEqual(
      sql('select 1', body, 'select 2'),
    );
    expect((await read({ '1.sql': `${trigger};\n` }, MySqlORM)).history[0].up).toEqual(sql(trigger));
  });
});

describe('TypeORM', () => {
  const head = "import { MigrationInterface, QueryRunner } from 'typeorm';\n";

  it('has classes that run by the number behind their name', async () => {
    const { tool, history } = await read({
      '1706745600000-Second.ts': `${head}export class Second1706745600000 implements MigrationInterface {
  name = 'Second1706745600000';
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`insert into a values ($1, '$2')\`, [5]);
  }
  public async down(queryRunner: QueryRunner): Promise<void> { await queryRunner.query('delete from a'); }
}`,
      '0-first.ts': `${head}export class First1706745599000 implements MigrationInterface {
  transaction = false;
  public async up(queryRunner: QueryRunner): Promise<void> { await queryRunner.query('create table a (id int)'); }
  public async down(queryRunner: QueryRunner): Promise<void> { await queryRunner.dropTable('a'); }
}`,
    });
    expect(tool).toBe('typeorm');
    expect(history.map(({ name, up, isTransactional }) => [name, up, isTransactional])).toEqual([
      ['First1706745599000', sql('create table a (id int)'), false],
      ['Second1706745600000', sql(["insert into a values (?, '$2')", 5]), true],
    ]);
    expect(history[0].down).toMatchObject({
      kind: 'obstacle',
      line: 5,
      reason: 'calls queryRunner.dropTable(), which is no SQL',
    });
  });

  it('is named with the line where it looks at rows', async () => {
    const { history } = await read({
      '1-a.js': `export class A1706745599000 {
  async up(queryRunner) {
    const rows = await queryRunner.query('select id from a');
    for (const { id } of rows) await queryRunner.query('x');
  }
  async down() {}
}`,
    });
    expect(history[0].up).toMatchObject({
      kind: 'obstacle',
      line: 3,
      reason: expect.stringContaining('only TypeORM could run it') as never,
    });
  });
});

describe('Knex', () => {
  it('has modules with raw SQL; a builder is named with its line', async () => {
    const { tool, history } = await read({
      '20240101000000_a.js': `exports.up = (knex) => knex.schema.raw('create table a (id int)').raw('create index i on a (id)');
exports.down = async (knex) => { await knex.raw('drop table a where ?? = ?', ['id', 1]); };
exports.config = { transaction: false };`,
      '20240102000000_b.ts': `import { Knex } from 'knex';
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('b', (table) => table.increments());
}
export async function down(knex: Knex): Promise<void> {
  await knex('b').del();
}`,
    });
    expect(tool).toBe('knex');
    expect(history.map(({ name }) => name)).toEqual(['20240101000000_a', '20240102000000_b']);
    expect(history[0]).toMatchObject({
      up: sql('create table a (id int)', 'create index i on a (id)'),
      down: sql(['drop table a where ?? = ?', 'id', 1]),
      isTransactional: false,
    });
    expect(history[1].up).toMatchObject({
      kind: 'obstacle',
      line: 3,
      reason: 'calls knex.schema.createTable(), which is no SQL',
    });
    expect(history[1].down).toMatchObject({ kind: 'obstacle', line: 6 });
  });
});

describe('a folder that nothing tells of', () => {
  it.each([
    [{ 'notes.txt': 'x' }, /no file of a migration/],
    [{ 'a.ts': 'export const x = 1;' }, /of none that is known/],
  ])('is refused', async (files, message) => {
    await expect(read(files as unknown as Record<string, string>)).rejects.toThrow(message);
  });
});
