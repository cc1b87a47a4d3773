import {
  type CheckDefinition,
  type ForeignKeyDefinition,
  type IndexDefinition,
  type NamedColumnDefinition,
  type PolicyDefinition,
  type PrimaryKeyDefinition,
  type RoutineDefinition,
  type RowLevelSecurity,
  type TriggerDefinition,
  type UniqueDefinition,
} from '../operations/operation.js';
import { type RoutineFacts } from './routine-statement.js';

/** A property that an entity told MikroORM not to compare. */
export type IgnoredProperty = 'type' | 'extra' | 'default' | 'collation';

/** A column in the form that operations use, with further values for the comparison. */
export interface ColumnModel {
  readonly definition: NamedColumnDefinition;
  /** The engine's own type, as its {@link TypeSystem} spells it. */
  readonly databaseType: string;
  /** The default as SQL, which the engine can be asked to normalise; absent where there is none. */
  readonly defaultSql?: string;
  readonly ignored?: readonly IgnoredProperty[];
}

/** A constraint or index in a model. There it always has a name. */
export type Named<T extends { readonly name?: string }> = T & { readonly name: string };

/**
 * A trigger of either side. On an engine whose triggers have one event each, a trigger for several events is several
 * triggers.
 */
export interface TriggerModel {
  readonly name: string;
  readonly definition: TriggerDefinition;
  /**
   * Everything that the trigger states except its condition, in one canonical spelling; absent where its statement
   * cannot be parsed.
   */
  readonly meaning?: string;
  readonly condition?: string;
  /** The functions that are part of its statement. Other triggers may use them too. */
  readonly brings?: readonly RoutineModel[];
}

/** A table, in the same form on both sides: as the database has it, and as the entities want it. */
export interface TableModel {
  readonly name: string;
  /** Absent for the connection's own schema. */
  readonly schema?: string;
  readonly comment?: string;
  /** The collation of columns that name none; absent where it is not known. */
  readonly collation?: string;
  readonly columns: readonly ColumnModel[];
  readonly primaryKey?: PrimaryKeyDefinition;
  readonly indexes: readonly Named<IndexDefinition>[];
  readonly uniques: readonly Named<UniqueDefinition>[];
  readonly checks: readonly Named<CheckDefinition>[];
  readonly foreignKeys: readonly Named<ForeignKeyDefinition>[];
  readonly triggers: readonly TriggerModel[];
  /** How the table is partitioned; absent where it is not. */
  readonly partitioning?: Partitioning;
  /** Why the table in the database cannot be dropped; absent where it can. */
  readonly staysBecause?: string;
  /** Row-level security; absent where the table has none. */
  readonly security?: TableSecurity;
}

/** How a table is divided into partitions. */
export interface Partitioning {
  /** The text after `partition by`. */
  readonly key: string;
  readonly partitions: readonly PartitionModel[];
}

export interface PartitionModel extends QualifiedName {
  /** Absent: the schema of its table. */
  readonly schema?: string;
  /** The text after `partition of <table>`. */
  readonly bound: string;
}

export interface TableSecurity {
  readonly level: RowLevelSecurity;
  readonly policies: readonly PolicyModel[];
}

/** A policy of row-level security. */
export interface PolicyModel {
  readonly name: string;
  readonly definition: PolicyDefinition;
}

/** A native enum type. */
export interface EnumModel {
  /** Set where it exists and cannot be described. */
  readonly unreadable?: Unreadable;
  readonly name: string;
  readonly schema?: string;
  readonly items: readonly string[];
  /** True where something that is not compared uses the type: a view, or a table that does not take part. */
  readonly shared?: boolean;
}

/** Why an existing object cannot be described by an entity. It is left alone, on both sides. */
export interface Unreadable {
  /** Completes "leaves … alone, which": `inherits from measurement`. */
  readonly why: string;
  /**
   * What the object is created and dropped with. Entities seldom declare such a table, so there is no warning about it
   * unless one does. A partition is also dropped with its table.
   */
  readonly partOf?: 'partitionedTable' | 'extension' | 'server';
}

/** Why an object is left alone whose statement the parser of this version does not know. */
export const UNREADABLE_STATEMENT: Unreadable = { why: 'has a statement that cannot be read' };

/** A view of either side. */
export interface ViewModel extends QualifiedName {
  /** The `select`, as the server prints it or as the entity has it. */
  readonly definition: string;
  /** Whether its rows are stored. */
  readonly materialized: boolean;
  /** For a materialized view: false where it is created empty. */
  readonly withData?: boolean;
  /** For a materialized view. */
  readonly indexes: readonly Named<IndexDefinition>[];
  /** The triggers of the view in the database; an entity that is a view declares none. */
  readonly triggers: readonly TriggerModel[];
}

/** A stored function or procedure of either side. */
export interface RoutineModel extends QualifiedName {
  /** Set where it exists and cannot be described, so that only its name and signature are known. */
  readonly unreadable?: Unreadable;
  /** Distinguishes routines of the same name: the types of the parameters, where routines may share a name. */
  readonly signature: string;
  readonly definition: RoutineDefinition;
  /** Absent where its statement cannot be parsed: then only the name counts. */
  readonly facts?: RoutineFacts;
  /** The parts that the entity told MikroORM not to compare. */
  readonly ignored?: readonly string[];
  /** The triggers that execute it. */
  readonly firedBy?: readonly { readonly table: QualifiedName; readonly trigger: string }[];
}

/** One side of a comparison. */
export interface SchemaModel {
  readonly tables: readonly TableModel[];
  readonly views: readonly ViewModel[];
  readonly enums: readonly EnumModel[];
  readonly routines: readonly RoutineModel[];
  /** The named schemas, without the connection's own. */
  readonly schemas: readonly string[];
}

/** A table or a type, by its schema and its name. Unlike a joined text, this is never the same for two objects. */
export interface QualifiedName {
  readonly name: string;
  readonly schema?: string;
}

/** A text that is the same for the same object, and different for any other. */
export function keyOf({ schema, name }: QualifiedName): string {
  return JSON.stringify([schema ?? null, name]);
}

/** `schema.name`, or the name alone in the connection's schema; for messages. */
export function displayName({ schema, name }: QualifiedName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

export function samePlace(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && a.schema === b.schema;
}
