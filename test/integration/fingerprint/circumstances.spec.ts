/** The fingerprint is that of the database, whoever reads it, and reading it changes nothing. */
import { type AbstractSqlConnection, MikroORM } from '@mikro-orm/sql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  compareFingerprints,
  type Fingerprint,
  fingerprint,
} from '../../../libs/nest-migrate/src/rehearsal/fingerprint.js';
import { createDatabase, type Engine, serverEngines, type TestDatabase } from '../../support/databases.ts';
import { mysqlDifferences } from './mysql-differences.ts';
import { postgresDifferences } from './postgres-differences.ts';
import { sqliteDifferences } from './sqlite-differences.ts';

const lists = {
  postgres: postgresDifferences,
  pglite: postgresDifferences,
  mysql: mysqlDifferences('mysql'),
  mariadb: mysqlDifferences('mariadb'),
  sqlite: sqliteDifferences,
} as const;

/** One session, so that what it sets is what the next statement finds. */
async function connect(database: TestDatabase, options: { user?: string; password?: string } = {}): Promise<MikroORM> {
  return (await MikroORM.init({
    ...database.options,
    ...options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
    logger: () => undefined,
    pool: { min: 0, max: 1 },
  })) as MikroORM;
}

/** Settings that change the words of a server, and a query for them. */
const settings: Readonly<Partial<Record<Engine, { readonly set: readonly string[]; readonly read: string }>>> = {
  postgres: {
    set: [
      'set search_path = shop, public',
      `set timezone = 'Asia/Tokyo'`,
      `set datestyle = 'SQL, DMY'`,
      'set quote_all_identifiers = on',
    ],
    read: `select current_setting('search_path') a, current_setting('timezone') b, current_setting('datestyle') c,
      current_setting('quote_all_identifiers') d, current_setting('transaction_read_only') e`,
  },
  mysql: {
    set: [
      `set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'`,
      `set time_zone = '+09:00'`,
      'set sql_quote_show_create = 0',
    ],
    read: 'select @@sql_mode a, @@time_zone b, @@sql_quote_show_create c',
  },
  mariadb: {
    set: [
      `set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'`,
      `set time_zone = '+09:00'`,
      'set sql_quote_show_create = 0',
    ],
    read: 'select @@sql_mode a, @@time_zone b, @@sql_quote_show_create c',
  },
};

describe.each(Object.keys(lists) as Engine[])('a fingerprint of %s', (engine) => {
  const { base, end = [] } = lists[engine];
  let database: TestDatabase;
  let orm: MikroORM;
  let connection: AbstractSqlConnection;
  let before: Fingerprint;

  beforeAll(async () => {
    database = await createDatabase(engine);
    orm = await connect(database);
    connection = orm.em.getConnection();
    for (const sql of base) await connection.execute(sql);
    before = await fingerprint(orm);
  });
  afterAll(async () => {
    for (const sql of end) await connection.execute(sql);
    await orm.close(true);
    await database.drop();
  });

  // SQLite has no such settings
  const words = settings[engine];
  if (words !== undefined) {
    it('does not depend on the settings of the session, and restores them', async () => {
      const other = await connect(database);
      try {
        const own = other.em.getConnection();
        for (const sql of words.set) await own.execute(sql);
        const found = await own.execute(words.read);
        expect(await fingerprint(other)).toEqual(before);
        expect(await own.execute(words.read)).toEqual(found);
      } finally {
        await other.close(true);
      }
    });
  }

  it('is read in a transaction that goes on afterwards', async () => {
    const context = await connection.begin();
    try {
      await connection.execute('create table added (id int primary key)', [], 'all', context);
      const within = await fingerprint(orm, { context });
      expect(compareFingerprints(before, within).verdict).toBe('different');
      await connection.execute('drop table added', [], 'all', context);
      expect(await fingerprint(orm, { context })).toEqual(before);
    } finally {
      await connection.rollback(context);
    }
    expect(await fingerprint(orm)).toEqual(before);
  });

  it('leaves tables out with all that belongs to them', async () => {
    const counts = database.engine === 'postgres' || database.engine === 'pglite' ? 'serial' : 'int';
    await connection.execute(`create table own_rows (id ${counts} primary key, notes text)`);
    await connection.execute('create index own_index on own_rows (id)');
    const without = await fingerprint(orm, { ignoredTables: [{ name: 'own_rows' }] });
    const whole = await fingerprint(orm);
    await connection.execute('drop table own_rows');
    expect(without).toEqual(before);
    expect(whole).not.toEqual(before);
  });

  it('of another format or server is not comparable', () => {
    const other = { text: before.text.replace(/^# .*/, '# postgres 9, format 1') };
    expect(compareFingerprints(before, other)).toEqual({
      verdict: 'not comparable',
      servers: [before.text.split('\n')[0], '# postgres 9, format 1'],
    });
  });
});

describe.each(['mysql', 'mariadb'] as const)('the fingerprint of an event on %s', (engine) => {
  it('does not tell when it was made, and tells when it is to begin', async () => {
    const database = await createDatabase(engine);
    const orm = await connect(database);
    try {
      const connection = orm.em.getConnection();
      await connection.execute(`set time_zone = '+09:00'`);
      await connection.execute('create event nightly on schedule every 1 day do select 1');
      const made = await fingerprint(orm);
      await connection.execute(`alter event nightly on schedule every 1 day starts '2037-01-01 03:00:00'`);
      const later = await fingerprint(orm);
      await connection.execute('alter event nightly on schedule every 1 day');
      expect(made.text).not.toContain('STARTS');
      expect(later.text).toContain(`STARTS '2037-01-01 03:00:00'`);
      expect(await fingerprint(orm)).toEqual(made);
    } finally {
      await orm.close(true);
      await database.drop();
    }
  });
});

describe.each(serverEngines)('a fingerprint of %s, read by somebody without rights', (engine) => {
  const { base, end = [] } = lists[engine];
  const name = `stranger_${process.pid}`;
  let database: TestDatabase;
  let orm: MikroORM;
  let stranger: MikroORM;

  beforeAll(async () => {
    database = await createDatabase(engine);
    orm = await connect(database);
    const connection = orm.em.getConnection();
    for (const sql of base) await connection.execute(sql);
    const account =
      engine === 'postgres'
        ? [`create role ${name} login password 'stranger'`]
        : [`create user ${name} identified by 'stranger'`, `grant select on \`${database.name}\`.* to ${name}`];
    for (const sql of account) await connection.execute(sql);
    stranger = await connect(database, { user: name, password: 'stranger' });
  });
  afterAll(async () => {
    await stranger.close(true);
    for (const sql of [...end, `drop ${engine === 'postgres' ? 'role' : 'user'} ${name}`]) {
      await orm.em.getConnection().execute(sql);
    }
    await orm.close(true);
    await database.drop();
  });

  it('is the same, but for what the server says that it hides', async () => {
    const [own, others] = [await fingerprint(orm), await fingerprint(stranger)];
    if (engine === 'postgres') expect(others).toEqual(own);
    const hidden = engine === 'postgres' ? [] : ['events', 'grants', 'routines', 'triggers', 'views'];
    expect(compareFingerprints(own, others)).toEqual({ verdict: 'equal', hidden });
  });

  it('differs in what is not hidden', async () => {
    const own = await fingerprint(orm);
    await orm.em.getConnection().execute('create table unknown_yet (id int)');
    const others = await fingerprint(stranger);
    await orm.em.getConnection().execute('drop table unknown_yet');
    const lines = others.text.split('\n').filter((line) => line.startsWith('table ') && line.includes('unknown_yet'));
    expect(lines).toHaveLength(2);
    expect(compareFingerprints(own, others)).toMatchObject({
      verdict: 'different',
      removed: [],
      added: lines,
      changed: [],
    });
  });
});
