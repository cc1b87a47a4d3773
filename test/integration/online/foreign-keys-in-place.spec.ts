/**
 * MySQL and MariaDB add a foreign key in place without looking at the rows. Queries look for those that refer to nothing,
 * before the key is there and after.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { openDatabase, runScript } from '../../support/scripts.ts';

const running: Scenario[] = [];
const opened: Pick<MikroORM, 'close'>[] = [];
afterEach(async () => {
  while (opened.length > 0) await opened.pop()!.close(true);
  while (running.length > 0) await running.pop()!.end();
});

const keyed = (algorithm: string): string => `
  await op.batchAlterTable('book', async (batch) => {
    await batch.createForeignKey('book', ['shelf', 'place'], 'room', ['shelf', 'place'], { name: 'book_room' });
  }, { algorithm: '${algorithm}', lock: 'none' });`;

describe.each([
  ['mysql', 'inplace'],
  ['mariadb', 'nocopy'],
] as const)('a foreign key that is added in place on %s', (engine, algorithm) => {
  async function bookshop(): Promise<Scenario> {
    const made = await scenario(engine, {
      revisions: {
        aaa1: async (op) => {
          await op.createTable('room', {
            columns: { shelf: { type: 'integer' }, place: { type: 'integer' } },
            primaryKey: { columns: ['shelf', 'place'] },
          });
          await op.createTable('book', {
            columns: {
              id: { type: 'integer', primary: true },
              shelf: { type: 'integer', nullable: true },
              place: { type: 'integer', nullable: true },
            },
          });
          await op.execute('insert into room values (1, 1)');
          // one that refers to a room, and two that refer to none
          await op.execute('insert into book values (1, 1, 1), (2, null, 7), (3, 7, null)');
        },
        bbb2: keyed(algorithm),
      },
    });
    running.push(made);
    await made.migrations.upgrade({ target: 'aaa1' });
    return made;
  }
  const em = ({ orm }: Pick<Scenario, 'orm'>): SqlEntityManager => orm.em.fork() as SqlEntityManager;
  const keysOf = async (made: Scenario): Promise<number> => {
    const rows = await em(made).execute<object[]>(
      `select 1 from information_schema.referential_constraints where constraint_schema = database()`,
    );
    return rows.length;
  };

  it('is not added where a row refers to nothing, which is told, and is once the row is gone', async () => {
    const made = await bookshop();
    await em(made).execute('insert into book values (4, 1, 2)');
    await expect(made.migrations.upgrade()).rejects.toThrow(
      /A row of book refers to a row of room that is not there, such as the one with shelf = 1, place = 2/,
    );
    expect(await keysOf(made)).toBe(0);
    await em(made).execute('delete from book where id = 4');
    await made.migrations.upgrade();
    expect(await keysOf(made)).toBe(1);
    // the key counts, and the session compares rows again
    await expect(em(made).execute('insert into book values (5, 9, 9)')).rejects.toThrow(/foreign key/i);
  });

  it('stops the upgrade where such a row came while it was added', async () => {
    const made = await bookshop();
    const other = (await MikroORM.init({
      ...made.database.options,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      pool: { min: 0, max: 1 },
    })) as MikroORM;
    opened.push(other);
    const session = other.em.getConnection();
    await session.execute('begin');
    await session.execute('insert into book values (4, 8, 8)');
    let committed: Promise<unknown> | undefined;
    // the key has to wait for this transaction, whose row the query before it does not see
    const upgrade = made.migrations.upgrade({
      onEvent: (event) => {
        if (event.type === 'statementStarted' && event.sql.startsWith('alter')) committed = session.execute('commit');
      },
    });
    await expect(upgrade).rejects.toThrow(/such as the one with shelf = 8, place = 8/);
    await committed;
    expect(await keysOf(made)).toBe(1);
    await em(made).execute('delete from book where id = 4');
    const { steps } = await made.migrations.upgrade();
    expect(steps.map(({ revision }) => revision)).toEqual(['bbb2']);
  });

  it('is looked after by a script as well', async () => {
    const made = await bookshop();
    const { sql } = await made.migrations.upgrade({ target: 'aaa1:bbb2', sql: true });
    await em(made).execute('insert into book values (4, 1, 2)');
    const database = await openDatabase(made.database);
    opened.push(database.orm);
    const refused = await runScript(database, sql);
    expect(refused.stderr).toContain('A row of book refers to a row of room that is not there');
    expect(await keysOf(made)).toBe(0);
    await em(made).execute('delete from book where id = 4');
    expect(await runScript(database, sql)).toMatchObject({ code: 0, stderr: '' });
    expect(await keysOf(made)).toBe(1);
  });
});
