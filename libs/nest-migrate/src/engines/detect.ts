import { type MikroORM as CoreOrm } from '@mikro-orm/core';
import { type MikroORM } from '@mikro-orm/sql';
import { UnsupportedDriverError } from '../errors/database.errors.js';
import { engines } from './all-engines.js';
import { type StatementTable } from './ddl/statement-table.js';
import { type Dialect } from './dialect.js';
import { type EngineDefinition, type OrmConnection } from './engine-definition.js';
import { type Engine } from './engine.js';

type ConfiguredOrm = Pick<MikroORM, 'config' | 'driver'>;

/**
 * The engine that an ORM's driver is made for. Another product may speak the driver's protocol, so {@link
 * Dialect.verifyServer} asks what the server really is, once there is a connection.
 *
 * @param known The engines to choose from; by default all of the library's.
 * @throws UnsupportedDriverError for a driver without an engine.
 */
export function engineOf(orm: ConfiguredOrm, known: readonly EngineDefinition[] = engines): EngineDefinition {
  const found = definitionFor(connectionOf(orm), known);
  if (found === undefined) throw new UnsupportedDriverError(orm.driver.constructor.name);
  return found;
}

/**
 * How revisions run on an ORM's connection. Opens no connection.
 *
 * @throws UnsupportedDriverError for a driver without an engine.
 */
export function createDialect(orm: ConfiguredOrm): Dialect {
  return engineOf(orm).dialect(connectionOf(orm));
}

/**
 * How the schema of an ORM's connection is compared. Opens no connection.
 *
 * @throws UnsupportedDriverError for a driver without an engine.
 */
export function createEngine(orm: Pick<CoreOrm, 'config' | 'driver'>): Engine {
  const configured = orm as ConfiguredOrm;
  return engineOf(configured).comparison(connectionOf(configured));
}

/**
 * The statements of an ORM's engine for operations. Opens no connection.
 *
 * @throws UnsupportedDriverError for a driver without an engine.
 */
export function statementsFor(orm: ConfiguredOrm): StatementTable {
  return engineOf(orm).statements(connectionOf(orm));
}

function connectionOf({ driver, config }: ConfiguredOrm): OrmConnection {
  const platform = driver.getPlatform();
  return { platform, classNames: classNames(platform), config };
}

function definitionFor(connection: OrmConnection, known: readonly EngineDefinition[]): EngineDefinition | undefined {
  return known.find((engine) => engine.isFor(connection));
}

/** The classes of an instance, the most special first. */
function classNames(instance: object): readonly string[] {
  const names: string[] = [];
  for (
    let type = Object.getPrototypeOf(instance) as object | null;
    type !== null;
    type = Object.getPrototypeOf(type) as object | null
  ) {
    names.push(type.constructor.name);
  }
  return names;
}
