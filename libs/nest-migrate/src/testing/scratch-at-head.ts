import { MikroORM } from '@mikro-orm/sql';
import { commandContext } from '../commands/connection.js';
import { readingUrls } from '../commands/connection-coordinates.js';
import { rehearse } from '../commands/rehearse.js';
import { type DatabaseSetup } from './database-setup.js';
import { type DatabaseAtHead } from './database-at-head.js';
import { explainingServices, listedServices } from './upgrade-orm.js';

/** A scratch database at head, which begins with the snapshot that the first test process made. */
export async function scratchAtHead({ orm, migrations, services, host, key }: DatabaseSetup): Promise<DatabaseAtHead> {
  const connection = orm.contextName ?? 'default';
  // says what the application's options are, and is never connected
  const live = (await readingUrls(connection, () => MikroORM.init(orm))) as MikroORM;
  const context = commandContext(live, {
    contextName: orm.contextName,
    options: {
      ...migrations,
      services: listedServices(services?.(live.em)),
      scratch: { on: 'same server', snapshots: { key } },
    },
    host: { ...host, env: {} },
    services: { reason: 'a test has none to give', cure: 'Give migratedDatabase() stand-ins.' },
    call: { command: 'upgrade', xArguments: {} },
  });
  let end: () => void = () => undefined;
  const ended = new Promise<void>((settle) => (end = settle));
  let begin: (database: DatabaseAtHead['coordinates']) => void = () => undefined;
  const begun = new Promise<DatabaseAtHead['coordinates']>((settle) => (begin = settle));
  const rehearsal = rehearse(
    context,
    {
      at: [migrations.target ?? 'head'],
      apart: true,
      snapshotAfter: 1,
      servicesText: key,
      services: async (scratch) => {
        const given = services?.(scratch.em) ?? {};
        return { resolve: async (name) => given[name as string] };
      },
    },
    async (scratch) => {
      const { config, em } = scratch.orm;
      await em.getConnection().close();
      begin({ dbName: config.get('dbName'), driverOptions: config.get('driverOptions') });
      await ended;
    },
  ).finally(() => live.close(true));
  const coordinates = await explainingServices(() => Promise.race([begun, rehearsal.then(() => begun)]));
  return {
    coordinates,
    close: async () => {
      end();
      await rehearsal;
    },
  };
}
