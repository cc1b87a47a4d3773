import { type Capabilities } from './capabilities.js';
import { type SqlReader } from './sql/sql-reader.js';
import {
  type AbstractSqlConnection,
  type AbstractSqlPlatform,
  type DatabaseTable,
  type SqlRoutineDef,
  type SqlTriggerDef,
} from '@mikro-orm/sql';
import { type ForeignPart } from './sql/procedural-body.js';
import {
  type CheckDefinition,
  type ColumnDefinition,
  type ExistingTable,
  type ForeignKeyDefinition,
  type IndexDefinition,
  type Operation,
  type PrimaryKeyDefinition,
  type TriggerDefinition,
} from '../operations/operation.js';
import { type LiteralReader, type TypeFamily } from '../schema/default-value.js';
import {
  type EnumModel,
  type Named,
  type Partitioning,
  type QualifiedName,
  type RoutineModel,
  type TableModel,
  type TableSecurity,
  type TriggerModel,
} from '../schema/schema-model.js';

/** A column as the catalogue has it, nothing lost and nothing tidied. */
export interface CatalogueColumn {
  readonly name: string;
  /** The full type in the engine's own words. */
  readonly type: string;
  readonly nullable: boolean;
  /** The default as SQL that could be used again; absent where there is none. */
  readonly defaultSql?: string;
  readonly autoincrement: boolean;
  readonly unsigned?: boolean;
  /** The text that follows `generated always as`, or the kind of identity. */
  readonly generated?: string;
  readonly comment?: string;
  /** Only where it differs from what the column would have anyway. */
  readonly collation?: string;
  readonly extra?: string;
  /** The values of an inline enum (MySQL, MariaDB). */
  readonly items?: readonly string[];
  /** The native enum type of the column, or of its elements. */
  readonly nativeEnum?: QualifiedName & { readonly array: boolean };
}

/** A table that exists. */
export interface ListedTable extends QualifiedName {
  readonly comment?: string;
  /** The collation of columns that name none. */
  readonly collation?: string;
  readonly unreadable?: Unreadable;
}

/** Why no entity can describe a table or a view that exists. It is left alone, on both sides. */
export interface Unreadable {
  /** Completes "leaves … alone, which": `inherits from measurement`. */
  readonly why: string;
  /**
   * It comes and goes with something else. Entities seldom declare such a table, so nothing is said of it unless one
   * does. A partition is also dropped with its table.
   */
  readonly partOf?: 'partitionedTable' | 'extension' | 'server';
}

/** A view that exists. */
export interface ListedView extends QualifiedName {
  /** Absent where this role may not see it. */
  readonly definition?: string;
  readonly materialized: boolean;
  readonly unreadable?: Unreadable;
}

/** A native enum type that exists. */
export interface ListedEnum extends EnumModel {
  /** The tables and views with a column of it. */
  readonly usedBy: readonly QualifiedName[];
}

/** What is in a table, as the catalogue has it. */
export interface CatalogueTable {
  readonly columns: readonly CatalogueColumn[];
  readonly indexes: readonly CatalogueIndex[];
  readonly checks: readonly Named<CheckDefinition>[];
  readonly foreignKeys: readonly Named<ForeignKeyDefinition>[];
  readonly triggers: readonly TriggerModel[];
  readonly partitioning?: Partitioning;
  readonly security?: TableSecurity;
}

export type CatalogueIndex =
  | { readonly kind: 'primaryKey'; readonly name: string; readonly columns: readonly string[] }
  | {
      readonly kind: 'unique';
      readonly name: string;
      readonly columns: readonly string[];
      readonly deferMode?: 'immediate' | 'deferred';
    }
  | { readonly kind: 'index'; readonly index: Named<IndexDefinition> };

/** Expressions over the columns of one table. */
export interface ConditionsOfTable {
  readonly table: TableModel;
  readonly expressions: readonly string[];
}

/**
 * What only the engine can tell: above all what it makes of an SQL text, so that spelling does not count. Writes
 * nothing.
 */
export interface ExpressionOracle {
  /**
   * One canonical text for each expression over the columns of `table`; `undefined` for one that the engine does not
   * understand, or does not let this role try. Writes nothing.
   */
  conditions(table: TableModel, expressions: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for several tables at once. */
  conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]>;
  /** The same for conditions of triggers of `table`, which are on the old and the new row. */
  triggerConditions(table: TableModel, conditions: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for whole queries, their columns' names and order included. */
  queries(queries: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for defaults, each read as a value of its type. */
  defaults(
    defaults: readonly { readonly sql: string; readonly type: string }[],
  ): Promise<readonly (string | undefined)[]>;
  /** Whether a query finds a row; `undefined` where this role may not ask it, or the engine refuses it. */
  findsRow(query: string): Promise<boolean | undefined>;
  /**
   * For each change of a column's type that the engine has no cast for, an expression that tries it all the same: it
   * can be run, and on a value mostly fails. `undefined` where there is a cast.
   */
  usings(
    changes: readonly { readonly column: string; readonly from: string; readonly to: string }[],
  ): Promise<readonly (string | undefined)[]>;
}

/** Knows nothing: for a comparison without a database, which has no two texts to compare. */
export const silentOracle: ExpressionOracle = {
  conditions: async (_table, expressions) => expressions.map(() => undefined),
  conditionsOf: async (tables) => tables.map(({ expressions }) => expressions.map(() => undefined)),
  defaults: async (defaults) => defaults.map(() => undefined),
  queries: async (queries) => queries.map(() => undefined),
  triggerConditions: async (_table, conditions) => conditions.map(() => undefined),
  findsRow: async () => undefined,
  usings: async (changes) => changes.map(() => undefined),
};

/** Objects that an engine shows only to whoever has a right to them, and hides from all others. */
export type HiddenKind = 'trigger' | 'routine';

/** What comparing needs to know about an engine. */
export interface Engine {
  readonly platform: AbstractSqlPlatform;
  readonly capabilities: Capabilities;
  /** Reads the engine's SQL. */
  readonly sql: SqlReader;
  /** The connection's own schema, whose objects are named without it; absent on an engine without schemas. */
  readonly home?: string;
  /**
   * Whether alterations of one table take a new table, or a look at it, where it is as `existing` says. Absent where no
   * table is ever made anew.
   */
  readonly needsTable?: (alterations: readonly Operation[], existing: ExistingTable) => boolean;

  /** A type as text that is the same for every spelling of the same type. */
  canonicalType(type: string): string;
  /** The type of a column as it can stand in a cast, where `type` is what MikroORM calls it. */
  databaseType(column: ColumnDefinition, type: string, table: QualifiedName): string;
  /** How a column of `table` names a native enum type. */
  enumReference(type: QualifiedName, table: QualifiedName): string;
  /** The table with checks that stand for an enum as enums; where an enum is no check, the table. */
  withEnums(table: TableModel): TableModel;
  /** The inverse of {@link withEnums}. */
  withoutEnums(table: TableModel): TableModel;
  typeFamily(type: string): TypeFamily;
  readonly readLiteral: LiteralReader;
  /** A primary key; without a name where the engine gives all of them the same. */
  primaryKey(name: string, columns: readonly string[]): PrimaryKeyDefinition;
  /** Another spelling of a rule that does the same here. */
  canonicalRule(rule: string | undefined): string;
  /** What a trigger that is declared becomes: one trigger, or one for each event where a trigger has only one. */
  triggers(trigger: SqlTriggerDef, table: QualifiedName): readonly TriggerModel[];
  /** Why the engine has no way to say what a trigger says, and what to do instead; nothing where it has one. */
  whyNoTrigger(trigger: TriggerDefinition): ForeignPart | undefined;
  /** The partitions that are declared; nothing where there are none. */
  partitioning(table: DatabaseTable): Partitioning | undefined;
  /** The row-level security that is declared; nothing where there is none. */
  security(table: DatabaseTable): TableSecurity | undefined;
  /** A routine that is declared; nothing on an engine without them. */
  routine(routine: SqlRoutineDef, place: QualifiedName): RoutineModel | undefined;
  /** A type as text that is the same wherever it is the same for what a routine is given, and returns. */
  canonicalRoutineType(type: string): string;
  /** A text as the catalogue can give it back. */
  readBack(text: string): string;
  /** Whether nothing in the schema is compared, whatever it holds. */
  ignoresSchema(schema: string): boolean;
  /** Every table that is not in an ignored schema, those that cannot be described among them. */
  listTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]>;
  /** Every view that is not in an ignored schema. */
  listViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]>;
  /** Every native enum type; none on an engine without them. */
  listEnums(connection: AbstractSqlConnection): Promise<readonly ListedEnum[]>;
  /** Every routine, without those of extensions and of ignored schemas; none on an engine without them. */
  listRoutines(connection: AbstractSqlConnection): Promise<readonly RoutineModel[]>;
  /** What the user of the connection would not see if it were there. */
  listHidden(connection: AbstractSqlConnection): Promise<readonly HiddenKind[]>;
  /** The schemas that exist, without the connection's own; none on an engine without them. */
  listSchemas(connection: AbstractSqlConnection): Promise<readonly string[]>;
  /** The schemas that hold something besides tables, views, enum types and routines. */
  listOccupiedSchemas(connection: AbstractSqlConnection): Promise<readonly string[]>;
  /** What is in the named tables, in the same order. */
  readTables(connection: AbstractSqlConnection, tables: readonly QualifiedName[]): Promise<readonly CatalogueTable[]>;
  oracle(connection: AbstractSqlConnection): ExpressionOracle;
}
