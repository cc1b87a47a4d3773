import { type MikroORM as CoreOrm } from '@mikro-orm/core';
import { type MikroORM } from '@mikro-orm/sql';
import { UnsupportedDriverError } from '../errors/database.errors.js';
import { engines } from './all-engines.js';
import { type Engine, type EngineDefinition, type OrmConnection } from './engine.js';
import { platformClasses } from './sql/platform-class.js';

type ConfiguredOrm = Pick<MikroORM, 'config' | 'driver'> | Pick<CoreOrm, 'config' | 'driver'>;

/**
 * The engine that an ORM's driver is made for. Opens no connection. Another product may speak the driver's protocol, so
 * {@link SessionRules.verifyServer} asks what the server really is, once there is a connection.
 *
 * @throws UnsupportedDriverError for a driver without an engine.
 */
export function engineFor(orm: ConfiguredOrm): Engine {
  return definitionFor(orm).create(connectionOf(orm));
}

/**
 * The line of the list that is for an ORM's driver.
 *
 * @param known The engines to choose from; by default all of the library's.
 * @throws UnsupportedDriverError for a driver without an engine.
 */
export function definitionFor(orm: ConfiguredOrm, known: readonly EngineDefinition[] = engines): EngineDefinition {
  const connection = connectionOf(orm);
  const found = known.find((engine) => engine.isFor(connection));
  if (found === undefined) throw new UnsupportedDriverError(orm.driver.constructor.name);
  return found;
}

function connectionOf(orm: ConfiguredOrm): OrmConnection {
  const { driver, config } = orm as Pick<MikroORM, 'config' | 'driver'>;
  const platform = driver.getPlatform();
  return { platform, classNames: platformClasses(platform), config };
}
