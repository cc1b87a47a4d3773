/**
 * What is measured is what another session sees, for every verb. The cases take turns at the engines;
 * `npm run test:impact` takes all of them on each, on tables of 200,000 rows.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownDefinitions } from '../../../libs/nest-migrate/src/operations/all.ts';
import { type Engine, createDatabase, type TestDatabase } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type Server, startPostgres18 } from '../../support/servers/index.ts';
import { isTurn } from '../../support/turns.ts';
import { type MeasuredCase, measureCases } from './measured-cases.ts';
import { observeAlteration, observeMySql } from './observed-mysql.ts';
import { observePostgres } from './observed-postgres.ts';
import { casesFor, type NumberedCase, verbCases } from './verb-cases.ts';

/** The rows of the small tables and of the large ones. */
const ROWS = [1_000, Number(process.env['IMPACT_ROWS'] ?? 8_000)] as const;

const versions = ['PostgreSQL', 'PostgreSQL 18', 'PGlite', 'MySQL', 'MariaDB', 'SQLite'] as const;
type Version = (typeof versions)[number];

function casesOf(engine: Engine, version: Version, among: readonly Version[] = versions): readonly NumberedCase[] {
  return casesFor(engine).filter((_, index) => isTurn(index, version, among));
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
      cases: casesOf('postgres', version, ['PostgreSQL', 'PostgreSQL 18']),
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
      one.statements.forEach(({ sql, impact }, at) => {
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
        const works = impact.tables.some(({ work }) => work !== 'metadata');
        const [few, many] = [small[at].pages, large[at].pages];
        if (few === undefined || many === undefined) return;
        if (works ? many < few * 3 : many > few + 20) {
          wrong.push(`${about}\n  ${works ? 'grows' : 'does not grow'}, and asks for ${few} and ${many} pages`);
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
      cases: casesOf(engine, version, ['MySQL', 'MariaDB']),
    });
  });

  afterAll(() => database.drop());

  it('a statement needs the tables that it says, and locks the rows that it says', async () => {
    const wrong: string[] = [];
    for (const one of measured) {
      const observed = await observeMySql(database, one);
      one.statements.forEach(({ sql, impact }, at) => {
        const said = impact.tables.filter(({ lock }) => lock !== 'SHARED_READ' && lock !== 'SHARED_WRITE');
        const rows = Object.fromEntries(
          impact.tables.flatMap(({ table, rows }) => (rows === null ? [] : [[table, rows]])),
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
      const [first, ...others] = one.statements;
      if (others.length > 0 || first.impact.algorithm === null || first.impact.tables[0].work === 'metadata') continue;
      const seen = await observeAlteration(database, one);
      const { reads, writes } = first.impact.tables[0].blocks;
      const [claim, sight] = [JSON.stringify({ reads, writes }), JSON.stringify(seen)];
      if (claim !== sight) wrong.push(`${one.kind}, ${one.name}: ${first.sql}\n  says ${claim}, and is ${sight}`);
    }
    expect(wrong).toEqual([]);
  });
});

function urlOf({ host, port, user, password }: Server): string {
  return `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
}
