/**
 * Runs backfills that count how often each row was worked on, on several engines at once: without an end, until it is
 * killed, or once. What to do is read from the environment; each line of its output is a report.
 */
import { MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { downgrade } from '../../libs/nest-migrate/src/commands/downgrade.ts';
import { upgrade } from '../../libs/nest-migrate/src/commands/upgrade.ts';
import { type DatabaseOptions } from './databases.ts';
import { contextOf } from './rehearsals.ts';
import { countsOf, type Counts } from './backfill-counts.ts';
import { drivers } from './servers/query.ts';
import { type Engine } from './engines.ts';

export interface Backfilling {
  readonly engine: Engine;
  readonly options: Omit<DatabaseOptions, 'driver'>;
  /** The folder in which `migrations` is. */
  readonly path: string;
  readonly isOnce?: boolean;
  readonly lock?: 'session' | 'transaction';
}

export interface BackfillReport {
  readonly engine: Engine;
  /** `batch`: one was committed. `counted`: how often rows were worked on, before anything was done. */
  readonly what: 'batch' | 'counted' | 'ended';
  readonly counts?: Counts;
  readonly code?: string;
  readonly message?: string;
}

function report(said: BackfillReport): void {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

async function backfill({ engine, options, path, isOnce = false, lock = 'session' }: Backfilling): Promise<void> {
  const orm = await MikroORM.init({
    ...options,
    driver: await drivers[engine](),
    entities: [],
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
    logger: () => undefined,
  });
  const context = contextOf({ orm, folder: { path } }, { lock, lockWaitTimeout: 600_000 });
  try {
    if (!isOnce)
      report({ engine, what: 'counted', counts: await countsOf((orm.em as SqlEntityManager).getConnection()) });
    do {
      await upgrade(context, {
        onEvent: ({ type }) => void (type === 'backfillProgress' && report({ engine, what: 'batch' })),
      });
      if (!isOnce) await downgrade(context);
    } while (!isOnce);
    report({ engine, what: 'ended' });
  } catch (error) {
    const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
    report({ engine, what: 'ended', code: String(code), message: String(message) });
  } finally {
    await orm.close(true).catch(() => undefined);
  }
}

const jobs = JSON.parse(process.env['BACKFILLING'] ?? '[]') as readonly Backfilling[];
await Promise.all(jobs.map((job) => backfill(job)));
