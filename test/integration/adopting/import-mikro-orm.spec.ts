/** A team keeps the history that MikroORM's own migrator has run so far. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Migration, Migrator } from '@mikro-orm/migrations';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { revisionIdOf } from '../../../libs/nest-migrate/src/import/imported-names.js';
import { allEngines, type Engine } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

/** SQLite in each run, and one of the others. */
const others = allEngines.filter((engine) => engine !== 'sqlite');
const enginesOfRun = allEngines.filter((engine) => engine === 'sqlite' || isTurn(0, engine, others));

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(engine: Engine): Promise<Scenario> {
  const at = await scenario(engine, { module: { scratch: scratchOption(engine) } });
  running.push(at);
  // the classes import packages
  await symlink(resolve('node_modules'), join(at.folder.path, 'node_modules'));
  return at;
}

/** A class as `migration:create` of version 6 or 7 writes it. */
function classFile(name: string, members: string): string {
  return `import { Migration } from '@mikro-orm/migrations';\n\nexport class ${name} extends Migration {\n${members}\n}\n`;
}

/** A history with one of each kind. */
function history(engine: Engine): Readonly<Record<string, string>> {
  const concurrently = engine === 'postgres' || engine === 'pglite' ? 'concurrently ' : '';
  return {
    'Migration20240101100000.ts': classFile(
      'Migration20240101100000',
      `  override async up(): Promise<void> {
    this.addSql(\`create table author (id int not null primary key, name varchar(50) not null, slug varchar(50));\`);
    this.addSql('create table book (id int not null primary key, author_id int not null, title varchar(50));');
  }

  override async down(): Promise<void> {
    this.addSql('drop table book;');
    this.addSql('drop table author;');
  }`,
    ),
    'Migration20240102100000_add_authors.ts': `import { raw } from '@mikro-orm/core';\n${classFile(
      'Migration20240102100000_add_authors',
      `  override up(): void {
    this.addSql(raw('insert into author (id, name) values (?, ?)', [1, "Ann O'Neil?"]));
    this.addSql("insert into author (id, name) values (2, 'Bo ?')");
  }`,
    )}`,
    'Migration20240103100000_slugs.ts': classFile(
      'Migration20240103100000_slugs',
      `  override async up(): Promise<void> {
    const rows = await this.execute('select id, name from author order by id');
    for (const { id, name } of rows) {
      await this.execute('update author set slug = ? where id = ?', [name.toLowerCase().replace(/\\W+/g, '-'), id]);
    }
    this.addSql('update author set slug = name where slug is null');
    await this.getEntityManager().execute('select 1');
  }

  override async down(): Promise<void> {
    this.addSql('update author set slug = null');
  }`,
    ),
    'Migration20240104100000.ts': classFile(
      'Migration20240104100000',
      `  override isTransactional(): boolean {
    return false;
  }

  override async up(): Promise<void> {
    await this.execute('create index ${concurrently}author_name_idx on author (name)');
  }

  override async down(): Promise<void> {
    this.addSql('drop index author_name_idx${engine.startsWith('m') ? ' on author' : ''}');
  }`,
    ),
  };
}

async function writeFolder(at: Scenario, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(at.folder.path, 'old');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** Lets MikroORM's migrator run, up to a migration. */
async function migrateOld({ orm }: Scenario, folder: string, to?: string): Promise<void> {
  const { config } = orm;
  const before = config.get('migrations');
  config.set('migrations', { ...before, path: folder, pathTs: folder, snapshot: false, silent: true });
  await new Migrator(orm.em as SqlEntityManager).up(to === undefined ? {} : { to });
  config.set('migrations', before);
}

describe.each(enginesOfRun)("the history of MikroORM's own migrator on %s", (engine) => {
  it('becomes revisions that make the same, and the database is stamped where it stands', async () => {
    const at = await start(engine);
    const folder = await writeFolder(at, history(engine));
    await migrateOld(at, folder, 'Migration20240103100000_slugs');
    const result = await at.migrations.import({ folder });
    expect(result.findings).toEqual([]);
    expect(result.proof).toMatchObject({ holds: true, comparedWith: 'tool', differences: [], failure: null });
    expect(result.steps.map(({ revision, as }) => [revision, as])).toEqual([
      ['20240101100000', 'sql'],
      ['20240102100000', 'sql'],
      ['20240103100000', 'class'],
      ['20240104100000', 'sql'],
    ]);
    expect(result.stamped).toMatchObject({ applied: 3, revision: '20240103100000', written: true, missing: [] });
    expect(result.clean).toBe(true);
    expect((await at.migrations.current()).rows).toEqual(['20240103100000']);
    const { steps } = await at.migrations.upgrade();
    expect(steps.map(({ revision }) => revision)).toEqual(['20240104100000']);
    const again = await at.migrations.import({ folder });
    expect(again).toMatchObject({ steps: [], created: [], proof: null, clean: true, stamped: { written: false } });
  });

  it('keeps texts of several statements, on engines that take one at a time as well, and classes that make tables', async () => {
    const at = await start(engine);
    const folder = await writeFolder(at, {
      'Migration1.ts': classFile(
        'Migration1',
        "  override up() { this.addSql('-- nothing'); this.addSql('create table a (id int); insert into a values (1); insert into a values (2);'); }",
      ),
      'Migration2.ts': classFile(
        'Migration2',
        `  override async up() {
    const rows = await this.execute('select id from a order by id');
    for (const { id } of rows) this.addSql('create table b' + id + ' (id int)');
    this.addSql('insert into b2 select id from a');
  }`,
      ),
    });
    const { proof, steps } = await at.migrations.import({ folder });
    expect(steps.map((step) => step.as)).toEqual(['sql', 'class']);
    expect(proof).toMatchObject({ holds: true, comparedWith: 'tool', otherValues: [] });
    await at.migrations.upgrade();
    expect(await at.orm.em.getConnection().execute('select id from b2 order by id')).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

/** Files that make tables, one each, the way `migration:create` names them. */
function tables(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => {
      const table = `t${name.slice(-6)}`;
      const members = `  override up() { this.addSql('create table ${table} (id int)'); }\n  override down() { this.addSql('drop table ${table}'); }`;
      return [`${name}.ts`, classFile(name, members)];
    }),
  );
}

const [first, second, third] = ['Migration20240101000001', 'Migration20240102000002', 'Migration20240103000003'];

/** What is in the folder of the scripts, hidden files and the copies of classes as well. */
async function written({ folder }: Scenario): Promise<readonly string[]> {
  const names = await readdir(join(folder.path, 'migrations'), { recursive: true });
  return names.filter((name) => name !== 'package.json' && name !== 'versions').sort();
}

async function recordOld({ orm }: Scenario, names: readonly string[], table = 'mikro_orm_migrations'): Promise<void> {
  const connection = orm.em.getConnection();
  await connection.execute(
    `create table ${table} (id integer primary key autoincrement, name varchar(255), executed_at datetime)`,
  );
  for (const name of names) await connection.execute(`insert into ${table} (name) values (?)`, [name]);
}

describe('what a person may meet', () => {
  it('a dry run proves and tells, and writes nothing and stamps nothing', async () => {
    const at = await start('sqlite');
    const folder = await writeFolder(at, history('sqlite'));
    await recordOld(at, ['Migration20240101100000']);
    const result = await at.migrations.import({ folder, dryRun: true });
    expect(result).toMatchObject({ created: [], stamped: null, clean: true, proof: { holds: true } });
    expect(result.steps).toHaveLength(4);
    expect(await written(at)).toEqual([]);
    expect((await at.migrations.current()).rows).toEqual([]);
  });

  it('what cannot be taken over is named with its line, and nothing is written', async () => {
    const at = await start('sqlite');
    const members = "  override up() {\n    this.addSql(this.getKnex().raw('x'));\n  }";
    const folder = await writeFolder(at, { ...tables(first), 'Migration2.ts': classFile('Migration2', members) });
    const result = await at.migrations.import({ folder });
    expect(result).toMatchObject({ clean: false, created: [], proof: null, stamped: null });
    expect(result.findings).toMatchObject([{ migration: 'Migration2', path: join(folder, 'Migration2.ts'), line: 5 }]);
    expect(await written(at)).toEqual([]);
  });

  it("a history that MikroORM's own migrator cannot run either is refused, unless it is taken unproven", async () => {
    const at = await start('sqlite');
    const broken = classFile('M2', "  override up() { this.addSql('alter table nowhere add x int'); }");
    const folder = await writeFolder(at, { ...tables(first), 'Migration2.ts': broken });
    const result = await at.migrations.import({ folder });
    expect(result.proof).toMatchObject({
      holds: false,
      failure: expect.stringMatching(/own migrator fails.*nowhere/s) as never,
    });
    expect([result.clean, await written(at)]).toEqual([false, []]);
    const kept = await at.migrations.import({ folder, prove: false });
    expect(kept).toMatchObject({ clean: true, proof: null });
    expect(kept.created).toHaveLength(2);
  });

  it('a difference between the two is told, and nothing is written', async () => {
    const at = await start('sqlite');
    // another table each time the file is loaded, but the same within one load
    const drifting = `import { Migration } from '@mikro-orm/migrations';
let loads = 0;
export class M extends Migration {
  override up() { loads += 1; this.addSql(loads > 2 ? 'create table by_migrator (id int)' : 'create table by_import (id int)'); }
}`;
    const folder = await writeFolder(at, { 'Migration1.ts': drifting });
    const result = await at.migrations.import({ folder });
    expect(result.proof?.holds).toBe(false);
    expect(result.proof?.differences.join()).toMatch(/- .*by_migrator.*\+ .*by_import/s);
    expect(await written(at)).toEqual([]);
  });

  it('a database with gaps is not stamped, and told which are missing', async () => {
    const at = await start('sqlite');
    const folder = await writeFolder(at, tables(first, second, third));
    await recordOld(at, [first, third]);
    const result = await at.migrations.import({ folder });
    expect(result.created).toHaveLength(3);
    expect(result).toMatchObject({ clean: false, stamped: { written: false, missing: [second], revision: null } });
    expect((await at.migrations.current()).rows).toEqual([]);
  });

  it('names without a file and another order are told, and the database is stamped', async () => {
    const at = await start('sqlite');
    const folder = await writeFolder(at, tables(first, second, third));
    await recordOld(at, ['Migration20230101000000', `${second}.ts`, first]);
    const { stamped, clean } = await at.migrations.import({ folder });
    expect(stamped).toMatchObject({
      applied: 3,
      revision: '20240102000002',
      unknown: ['Migration20230101000000'],
      outOfOrder: [second],
      missing: [],
    });
    expect(clean).toBe(true);
    expect((await at.migrations.current()).rows).toEqual(['20240102000002']);
  });

  it('a database without the table, or with an empty one, is left alone; another is stamped without the old files', async () => {
    const at = await start('sqlite');
    const folder = await writeFolder(at, tables(first, second));
    expect((await at.migrations.import({ folder })).stamped).toMatchObject({
      table: null,
      written: false,
      revision: null,
    });
    await recordOld(at, []);
    expect((await at.migrations.import({ stamp: true })).stamped).toMatchObject({ applied: 0, written: false });
    await at.orm.em.getConnection().execute('insert into mikro_orm_migrations (name) values (?)', [first]);
    const { stamped } = await at.migrations.import({ stamp: true });
    expect(stamped).toMatchObject({ revision: '20240101000001', written: true });
    expect((await at.migrations.import({ stamp: true })).stamped).toMatchObject({ written: false });
  });

  it('an upgrade of a database that the other tool has migrated says to stamp it first', async () => {
    const at = await start('sqlite');
    const folder = await writeFolder(at, tables(first, second));
    await at.migrations.import({ folder });
    await recordOld(at, [first]);
    await expect(at.migrations.upgrade()).rejects.toThrow(/mikro_orm_migrations says that 1 migration .* ran here/);
    await at.migrations.import({ stamp: true });
    const { steps } = await at.migrations.upgrade();
    expect(steps.map(({ revision }) => revision)).toEqual(['20240102000002']);
  });

  it('a migration that a colleague wrote meanwhile is taken over behind the others', async () => {
    const at = await start('sqlite');
    const folder = await writeFolder(at, tables(first, third));
    await at.migrations.import({ folder });
    await at.addRevision('own1', '20240103000003', (op) => op.execute('create table own (id int)'));
    await writeFolder(at, tables(second));
    const { created, proof, clean } = await at.migrations.import({ folder });
    expect(created).toMatchObject([{ revision: '20240102000002', downRevision: ['own1'] }]);
    expect(proof).toMatchObject({ holds: true, comparedWith: 'nothing' });
    expect(clean).toBe(true);
  });

  it('an import that a crash has cut off goes on behind what it has written', async () => {
    const at = await start('sqlite');
    const folder = await writeFolder(at, tables(first, second, third));
    const { created } = await at.migrations.import({ folder });
    for (const { path } of created.slice(1)) await rm(path);
    const again = await at.migrations.import({ folder });
    expect(again.created.map(({ revision, downRevision }) => [revision, downRevision])).toEqual([
      ['20240102000002', ['20240101000001']],
      ['20240103000003', ['20240102000002']],
    ]);
    expect(again.proof).toMatchObject({ holds: true, comparedWith: 'tool' });
  });

  it('a list of classes is taken over from the configuration', async () => {
    const at = await start('sqlite');
    class First extends Migration {
      override up(): void {
        this.addSql('create table listed (id int)');
      }
    }
    const list = [{ name: `${first}_listed`, class: First }];
    at.orm.config.set('migrations', { ...at.orm.config.get('migrations'), migrationsList: list });
    const { steps, proof, place } = await at.migrations.import();
    expect(place).toBe("the option 'migrationsList'");
    expect(steps).toMatchObject([{ migration: `${first}_listed`, revision: '20240101000001', as: 'sql' }]);
    expect(proof).toMatchObject({ holds: true, comparedWith: 'tool' });
  });

  it('revisions that were there before stand in the way', async () => {
    const at = await start('sqlite');
    await at.addRevision('aaa1', null, (op) => op.execute('create table a (id int)'));
    const folder = await writeFolder(at, tables(first));
    await expect(at.migrations.import({ folder })).rejects.toThrow(/begins at base.*revisions that were not imported/);
    expect(await written(at)).toEqual(['versions/aaa1.ts']);
  });

  it('a folder that is not there or has no migrations is said, and where nothing was imported to stamp', async () => {
    const at = await start('sqlite');
    await expect(at.migrations.import({ stamp: true })).rejects.toThrow(/nothing to stamp/);
    await expect(at.migrations.import({ folder: 'no-such-folder' })).rejects.toThrow(/no folder .*no-such/);
    const folder = await writeFolder(at, {});
    await expect(at.migrations.import({ folder, tool: 'mikro-orm' })).rejects.toThrow(/no migrations of MikroORM in/);
  });

  it('a class whose file imports others is called where it is; a file of its name that differs is not overwritten', async () => {
    const at = await start('sqlite');
    const asking = (line: string) =>
      `${line}\n${classFile('Migration1_a', "  override async up() { const rows = await this.execute('select 1 as x'); this.addSql('create table t' + rows[0].x + ' (id int)'); }")}`;
    const folder = await writeFolder(at, {
      'Migration1_a.ts': asking("import { y } from '../names.ts';\nvoid y;"),
    });
    await writeFile(join(folder, '..', 'names.ts'), 'export const y = 1;');
    const { steps } = await at.migrations.import({ folder });
    expect(steps).toMatchObject([{ as: 'class', path: join(folder, 'Migration1_a.ts') }]);
    expect(await written(at)).toEqual([expect.stringMatching(/^versions\/\w+_a\.ts$/) as never]);
    const [file] = (await at.migrations.history()).map(({ path }) => path);
    expect(await readFile(file, 'utf8')).toContain("import { Migration1_a } from '../../old/Migration1_a.ts';");

    const other = await start('sqlite');
    await mkdir(join(other.folder.path, 'migrations', 'imported'));
    await writeFile(join(other.folder.path, 'migrations', 'imported', 'Migration1_a.ts'), '// mine');
    const again = await writeFolder(other, { 'Migration1_a.ts': asking('') });
    await expect(other.migrations.import({ folder: again })).rejects.toThrow(/Migration1_a\.ts/);
    expect(await written(other)).toEqual(['imported', 'imported/Migration1_a.ts']);
  });
});

describe('the tables of other tools', () => {
  it.each([
    [
      'prisma',
      {
        '20240101000001_a/migration.sql': 'create table a (id int);',
        '20240102000002_b/migration.sql': 'create table b (id int);',
      },
      [
        'create table _prisma_migrations (id text, migration_name text, started_at datetime, finished_at datetime, rolled_back_at datetime)',
        "insert into _prisma_migrations values ('1', '20240101000001_a', 1, 2, null), ('2', '20240102000002_b', 3, null, null)",
      ],
      '20240101000001',
    ],
    [
      'drizzle',
      {
        'meta/_journal.json':
          '{ "entries": [{ "idx": 0, "when": 5, "tag": "0000_a" }, { "idx": 1, "when": 6, "tag": "0001_b" }] }',
        '0000_a.sql': 'create table a (id int);',
        '0001_b.sql': 'create table b (id int);',
      },
      [
        'create table __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)',
        "insert into __drizzle_migrations (hash, created_at) values ('of a file that was edited', 5)",
        `insert into __drizzle_migrations (hash, created_at) values ('${createHash('sha256').update('create table b (id int);').digest('hex')}', 7)`,
      ],
      revisionIdOf('0001_b', () => false),
    ],
    [
      'typeorm',
      {
        'a.js':
          'export class A1706745599000 { async up(queryRunner) { await queryRunner.query("create table a (id int)") } async down() {} }',
      },
      [
        'create table migrations (id integer primary key, timestamp bigint, name varchar)',
        "insert into migrations (timestamp, name) values (1706745599000, 'A1706745599000')",
      ],
      '1706745599000',
    ],
    [
      'knex',
      { '20240101000001_a.js': 'export const up = (knex) => knex.raw("create table a (id int)");' },
      [
        'create table knex_migrations (id integer primary key, name varchar, batch int)',
        "insert into knex_migrations (name, batch) values ('20240101000001_a.ts', 1)",
      ],
      '20240101000001',
    ],
  ] as const)('say where a database of %s stands', async (tool, files, statements, revision) => {
    const at = await start('sqlite');
    for (const [name, text] of Object.entries<string>(files)) {
      await mkdir(join(at.folder.path, 'old', name, '..'), { recursive: true });
      await writeFile(join(at.folder.path, 'old', name), text);
    }
    await writeFile(join(at.folder.path, 'old', 'package.json'), '{ "type": "module" }');
    for (const sql of statements) await at.orm.em.getConnection().execute(sql);
    const result = await at.migrations.import({ folder: join(at.folder.path, 'old') });
    expect(result).toMatchObject({
      tool,
      clean: true,
      stamped: { revision, written: true },
      proof: { holds: true, comparedWith: 'nothing' },
    });
  });
});
