import { type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { type StatementTable } from './ddl/statement-table.js';
import { type Dialect, type DialectName } from './dialect.js';
import { type Engine } from './engine.js';

/** What an ORM's configuration says of its connection. */
export interface OrmConnection {
  readonly platform: AbstractSqlPlatform;
  /**
   * The names of the platform's classes, the most special first. The drivers are optional to the library, so a class that
   * only a driver exports is known by its name.
   */
  readonly classNames: readonly string[];
  readonly config: Configuration;
}

/** An engine, as the list of engines has it: what a driver's connection is made into. */
export interface EngineDefinition {
  readonly name: DialectName;
  /** Whether the driver of a connection is made for the engine. */
  isFor(connection: OrmConnection): boolean;
  /** How revisions run on it. Opens nothing. */
  dialect(connection: OrmConnection): Dialect;
  /** How its schema is compared. */
  comparison(connection: OrmConnection): Engine;
  /** Its statements for operations. */
  statements(connection: OrmConnection): StatementTable;
}
