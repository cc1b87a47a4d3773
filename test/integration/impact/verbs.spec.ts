/**
 * What is measured is what another session sees, for every verb. The cases take turns at the engines;
 * `npm run test:impact` takes all of them on each, on tables of 200,000 rows.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MeasuredSession, type MeasuredStatement } from '../../../libs/nest-migrate/src/engines/impact/impact.ts';
import { PostgresMeter } from '../../../libs/nest-migrate/src/engines/postgres/impact/postgres-meter.ts';
import { ownDefinitions } from '../../../libs/nest-migrate/src/operations/all.ts';
import { type Engine, createDatabase, type TestDatabase } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type Server, startPostgres18 } from '../../support/servers/index.ts';
import { isTurn } from '../../support/turns.ts';
import { type MeasuredCase, measureCases } from './measured-cases.ts';
import { oneConnectionTo } from './one-connection.ts';
import { isNeededAlone, observeAlteration, observeMySql } from './observed-mysql.ts';
import { observePostgres } from './observed-postgres.ts';
import { observeSqlite } from './observed-sqlite.ts';
import { casesFor, type NumberedCase, verbCases } from './verb-cases.ts';

/** The rows of the small tables and of the large ones. */
const ROWS = [1_000, Number(process.env['IMPACT_ROWS'] ?? 8_000)] as const;

const versions = ['PostgreSQL', 'PostgreSQL 18', 'MySQL', 'MariaDB', 'SQLite'] as const;
type Version = (typeof versions)[number];

function casesOf(engine: Engine, version: Version): readonly NumberedCase[] {
  return casesFor(engine).filter((_, index) => isTurn(index, version, versions));
}

/** Whether the time of a statement grows with the rows that were there before the run. */
function takesTime({ impact }: MeasuredStatement): boolean {
  return impact.tables.some(({ work, isNew }) => work !== 'metadata' && !isNew);
}

/** Whether the pages that a statement asks for on a small and on a large table contradict what is said of it. */
function isContradicted(grows: boolean, few: number, many: number): boolean {
  return grows ? many < few * 3 : many > few + 20;
}

it('is measured for every verb', () => {
  expect(Object.keys(verbCases).sort()).toEqual([...ownDefinitions.keys()].sort());
  for (const cases of Object.values(verbCases)) expect(cases((name) => name)).not.toEqual([]);
});

describe.each(['PostgreSQL', 'PostgreSQL 18'] as const)('on %s', (version) => {
  let server: Server | undefined;
  let database: TestDatabase;
  let measured: readonly MeasuredCase[];

  beforeAll(async () => {
    if (version === 'PostgreSQL 18') server = await startPostgres18();
    database = await createDatabase('postgres', { server });
    const scratch = server === undefined ? scratchOption('postgres') : urlOf(server);
    measured = await measureCases('postgres', {
      database,
      scratch,
      cases: casesOf('postgres', version),
    });
  });

  afterAll(async () => {
    await database.drop();
    await server?.stop();
  });

  it('a statement blocks what it says and grows as it says', async () => {
    const wrong: string[] = [];
    for (const one of measured) {
      const [small, large] = [
        await observePostgres(database, one, ROWS[0]),
        await observePostgres(database, one, ROWS[1]),
      ];
      one.statements.forEach((statement, at) => {
        const { sql, impact } = statement;
        const about = `${one.kind}, ${one.name}: ${sql.slice(0, 120)}`;
        for (const [name, seen] of small[at].tables) {
          const said = impact.tables.find(({ table }) => table === name);
          const claims = {
            reads: said?.blocks.reads ?? false,
            writes: seen.writes === null ? null : (said?.blocks.writes ?? false),
            schemaChanges: seen.schemaChanges === null ? null : (said?.blocks.schemaChanges ?? false),
            rows: seen.rows === undefined ? undefined : (said?.rows ?? null),
          };
          const sees = { ...seen, writes: seen.writes === null ? null : seen.writes || seen.rows === 'all' };
          const [claim, sight] = [JSON.stringify(claims), JSON.stringify(sees)];
          if (claim !== sight) wrong.push(`${about}\n  ${name}: says ${claim}, and is ${sight}`);
        }
        const [few, many] = [small[at].pages, large[at].pages];
        if (few === undefined || many === undefined) return;
        if (isContradicted(takesTime(statement), few, many)) {
          wrong.push(`${about}\n  ${takesTime(statement) ? 'grows' : 'stays'}, and asks for ${few} and ${many} pages`);
        }
      });
    }
    expect(wrong).toEqual([]);
  });
});

describe.each(['mysql', 'mariadb'] as const)('on %s', (engine) => {
  const version = engine === 'mysql' ? 'MySQL' : 'MariaDB';
  let database: TestDatabase;
  let measured: readonly MeasuredCase[];

  beforeAll(async () => {
    database = await createDatabase(engine);
    measured = await measureCases(engine, {
      scratch: scratchOption(engine),
      cases: casesOf(engine, version),
    });
  });

  afterAll(() => database.drop());

  it('a statement needs the tables that it says, and locks the rows that it says', async () => {
    const wrong: string[] = [];
    for (const one of measured) {
      const observed = await observeMySql(database, one);
      one.statements.forEach(({ sql, impact }, at) => {
        const said = impact.tables.filter(({ table }) => isNeededAlone(table, impact, engine));
        const rows = Object.fromEntries(
          impact.tables.flatMap(({ table, rows }) =>
            rows === null || impact.algorithm !== null ? [] : [[table, rows]],
          ),
        );
        const [claim, sight] = [
          JSON.stringify([said.map(({ table }) => table).sort(), rows]),
          JSON.stringify([[...observed[at].alone].sort(), observed[at].rows]),
        ];
        if (claim !== sight)
          wrong.push(`${one.kind}, ${one.name}: ${sql.slice(0, 120)}\n  says ${claim}, and is ${sight}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('an alteration that takes its time blocks what it says', async () => {
    const wrong: string[] = [];
    for (const one of measured) {
      const [first, ...more] = one.statements;
      if (more.length > 0 || first.impact.algorithm === null || first.impact.tables[0].work === 'metadata') continue;
      const seen = await observeAlteration(database, one);
      const { reads, writes } = first.impact.tables[0].blocks;
      const others = first.impact.tables.slice(1).flatMap(({ table, lock }) => (lock === 'EXCLUSIVE' ? [] : [table]));
      const [claim, sight] = [JSON.stringify({ reads, writes, others }), JSON.stringify(seen)];
      if (claim !== sight) wrong.push(`${one.kind}, ${one.name}: ${first.sql}\n  says ${claim}, and is ${sight}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('on PGlite', () => {
  it('a statement does what it does on PostgreSQL 18', async () => {
    const server = await startPostgres18();
    try {
      const database = await createDatabase('postgres', { server });
      const cases = casesOf('pglite', 'PostgreSQL 18');
      const [embedded, real] = [
        await measureCases('pglite', { scratch: undefined, cases }),
        await measureCases('postgres', { database, scratch: urlOf(server), cases }),
      ];
      const told = (all: readonly MeasuredCase[]): unknown =>
        all.map(({ kind, name, statements }) => [kind, name, ...statements.map(({ impact }) => byName(impact.tables))]);
      expect(told(embedded)).toEqual(told(real));
      const known = embedded.flatMap(({ outside = false, statements }) =>
        statements.filter(({ impact }) => impact.source !== (outside ? 'table' : 'measured')),
      );
      expect(known).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});

describe('on SQLite', () => {
  it('a statement keeps out whom it says, and writes as much as it says', async () => {
    const database = await createDatabase('sqlite');
    const wrong: string[] = [];
    try {
      for (const one of await measureCases('sqlite', { scratch: undefined, cases: casesOf('sqlite', 'SQLite') })) {
        const [small, large] = [await observeSqlite(database, one, 500), await observeSqlite(database, one, 20_000)];
        one.statements.forEach(({ sql, impact }, at) => {
          if (impact.tables.length === 0) return;
          const about = `${one.kind}, ${one.name}: ${sql.slice(0, 120)}`;
          const reads = impact.tables.some(({ blocks }) => blocks.reads);
          const writes = impact.tables.some(({ blocks }) => blocks.writes);
          // how many rows a condition finds is not known
          const isOpen = one.kind === 'execute' && / where /.test(sql);
          const seen = { reads: large[at].reads, writes: large[at].writes };
          const isRight = (seen.reads === reads || (isOpen && !seen.reads)) && seen.writes === writes;
          if (!isRight)
            wrong.push(`${about}\n  says ${JSON.stringify({ reads, writes })}, and is ${JSON.stringify(seen)}`);
          if (!isOpen && isContradicted(reads, small[at].pages, large[at].pages)) {
            wrong.push(
              `${about}\n  ${reads ? 'grows' : 'stays'}, and writes ${small[at].pages} and ${large[at].pages} pages`,
            );
          }
        });
      }
    } finally {
      await database.drop();
    }
    expect(wrong).toEqual([]);
  });
});

describe('a measurement that does not see scans', () => {
  it('is contradicted by the pages', async () => {
    const database = await createDatabase('postgres');
    const orm = await oneConnectionTo(database);
    try {
      const connection = orm.em.getConnection();
      const sql = 'alter table book alter column id set not null';
      const sessionSeeing = (seen: (text: string) => string): MeasuredSession => ({
        inTransaction: true,
        query: (text) => connection.execute(seen(text)),
        execute: async (text) => (await connection.execute<{ affectedRows: number }>(text, [], 'run')).affectedRows,
        renew: async () => void (await connection.execute('commit; begin')),
        within: (work) => work(),
        another: () => Promise.reject(new Error('There is one session.')),
      });
      const workSeen = async (seen: (text: string) => string): Promise<boolean> => {
        await connection.execute('begin');
        const send = async (text: string): Promise<void> => void (await connection.execute(text));
        const impact = await new PostgresMeter('public', false).measure(sessionSeeing(seen), sql, send);
        await connection.execute('commit');
        return takesTime({ impact } as MeasuredStatement);
      };
      const cases = casesFor('postgres').filter(({ kind, name }) => kind === 'alterColumn' && name === 'not null');
      const [one] = await measureCases('postgres', { scratch: scratchOption('postgres'), cases });
      const pagesOf = async (rows: number): Promise<number> =>
        (await observePostgres(database, one, rows))[0].pages ?? 0;
      const [few, many] = [await pagesOf(ROWS[0]), await pagesOf(ROWS[1])];
      await connection.execute('create table book (id integer)');
      expect(isContradicted(await workSeen((text) => text), few, many)).toBe(false);
      const blind = (text: string): string => text.replace('pg_catalog.pg_stat_get_xact_numscans(c.oid)', '0');
      expect(isContradicted(await workSeen(blind), few, many)).toBe(true);
    } finally {
      await orm.close(true);
      await database.drop();
    }
  });
});

function byName(tables: MeasuredStatement['impact']['tables']): unknown {
  return [...tables].sort((a, b) => (a.table < b.table ? -1 : 1));
}

function urlOf({ host, port, user, password }: Server): string {
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
}
