import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { type StatementTable } from './ddl/statement-table.js';
import { type Dialect } from './dialect.js';
import { type DialectName } from './dialect-name.js';
import { type Engine } from './engine.js';

/** The parts of an ORM's configuration that describe its connection. */
export interface OrmConnection {
  readonly platform: AbstractSqlPlatform;
  /**
   * The names of the platform's classes, the most special first. The drivers are optional dependencies, so a class that
   * only a driver exports is recognised by its name.
   */
  readonly classNames: readonly string[];
  readonly config: Configuration;
}

/** An engine in the list of engines, with what it provides for a driver's connection. */
export interface EngineDefinition {
  readonly name: DialectName;
  /** Whether the driver of a connection is made for the engine. */
  isFor(connection: OrmConnection): boolean;
  /** How revisions run on it. Opens no connection. */
  dialect(connection: OrmConnection): Dialect;
  /** How its schema is compared. */
  comparison(connection: OrmConnection): Engine;
  /** Its statements for operations. */
  statements(connection: OrmConnection): StatementTable;
}
