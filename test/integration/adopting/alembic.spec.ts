/** A team moves from Flask-Migrate with its database where it stands: from the tables that Alembic itself has made. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyEntity, defineEntity, type EntityName, p } from '@mikro-orm/core';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MigrationError } from 'nest-migrate';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { createDatabase, type Engine } from '../../support/databases.ts';
import { temporaryFolder } from '../../support/projects.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { Catalogue } from '../operations/catalogue.ts';

type Place = 'line' | 'branches' | 'merge';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** Runs SQL on the application's own connection: PGlite has no other. */
async function sql(at: Scenario, statement: string): Promise<readonly unknown[]> {
  return (at.orm.em as SqlEntityManager).getConnection().execute<unknown[]>(statement);
}

/** Fills an empty database as Alembic left its own; PGlite gets what PostgreSQL got. */
async function fill(at: Scenario, place: Place): Promise<void> {
  const { engine } = at.database;
  const file = join('test', 'fixtures', 'alembic', engine === 'pglite' ? 'postgres' : engine, `${place}.sql`);
  const text = (await readFile(file, 'utf8')).replace(/^--.*$/gm, '');
  for (const statement of text.split(/;\n/)) if (statement.trim() !== '') await sql(at, statement);
}

/** The Flask application's models as entities, with the names that its database has. */
function entities(engine: Engine, { isbn = false, email = false, price = false } = {}): EntityName<AnyEntity>[] {
  const mysql = engine === 'mysql' || engine === 'mariadb';
  const id = () => {
    // MikroORM counts without a sign on MySQL, SQLAlchemy with one; on SQLite SQLAlchemy leaves the counting to the rowid
    if (mysql) return p.integer().primary().unsigned(false);
    return engine === 'sqlite' ? p.integer().primary().autoincrement(false) : p.integer().primary();
  };
  const foreignKey = mysql ? 'book_ibfk_1' : engine === 'sqlite' ? 'book_author_id_foreign' : 'book_author_id_fkey';
  const Author = defineEntity({
    name: 'Author',
    properties: {
      id: id(),
      name: p.string().length(80),
      ...(email && { email: p.string().length(120).nullable() }),
    },
  });
  const Book = defineEntity({
    name: 'Book',
    indexes: [
      { name: 'ix_book_title', properties: ['title'] },
      ...(mysql ? [{ name: 'author_id', properties: ['author' as const] }] : []),
    ],
    properties: {
      id: id(),
      title: p.string().length(120),
      author: () => {
        const key = p.manyToOne(Author).foreignKeyName(foreignKey);
        // there MikroORM gives the column an index unless told not to
        return engine === 'sqlite' ? key.index(false as never) : key;
      },
      ...(isbn && { isbn: p.string().length(13).nullable() }),
      ...(price && { price: p.integer().default(0) }),
    },
  });
  return [Author, Book] as never;
}

/** An application on the table of Alembic. */
async function start(engine: Engine, options: ScenarioOptions): Promise<Scenario> {
  const at = await scenario(engine, { ...options, module: { versionTable: 'alembic_version', ...options.module } });
  ending.push(() => at.end());
  return at;
}

async function startFrom(engine: Engine, place: Place, options: ScenarioOptions): Promise<Scenario> {
  const at = await start(engine, options);
  await fill(at, place);
  return at;
}

/** All that is there but the journal, which MySQL and MariaDB need beside Alembic's table. */
async function catalogue(at: Scenario): Promise<string> {
  const snapshot = await new Catalogue(at.orm.em as SqlEntityManager, engineFor(at.orm as never)).snapshot();
  const own = snapshot.filter((part) => !/^CREATE TABLE .alembic_journal/.test(String(part)));
  return JSON.stringify(own, undefined, 1);
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return error instanceof MigrationError ? error.code : String(error);
}

describe.each(enginesByDialect('alembic'))("a database of Alembic's on %s", (engine) => {
  it('goes on from its row, with its table as it is', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const folder = await temporaryFolder('moving', { files: { 'package.json': '{ "type": "module" }' } });
    ending.push(() => folder.remove());
    const module = { versionTable: 'alembic_version', history: false, directory: join(folder.path, 'migrations') };

    // the day of the move: the models are entities now, and nothing has changed
    const before = await scenario(engine, { database, entities: entities(engine), module });
    await before.migrations.init();
    await fill(before, 'line');
    const untouched = await catalogue(before);
    expect(await codeOf(before.migrations.current())).toBe('UNKNOWN_VERSION_ROW');
    await before.migrations.migrate({ fromEmpty: true, revId: '8f27b0c4d9e1', message: 'what Alembic made' });
    expect(await before.migrations.current()).toMatchObject({ rows: ['8f27b0c4d9e1'], atHead: true });
    expect((await before.migrations.migrate({ dryRun: true })).source).toEqual([]);
    expect(await catalogue(before)).toBe(untouched);
    await before.end();

    // a day after it
    const after = await scenario(engine, { database, entities: entities(engine, { price: true }), module });
    const { created } = await after.migrations.migrate({ message: 'prices' });
    expect((await after.migrations.upgrade()).rows).toEqual([created[0].revision]);
    expect((await after.migrations.migrate({ dryRun: true })).source).toEqual([]);
    const upgraded = await catalogue(after);
    expect((await after.migrations.downgrade()).rows).toEqual(['8f27b0c4d9e1']);
    expect(await catalogue(after)).toBe(untouched);
    await after.end();

    // another database, from the revisions alone
    const fresh = await start(engine, { entities: entities(engine, { price: true }), module });
    await fresh.migrations.upgrade();
    expect((await fresh.migrations.migrate({ dryRun: true })).source).toEqual([]);
    // which keeps the words that a table was made with, and takes varchar(80) for text
    if (engine === 'sqlite') return;
    expect(withoutVersionTable(await catalogue(fresh))).toBe(withoutVersionTable(upgraded));
  });

  it('goes on from two rows, which a merge makes one', async () => {
    const at = await startFrom(engine, 'branches', { entities: entities(engine, { isbn: true, email: true }) });
    await at.migrations.migrate({ fromEmpty: true, revId: 'a94c27d1e036', message: 'what Alembic made' });
    await at.migrations.revision({ revId: 'c0b7e5123f48', head: 'base', message: 'the other branch of Alembic' });
    expect(await at.migrations.current()).toMatchObject({ rows: ['a94c27d1e036', 'c0b7e5123f48'], atHead: true });
    await at.migrations.merge({ revisions: 'heads', revId: 'merged' });
    expect((await at.migrations.upgrade()).rows).toEqual(['merged']);
    expect((await at.migrations.migrate({ dryRun: true })).source).toEqual([]);
  });

  it('goes on from a merge', async () => {
    const at = await startFrom(engine, 'merge', {
      revisions: { e6d81a5b7c92: {}, next: (op) => op.execute('create table next (n int)') },
    });
    expect(await at.migrations.upgrade()).toMatchObject({ before: ['e6d81a5b7c92'], rows: ['next'] });
  });

  it('refuses an id that its table has no room for, before anything ran or was written', async () => {
    const long = 'x'.repeat(33);
    const revisions: Revisions = { '8f27b0c4d9e1': {}, [long]: (op) => op.execute('create table next (n int)') };
    const at = await startFrom(engine, 'line', { revisions });
    if (engine === 'sqlite') {
      // a length means nothing there
      expect((await at.migrations.upgrade()).rows).toEqual([long]);
      return;
    }
    const before = await catalogue(at);
    const error = await at.migrations.upgrade().catch((failure: unknown) => failure as MigrationError);
    expect(error).toMatchObject({ code: 'REVISION_ID_TOO_LONG', length: 32 });
    expect(await catalogue(at)).toBe(before);
    expect((await at.migrations.current()).rows).toEqual(['8f27b0c4d9e1']);
    // what the message says helps
    await sql(at, (error as unknown as { widen: string }).widen);
    expect((await at.migrations.upgrade()).rows).toEqual([long]);
    const wanted = at.migrations.migrate({ revId: 'y'.repeat(256) });
    expect(await codeOf(wanted)).toBe('REVISION_ID_TOO_LONG');
  });

  it('moves between ids of which one is the other in capitals', async () => {
    const at = await startFrom(engine, 'line', { revisions: { '8f27b0c4d9e1': '', '8F27B0C4D9E1': '' } });
    expect((await at.migrations.upgrade()).rows).toEqual(['8F27B0C4D9E1']);
    expect((await at.migrations.downgrade()).rows).toEqual(['8f27b0c4d9e1']);
  });

  it('tells what is wrong with its rows, changes none, and takes them all back on request', async () => {
    const at = await startFrom(engine, 'line', { revisions: { '8f27b0c4d9e1': '', next: '' } });
    // as `version_table_pk=False` makes it
    for (const statement of withoutKey(engine)) await sql(at, statement);
    for (const [value, code] of [
      ["'8f27b0c4d9e1'", 'DUPLICATE_VERSION_ROW'],
      ["'8F27B0C4D9E1'", 'UNKNOWN_VERSION_ROW'],
      ["'8f27b0c4d9e1 '", 'UNKNOWN_VERSION_ROW'],
      ["''", 'UNKNOWN_VERSION_ROW'],
      ['null', 'UNKNOWN_VERSION_ROW'],
    ]) {
      await sql(at, `insert into alembic_version values (${value})`);
      expect([value, await codeOf(at.migrations.upgrade())]).toEqual([value, code]);
      const rows = await sql(at, 'select version_num from alembic_version');
      expect(rows).toHaveLength(2);
      expect((await at.migrations.stamp({ revisions: '8f27b0c4d9e1', purge: true })).rows).toEqual(['8f27b0c4d9e1']);
    }
  });
});

/** Takes the key from Alembic's table, and lets it hold nothing. */
function withoutKey(engine: Engine): readonly string[] {
  if (engine === 'sqlite') {
    return [
      'create table loose (version_num varchar(32))',
      'insert into loose select version_num from alembic_version',
      'drop table alembic_version',
      'alter table loose rename to alembic_version',
    ];
  }
  const postgres = engine === 'postgres' || engine === 'pglite';
  return [
    `alter table alembic_version drop ${postgres ? 'constraint alembic_version_pkc' : 'primary key'}`,
    `alter table alembic_version ${postgres ? 'alter version_num drop not null' : 'modify version_num varchar(32)'}`,
  ];
}

/** A new database gets a version table of ours: wider, and exact. */
function withoutVersionTable(catalogue: string): string {
  const parts = JSON.parse(catalogue) as unknown[];
  const isIt = (part: unknown): boolean => JSON.stringify(part).includes('alembic_version');
  return JSON.stringify(
    parts
      .filter((part) => !(isIt(part) && typeof (part as unknown[])[0] === 'string'))
      .map((part) => (Array.isArray(part) ? part.filter((row) => typeof row === 'string' || !isIt(row)) : part)),
    undefined,
    1,
  );
}

describe.each(['mysql', 'mariadb'] as const)("the collation of Alembic's table on %s", (engine) => {
  it('is asked before a run would need two rows that it takes for one', async () => {
    const at = await startFrom(engine, 'line', { revisions: { '8f27b0c4d9e1': '' } });
    await at.migrations.revision({ revId: 'abc', head: '8f27b0c4d9e1' });
    await at.migrations.revision({ revId: 'ABC', head: '8f27b0c4d9e1', splice: true });
    const error = await at.migrations.upgrade({ target: 'heads' }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'INDISTINCT_REVISIONS', collation: expect.stringMatching(/_ci$/) });
    expect((await at.migrations.current()).rows).toEqual(['8f27b0c4d9e1']);
    await sql(at, (error as { widen: string }).widen);
    expect((await at.migrations.upgrade({ target: 'heads' })).rows).toEqual(['ABC', 'abc']);
  });

  it('does not matter to ids kept as bytes', async () => {
    const at = await startFrom(engine, 'line', { revisions: { '8f27b0c4d9e1': '', next: '' } });
    await sql(at, 'alter table alembic_version modify version_num varbinary(32) not null');
    expect((await at.migrations.current()).rows).toEqual(['8f27b0c4d9e1']);
    expect((await at.migrations.upgrade()).rows).toEqual(['next']);
    expect((await at.migrations.downgrade()).rows).toEqual(['8f27b0c4d9e1']);
  });
});
