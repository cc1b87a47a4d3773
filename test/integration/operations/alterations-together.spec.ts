/** Several changes of a table are one statement: what comes of it is what comes of them one by one. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { statementsTogether } from '../../support/statements.ts';
import { Random } from '../autogenerate/random.ts';
import { arbitraryAlterations, REFERRED, TABLE } from './arbitrary-alterations.ts';

const SEED = Number(process.env['TOGETHER_SEED'] ?? 20261130);
const TIMES = Number(process.env['TOGETHER_TIMES'] ?? 60);

describe.each(['mysql', 'mariadb'] as const)('changes of one table on %s', (engine) => {
  let database: TestDatabase;
  let orm: MikroORM;

  beforeAll(async () => {
    database = await createDatabase(engine);
    orm = await MikroORM.init({ ...database.options, entities: [], discovery: { warnWhenNoEntities: false } } as never);
  });

  afterAll(async () => {
    await orm.close(true);
    await database.drop();
  });

  const execute = async (sql: string): Promise<unknown> => orm.em.getConnection().execute(sql);
  const statements = (operations: readonly Operation[]): readonly string[] =>
    operations.flatMap((operation) => engineFor(orm).ddl.statements(operation)).map(({ sql }) => sql);

  /** The table as the server tells it, and its rows, once the statements have changed it; the refusal of one of them. */
  async function after(
    { columns, before }: ReturnType<typeof arbitraryAlterations>,
    changing: readonly string[],
  ): Promise<{ readonly table?: string; readonly rows?: string; readonly refused?: string; readonly at?: string }> {
    await execute(`drop table if exists ${TABLE}`);
    await execute(`drop table if exists ${REFERRED}`);
    const key = { type: 'integer', primary: true } as const;
    for (const sql of statements([
      builders.createTable(REFERRED, { columns: { id: key } }),
      builders.createTable(TABLE, {
        columns: { id: key, ...Object.fromEntries(columns.map(({ name, ...column }) => [name, column])) },
      }),
      ...before,
    ])) {
      try {
        await execute(sql);
      } catch (error) {
        return { refused: String(error), at: sql };
      }
    }
    await execute(`insert into ${TABLE} (id) values (1), (2), (3)`);
    for (const sql of changing) {
      try {
        await execute(sql);
      } catch (error) {
        return { refused: (error as Error).message, at: sql };
      }
    }
    // the server reads the constants of a check as values of its column, and writes that down in the statement behind the
    // one that gave the column its type: '781' is 781 then
    await execute(`alter table ${TABLE} alter column id drop default`);
    const [shown] = (await execute(`show create table ${TABLE}`)) as Record<string, string>[];
    return {
      table: shown?.['Create Table'],
      rows: JSON.stringify(await execute(`select * from ${TABLE} order by id`)),
    };
  }

  it('are the same one by one and as few statements, whichever come together', async () => {
    const random = new Random(SEED);
    const different: unknown[] = [];
    let [tried, saved] = [0, 0];
    while (tried < TIMES) {
      const made = arbitraryAlterations(random);
      const single = statements(made.alterations);
      const apart = await after(made, single);
      if (apart.refused !== undefined) continue;
      tried += 1;
      const few = statementsTogether(engineFor(orm), made.alterations).map(({ sql }) => sql);
      saved += single.length - few.length;
      const together = await after(made, few);
      if (JSON.stringify(together) !== JSON.stringify(apart)) different.push({ single, few, apart, together });
    }
    expect(different).toEqual([]);
    expect(saved).toBeGreaterThan(TIMES / 2);
  }, 300_000);
});
