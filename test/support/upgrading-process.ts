/** Upgrades a database in a process of its own, which a test may kill. What to do is read from the environment. */
import { MikroORM } from '@mikro-orm/sql';
import type { OnlineSchemaChange } from 'nest-migrate';
import { upgrade } from '../../libs/nest-migrate/src/commands/upgrade.ts';
import { type DatabaseOptions } from './databases.ts';
import { type Engine } from './engines.ts';
import { contextOf } from './rehearsals.ts';
import { drivers } from './servers/query.ts';

export interface Upgrading {
  readonly engine: Engine;
  readonly options: Omit<DatabaseOptions, 'driver'>;
  /** The folder in which `migrations` is. */
  readonly path: string;
  readonly module: { readonly onlineSchemaChange?: OnlineSchemaChange };
}

const { engine, options, path, module } = JSON.parse(process.env['UPGRADING'] ?? '{}') as Upgrading;
const orm = await MikroORM.init({
  ...options,
  driver: await drivers[engine](),
  entities: [],
  discovery: { warnWhenNoEntities: false },
  preferEnvVars: false,
  logger: () => undefined,
});
await upgrade(contextOf({ orm, folder: { path } }, module), {
  onEvent: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`),
});
await orm.close(true);
