import { type Capabilities } from './capabilities.js';
import {
  type CatalogueTable,
  type HiddenKind,
  type ListedEnum,
  type ListedTable,
  type ListedView,
} from './catalogue/catalogue.js';
import { type ExpressionOracle } from './oracle.js';
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
  type ColumnDefinition,
  type ExistingTable,
  type Operation,
  type PrimaryKeyDefinition,
  type TriggerDefinition,
} from '../operations/operation.js';
import { type LiteralReader, type TypeFamily } from '../schema/default-value.js';
import {
  type Partitioning,
  type QualifiedName,
  type RoutineModel,
  type TableModel,
  type TableSecurity,
  type TriggerModel,
} from '../schema/schema-model.js';

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
