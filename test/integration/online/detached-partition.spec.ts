/** A partition that is detached concurrently, by a run whose session is lost while it waits for other transactions. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
const opened: MikroORM[] = [];
afterEach(async () => {
  while (opened.length > 0) await opened.pop()!.close(true);
  while (running.length > 0) await running.pop()!.end();
});

describe('a partition that is detached concurrently', () => {
  it.each(['detachPartition', 'dropPartition'])('is detached by the next upgrade: %s', async (verb) => {
    const made = await scenario('postgres', {
      revisions: {
        aaa1: async (op) => {
          await op.createTable('event', { columns: { day: { type: 'integer' } }, partitionBy: 'range (day)' });
          await op.createPartition('event', 'event_1', 'for values from (0) to (100)');
        },
        bbb2: `await op.autocommitBlock(async (op) => {
          await op.${verb}('event', 'event_1', { concurrently: true });
        });`,
      },
    });
    running.push(made);
    await made.migrations.upgrade({ target: 'aaa1' });
    const other = (await MikroORM.init({
      ...made.database.options,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      pool: { min: 0, max: 2 },
    })) as MikroORM;
    opened.push(other);
    const em = other.em.fork();
    await em.begin();
    await em.execute('select * from event');
    const upgrade = made.migrations.upgrade();
    upgrade.catch(() => undefined);
    const admin = other.em.fork() as SqlEntityManager;
    const pending = 'select 1 from pg_inherits where inhdetachpending';
    while ((await admin.execute<object[]>(pending)).length === 0);
    await admin.execute(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%detach partition%' and pid <> pg_backend_pid()
        and datname = current_database()`,
    );
    await expect(upgrade).rejects.toThrow();
    await em.rollback();
    const { steps } = await made.migrations.upgrade();
    expect(steps.map(({ revision }) => revision)).toEqual(['bbb2']);
    expect(await admin.execute(`select 1 from pg_inherits where inhparent = 'event'::regclass`)).toEqual([]);
    const [row] = await admin.execute<{ there: boolean }[]>(`select to_regclass('event_1') is not null as there`);
    expect(row?.there).toBe(verb === 'detachPartition');
  });
});
