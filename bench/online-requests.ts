/**
 * The requests of `bench/online.ts`, in a process of their own, since the one of the revision has work to do between
 * statements. Four sessions read and four write one row at a time. Another one looks all the while which of them wait for
 * a lock.
 */
import { MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { type DatabaseOptions } from '../test/support/databases.ts';
import { type ServerEngine } from '../test/support/engines.ts';
import { drivers } from '../test/support/servers/query.ts';

/** What the process is told to begin with. */
export interface Requests {
  readonly engine: ServerEngine;
  readonly database: Omit<DatabaseOptions, 'driver'>;
  readonly rows: number;
}

/** What one of the sessions had to wait for, in milliseconds. */
export interface Waits {
  /** The longest that a request took. */
  readonly longest: number;
  /** The longest that a session was seen to wait for a lock. */
  readonly locked: number;
}

const WAITING: Readonly<Record<ServerEngine, string>> = {
  postgres: `select pid as id from pg_stat_activity where wait_event_type = 'Lock' and query like '%hits%'`,
  mysql: `select processlist_id as id from performance_schema.threads
    where processlist_state like 'Waiting for%lock' and processlist_info like '%hits%'`,
  mariadb: `select id from information_schema.processlist where state like 'Waiting for%lock' and info like '%hits%'`,
};

function begin(
  orm: MikroORM,
  { engine, rows }: Requests,
): { readonly take: () => Waits; readonly end: () => Promise<void> } {
  let isOver = false;
  let waits = { longest: 0, locked: 0 };
  const session = async (sql: (id: number) => string): Promise<void> => {
    const em = orm.em.fork() as SqlEntityManager;
    while (!isOver) {
      const started = performance.now();
      await em.execute(sql(Math.floor(Math.random() * rows)));
      waits.longest = Math.max(waits.longest, performance.now() - started);
    }
  };
  const watch = async (): Promise<void> => {
    const em = orm.em.fork() as SqlEntityManager;
    let since = new Map<unknown, number>();
    while (!isOver) {
      const now = performance.now();
      const found = await em.execute<{ id: unknown }[]>(WAITING[engine]);
      since = new Map(found.map(({ id }) => [id, since.get(id) ?? now]));
      for (const start of since.values()) waits.locked = Math.max(waits.locked, performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const requests = ['book', 'author'].flatMap((table) => [
    (id: number) => `select hits from ${table} where id = ${id}`,
    (id: number) => `update ${table} set hits = hits + 1 where id = ${id}`,
  ]);
  const running = Promise.all([...[...requests, ...requests].map(session), watch()]);
  return {
    take: () => {
      const taken = waits;
      waits = { longest: 0, locked: 0 };
      return taken;
    },
    end: async () => {
      isOver = true;
      await running;
    },
  };
}

const asked = JSON.parse(process.argv[2] ?? '{}') as Requests;
const orm = (await MikroORM.init({
  ...asked.database,
  driver: await drivers[asked.engine](),
  entities: [],
  discovery: { warnWhenNoEntities: false },
  pool: { min: 0, max: 9 },
  preferEnvVars: false,
})) as MikroORM;
const requests = begin(orm, asked);
process.on('message', (message) => {
  if (message === 'take') process.send?.(requests.take());
  else
    void requests.end().then(async () => {
      const waits = requests.take();
      await orm.close(true);
      process.send?.(waits);
      process.disconnect();
    });
});
process.send?.('begun');
