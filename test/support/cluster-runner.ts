/**
 * A process that upgrades databases, one at a time, through one member of a cluster: told by its parent which, over and over,
 * so that a hundred rounds start three processes and not three hundred.
 */
import { hostname } from 'node:os';
import { MikroORM } from '@mikro-orm/sql';
import { commandContext } from '../../libs/nest-migrate/src/commands/connection.js';
import { describeHolder } from '../../libs/nest-migrate/src/commands/describe-event.js';
import { status } from '../../libs/nest-migrate/src/commands/status.js';
import { upgrade } from '../../libs/nest-migrate/src/commands/upgrade.js';
import { describeEvent } from '../../libs/nest-migrate/src/commands/describe-event.js';
import { type Engine, type EngineDefinition } from '../../libs/nest-migrate/src/engines/engine.js';
import { mariadb } from '../../libs/nest-migrate/src/engines/mariadb/mariadb.js';
import { mysql } from '../../libs/nest-migrate/src/engines/mysql/mysql.js';
import { RevisionJournal } from '../../libs/nest-migrate/src/runtime/revision-journal.js';
import { codeOf } from './reasons.ts';
import { drivers } from './servers/query.ts';
import { type RunnerJob, type RunnerReport } from './cluster-jobs.ts';

/** What the library does about clusters. */
const kept = [
  [mysql, 'create', withoutCluster(mysql)],
  [mariadb, 'create', withoutCluster(mariadb)],
  [RevisionJournal.prototype, 'confirmRows', async () => undefined],
] as const;
/** The engine, but it takes each server for one that is in no cluster. */
function withoutCluster({ ...definition }: EngineDefinition): EngineDefinition['create'] {
  return (connection): Engine => {
    const engine = definition.create(connection);
    return { ...engine, locks: { ...engine.locks, cluster: async () => null } };
  };
}

const methods = kept.map(([prototype, name]) => Reflect.get(prototype, name) as unknown);

/** Takes that away, for the proof that the tests would see it missing; or gives it back. */
function protect(isProtected: boolean): void {
  for (const [index, [prototype, name, nothing]] of kept.entries())
    Reflect.set(prototype, name, isProtected ? methods[index] : nothing);
}

/** Revisions wait for so long while they are loaded. */
const place = globalThis as { loadDelay?: number; slowness?: number };

async function run(job: RunnerJob): Promise<RunnerReport> {
  const { login, database, directory, loadDelay, lockWaitTimeout, poolMax = 4 } = job;
  protect(job.isUnprotected !== true);
  place.loadDelay = loadDelay;
  place.slowness = job.slowness;
  const lines: string[] = [];
  const orm = await MikroORM.init({
    driver: await drivers[login.engine](),
    dbName: database,
    ...{ host: login.host, port: login.port, user: login.user, password: login.password },
    entities: [],
    discovery: { warnWhenNoEntities: false },
    ensureDatabase: false,
    preferEnvVars: false,
    pool: { max: poolMax },
    logger: () => undefined,
  });
  try {
    const context = commandContext(orm, {
      options: { directory },
      host: {
        ...{ cwd: directory, env: {}, execPath: process.execPath, pid: process.pid },
        ...{ hostname: hostname(), user: 'tester', activity: 'db upgrade' },
      },
      services: { reason: 'this is a test', cure: '' },
      call: { command: 'upgrade', xArguments: {} },
    });
    const onEvent: NonNullable<Parameters<typeof upgrade>[1]>['onEvent'] = (event) => {
      if (event.type === 'statementStarted' && event.sql.includes(job.announce ?? '\n')) tell({ announced: event.sql });
      const line = describeEvent(event);
      if (line !== undefined) lines.push(line.text);
    };
    if (job.look === true) return { ran: [], lines, holder: describeHolder((await status(context)).lock) };
    const target = job.target === undefined ? {} : { target: job.target };
    const { steps } = await upgrade(context, { ...target, lockWaitTimeout, onEvent });
    return { ran: steps.map(({ revision }) => revision ?? ''), lines };
  } catch (error) {
    return { ran: [], lines, code: codeOf(error) ?? '', message: String((error as Error).message) };
  } finally {
    void orm.close(true).catch(() => undefined);
  }
}

function tell(message: RunnerReport | { readonly announced: string }): void {
  process.send?.(message);
}

process.on('message', (job: RunnerJob) => {
  setTimeout(() => void run(job).then(tell), job.startDelay ?? 0);
});
process.on('disconnect', () => process.exit(0));
