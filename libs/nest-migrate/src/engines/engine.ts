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
  type Unreadable,
} from '../schema/schema-model.js';

/** A column exactly as the catalogue has it, complete and not normalised. */
export interface CatalogueColumn {
  readonly name: string;
  /** The full type in the engine's own spelling. */
  readonly type: string;
  readonly nullable: boolean;
  /** The default as SQL that could be used again; absent where there is none. */
  readonly defaultSql?: string;
  readonly autoincrement: boolean;
  readonly unsigned?: boolean;
  /** The text after `generated always as`, or the kind of identity. */
  readonly generated?: string;
  readonly comment?: string;
  /** Only where it differs from what the column would have by default. */
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

/** A view that exists. */
export interface ListedView extends QualifiedName {
  /** Absent where this role may not see it. */
  readonly definition?: string;
  readonly materialized: boolean;
  readonly unreadable?: Unreadable;
}

/** A native enum type that exists. */
export interface ListedEnum extends EnumModel {
  /** The tables and views that have a column of it. */
  readonly usedBy: readonly QualifiedName[];
}

/** The content of a table, as the catalogue has it. */
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
 * Answers questions that only the engine can: above all how it normalises an SQL text, so that spelling does not count.
 * Writes nothing.
 */
export interface ExpressionOracle {
  /**
   * One canonical text for each expression over the columns of `table`; `undefined` for one that the engine does not
   * understand, or that this role may not try. Writes nothing.
   */
  conditions(table: TableModel, expressions: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for several tables at once. */
  conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]>;
  /** The same for conditions of triggers of `table`, which may use the old and the new row. */
  triggerConditions(table: TableModel, conditions: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for whole queries, including the names and the order of their columns. */
  queries(queries: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for defaults, each as a value of its type. */
  defaults(
    defaults: readonly { readonly sql: string; readonly type: string }[],
  ): Promise<readonly (string | undefined)[]>;
  /** Whether a query finds a row; `undefined` where this role may not run it, or the engine refuses it. */
  findsRow(query: string): Promise<boolean | undefined>;
  /**
   * For each change of a column's type that the engine has no cast for, an expression that attempts one: it is valid
   * SQL, but fails for most values. `undefined` where there is a cast.
   */
  usings(
    changes: readonly { readonly column: string; readonly from: string; readonly to: string }[],
  ): Promise<readonly (string | undefined)[]>;
}

/** Answers nothing. For a comparison without a database, where there are never two texts to compare. */
export const silentOracle: ExpressionOracle = {
  conditions: async (_table, expressions) => expressions.map(() => undefined),
  conditionsOf: async (tables) => tables.map(({ expressions }) => expressions.map(() => undefined)),
  defaults: async (defaults) => defaults.map(() => undefined),
  queries: async (queries) => queries.map(() => undefined),
  triggerConditions: async (_table, conditions) => conditions.map(() => undefined),
  findsRow: async () => undefined,
  usings: async (changes) => changes.map(() => undefined),
};

/** Objects that an engine shows only to a user with a right to them. */
export type HiddenKind = 'trigger' | 'routine';

/** What the comparison needs to know about an engine. */
export interface Engine {
  readonly platform: AbstractSqlPlatform;
  readonly capabilities: Capabilities;
  /** Reads the engine's SQL. */
  readonly sql: SqlReader;
  /** The connection's own schema, whose objects are named without it; absent on an engine without schemas. */
  readonly home?: string;
  /**
   * Whether alterations of a table, as `existing` describes it, rebuild it or have to read it. Absent where no table is
   * ever rebuilt.
   */
  readonly needsTable?: (alterations: readonly Operation[], existing: ExistingTable) => boolean;

  /** A canonical text of a type, the same for every spelling of it. */
  canonicalType(type: string): string;
  /** The type of a column as it is written in a cast, where `type` is MikroORM's name for it. */
  databaseType(column: ColumnDefinition, type: string, table: QualifiedName): string;
  /** The text by which a column of `table` names a native enum type. */
  enumReference(type: QualifiedName, table: QualifiedName): string;
  /** The table with enum columns in place of the checks that stand for them. Unchanged where enums are no checks. */
  withEnums(table: TableModel): TableModel;
  /** The inverse of {@link withEnums}. */
  withoutEnums(table: TableModel): TableModel;
  typeFamily(type: string): TypeFamily;
  readonly readLiteral: LiteralReader;
  /** A primary key. It has no name where the engine gives all of them the same one. */
  primaryKey(name: string, columns: readonly string[]): PrimaryKeyDefinition;
  /** The canonical spelling of a rule: rules that do the same on this engine get the same text. */
  canonicalRule(rule: string | undefined): string;
  /** The triggers for a declared one: one trigger, or one for each event where a trigger can have only one. */
  triggers(trigger: SqlTriggerDef, table: QualifiedName): readonly TriggerModel[];
  /** The reason why the engine cannot express a trigger, and what to do instead; `undefined` where it can. */
  whyNoTrigger(trigger: TriggerDefinition): ForeignPart | undefined;
  /** The declared partitions; `undefined` where there are none. */
  partitioning(table: DatabaseTable): Partitioning | undefined;
  /** The declared row-level security; `undefined` where there is none. */
  security(table: DatabaseTable): TableSecurity | undefined;
  /** A declared routine; `undefined` on an engine without routines. */
  routine(routine: SqlRoutineDef, place: QualifiedName): RoutineModel | undefined;
  /**
   * A canonical text of a type as used in a routine: the same for types that mean the same for parameters and results.
   */
  canonicalRoutineType(type: string): string;
  /** A text as the catalogue returns it. */
  readBack(text: string): string;
  /** Whether a schema is excluded from the comparison, with everything in it. */
  ignoresSchema(schema: string): boolean;
  /** Every table that is not in an ignored schema, including those that cannot be described. */
  listTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]>;
  /** Every view that is not in an ignored schema. */
  listViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]>;
  /** Every native enum type; none on an engine without them. */
  listEnums(connection: AbstractSqlConnection): Promise<readonly ListedEnum[]>;
  /** Every routine, without those of extensions and of ignored schemas; none on an engine without them. */
  listRoutines(connection: AbstractSqlConnection): Promise<readonly RoutineModel[]>;
  /** The kinds of objects that the user of the connection would not see if they existed. */
  listHidden(connection: AbstractSqlConnection): Promise<readonly HiddenKind[]>;
  /** The schemas that exist, without the connection's own; none on an engine without them. */
  listSchemas(connection: AbstractSqlConnection): Promise<readonly string[]>;
  /** The schemas that hold something other than tables, views, enum types and routines. */
  listOccupiedSchemas(connection: AbstractSqlConnection): Promise<readonly string[]>;
  /** The content of the named tables, in the same order. */
  readTables(connection: AbstractSqlConnection, tables: readonly QualifiedName[]): Promise<readonly CatalogueTable[]>;
  oracle(connection: AbstractSqlConnection): ExpressionOracle;
}
