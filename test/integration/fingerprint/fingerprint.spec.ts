import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  compareFingerprints,
  type Fingerprint,
  fingerprint,
} from '../../../libs/nest-migrate/src/rehearsal/fingerprint.js';
import { type AbstractSqlConnection, type MikroORM } from '@mikro-orm/sql';
import { createDatabase, type Engine } from '../../support/databases.ts';
import { openDatabase, type OpenDatabase } from '../../support/scripts.ts';
import { isTurn } from '../../support/turns.ts';
import { type Difference, type Differences } from './differences.ts';
import { mysqlDifferences } from './mysql-differences.ts';
import { postgresDifferences } from './postgres-differences.ts';
import { sqliteDifferences } from './sqlite-differences.ts';

interface Place {
  readonly engine: Engine;
  readonly differences: Differences;
  /** The engines that share the list, of which each difference takes one a day. */
  readonly sharing: readonly Engine[];
}

const places: readonly Place[] = [
  { engine: 'postgres', differences: postgresDifferences, sharing: ['postgres', 'pglite'] },
  { engine: 'pglite', differences: postgresDifferences, sharing: ['postgres', 'pglite'] },
  { engine: 'mysql', differences: mysqlDifferences('mysql'), sharing: ['mysql', 'mariadb'] },
  { engine: 'mariadb', differences: mysqlDifferences('mariadb'), sharing: ['mysql', 'mariadb'] },
  { engine: 'sqlite', differences: sqliteDifferences, sharing: ['sqlite'] },
];

describe.each(places)('the fingerprint on $engine', ({ engine, differences, sharing }) => {
  let open: OpenDatabase;
  let orm: MikroORM;
  let connection: AbstractSqlConnection;
  let before: Fingerprint;

  beforeAll(async () => {
    open = await openDatabase(await createDatabase(engine));
    orm = open.orm as MikroORM;
    connection = orm.em.getConnection();
    for (const sql of differences.base) await connection.execute(sql);
    before = await fingerprint(orm);
  });
  afterAll(async () => {
    for (const sql of differences.end ?? []) await connection.execute(sql);
    await orm.close(true);
    await open.database.drop();
  });

  /** The fingerprint after the statements, of which nothing stays. */
  async function after({ to, back }: Difference): Promise<Fingerprint> {
    if (back !== undefined) {
      try {
        for (const sql of to) await connection.execute(sql);
        return await fingerprint(orm);
      } finally {
        for (const sql of back) await connection.execute(sql);
      }
    }
    const context = await connection.begin();
    try {
      for (const sql of to) await connection.execute(sql, [], 'all', context);
      return await fingerprint(orm, { context });
    } finally {
      await connection.rollback(context);
    }
  }

  const own = <T>(list: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
    Object.entries(list).filter((_, index) => isTurn(index, engine, sharing));

  it('is the same for the same database', async () => {
    expect(await fingerprint(orm)).toEqual(before);
  });

  it.each(own(differences.seen))('tells %s', async (_, difference) => {
    const other = await after(difference);
    expect(compareFingerprints(before, other).verdict).toBe('different');
    expect(other.hash).not.toBe(before.hash);
    if (difference.back !== undefined) expect(await fingerprint(orm)).toEqual(before);
  });

  it.each(own(differences.unseen))('does not tell %s', async (_, statements) => {
    // what cannot be rolled back stays
    const other = await after({ to: statements, ...(differences.end !== undefined && { back: [] }) });
    expect(compareFingerprints(before, other)).toEqual({ verdict: 'equal', hidden: [] });
    expect(other).toEqual(before);
  });
});
