import { type AbstractSqlConnection, type AbstractSqlPlatform, type Configuration } from '@mikro-orm/sql';
import { type Capabilities } from './capabilities.js';
import { type Catalogue } from './catalogue/catalogue.js';
import { type ModelRules } from './catalogue/model-rules.js';
import { type TypeRules } from './catalogue/type-rules.js';
import { type Ddl } from './ddl/ddl.js';
import { type DatabaseCreation } from './database-creation.js';
import { type DialectName } from './dialect-name.js';
import { type ExpressionOracle } from './oracle.js';
import {
  type DescriptionScope,
  type ReadingSession,
  type SchemaDescription,
} from './fingerprint/schema-description.js';
import { type ImpactMeter } from './impact/impact.js';
import { type LookOnline } from './online/online.js';
import { type SchemaChanges } from './schema-change/changed-by-program.js';
import { type ScriptSyntax } from './script-syntax.js';
import { type Scratch } from './scratch/scratch.js';
import { type Locks } from './session/locks.js';
import { type SessionRules } from './session/session-rules.js';
import { type EngineSql } from './sql/engine-sql.js';
import { type DatabaseStatistics } from './statistics/statistics.js';
import { type SqlSession } from './session/sql-session.js';
import { type Sweep, type SweepScope } from './sweep.js';
import { type ToolTables } from './tables/tool-tables.js';

/**
 * One database engine as the rest of the library sees it, for one application's connection, which it does not open. A
 * caller takes the parts that it needs: a run `ddl`, `session`, `locks` and `tables`, a comparison `catalogue`,
 * `oracle`, `types` and `model`.
 */
export interface Engine {
  readonly name: DialectName;
  /** What the engine can do. The rest of the library decides by it, and never by the name. */
  readonly capabilities: Capabilities;
  /** MikroORM's own description of the engine. */
  readonly platform: AbstractSqlPlatform;
  /** The connection's own schema, whose objects are named without it; absent on an engine without schemas. */
  readonly home?: string;
  /** How its SQL is read, names are quoted and texts are written. */
  readonly sql: EngineSql;
  /** Operations as statements. */
  readonly ddl: Ddl;
  /** How a run treats a session. */
  readonly session: SessionRules;
  /** What keeps runs apart. */
  readonly locks: Locks;
  /** The statements of the tool's own tables. */
  readonly tables: ToolTables;
  /** What its types and literals mean. */
  readonly types: TypeRules;
  /** What entities declare, as the catalogue would have it. */
  readonly model: ModelRules;
  /** What a database has. */
  readonly catalogue: Catalogue;
  /** Tells what an SQL text means to the engine. */
  oracle(connection: AbstractSqlConnection): ExpressionOracle;
  /** The whole schema of a session's database, with what entities cannot declare. */
  describe(session: ReadingSession, scope: DescriptionScope): Promise<SchemaDescription>;
  /** What a session's database tells of itself: the sizes of its tables, and what they are part of. */
  statistics(session: ReadingSession): Promise<Omit<DatabaseStatistics, 'readAt'>>;
  /**
   * How a script for the engine's command line client is written; `table` and `schema` are those of the version table.
   * A script that takes the migration lock waits for it up to `lockWaitTimeout` milliseconds.
   */
  script(table: string, schema: string | undefined, lockWaitTimeout: number): ScriptSyntax;
  /** How scratch databases are kept. Loaded when it is called, since few commands need it. */
  scratch(): Promise<Scratch>;
  /**
   * How databases are created on its server; absent where the first connection creates them. Loaded when it is called, as
   * {@link scratch} is.
   */
  creation?(): Promise<DatabaseCreation>;
  /**
   * How operations are written so that the application's requests go on meanwhile; absent where there is no other way
   * than the plain one. Loaded when it is called, as {@link scratch} is.
   */
  readonly online?: LookOnline;
  /**
   * How programs change large tables; absent where the engine has no such programs. Loaded when it is called, as
   * {@link scratch} is.
   */
  schemaChanges?(): Promise<SchemaChanges>;
  /** What a session's database holds, as statements that drop it. Loaded when it is called, as {@link scratch} is. */
  sweep(session: SqlSession, scope: SweepScope): Promise<Sweep>;
  /** What measures the statements of one run on a scratch database. Loaded when it is called, as {@link scratch} is. */
  impact(): Promise<ImpactMeter>;
}

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

/** An engine in the list of engines. */
export interface EngineDefinition {
  readonly name: DialectName;
  /** Whether the driver of a connection is made for the engine. */
  isFor(connection: OrmConnection): boolean;
  /** The engine for a connection. Opens none. */
  create(connection: OrmConnection): Engine;
}
