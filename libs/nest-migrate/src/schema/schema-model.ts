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

/** A column in the words of an operation, with what comparing needs beside them. */
export interface ColumnModel {
  readonly definition: NamedColumnDefinition;
  /** The engine's own type, as its {@link TypeSystem} spells it. */
  readonly databaseType: string;
  /** The default as SQL, for asking the engine what it makes of it; absent where there is none. */
  readonly defaultSql?: string;
  readonly ignored?: readonly IgnoredProperty[];
}

/** A constraint or index always has a name once it is in a model. */
export type Named<T extends { readonly name?: string }> = T & { readonly name: string };

/**
 * A trigger of either side. On an engine whose triggers have one event each, one of several events is several.
 */
export interface TriggerModel {
  readonly name: string;
  readonly definition: TriggerDefinition;
  /** All that it says but its condition, in one spelling; absent where its statement cannot be read. */
  readonly meaning?: string;
  readonly condition?: string;
  /** The functions that its statement came with, which are not its own alone. */
  readonly brings?: readonly RoutineModel[];
}

/** A table, the same from both sides: what the database has, what the entities want. */
export interface TableModel {
  readonly name: string;
  /** Absent for the connection's own schema. */
  readonly schema?: string;
  readonly comment?: string;
  /** The collation of columns that name none; absent where nobody said. */
  readonly collation?: string;
  readonly columns: readonly ColumnModel[];
  readonly primaryKey?: PrimaryKeyDefinition;
  readonly indexes: readonly Named<IndexDefinition>[];
  readonly uniques: readonly Named<UniqueDefinition>[];
  readonly checks: readonly Named<CheckDefinition>[];
  readonly foreignKeys: readonly Named<ForeignKeyDefinition>[];
  readonly triggers: readonly TriggerModel[];
  /** How it is made of partitions; absent where it is not. */
  readonly partitioning?: Partitioning;
  /** Row-level security; absent where there is none of it. */
  readonly security?: TableSecurity;
}

/** A table that is made of others. */
export interface Partitioning {
  /** What follows `partition by`. */
  readonly key: string;
  readonly partitions: readonly PartitionModel[];
}

export interface PartitionModel extends QualifiedName {
  /** Absent: that of its table. */
  readonly schema?: string;
  /** What follows `partition of <table>`. */
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
  readonly name: string;
  readonly schema?: string;
  readonly items: readonly string[];
  /** True where something that is not compared has a column of it: a view, a table of somebody else. */
  readonly shared?: boolean;
}

/** A view of either side. */
export interface ViewModel extends QualifiedName {
  /** The `select`, in whoever's words. */
  readonly definition: string;
  /** Its rows are stored. */
  readonly materialized: boolean;
  /** Of a materialized view: false where it is created empty. */
  readonly withData?: boolean;
  /** Of a materialized view. */
  readonly indexes: readonly Named<IndexDefinition>[];
  /** What the database has; an entity that is a view declares none. */
  readonly triggers: readonly TriggerModel[];
}

/** A stored function or procedure of either side. */
export interface RoutineModel extends QualifiedName {
  /** What tells it from others of its name: the types that it is given, where several may share one. */
  readonly signature: string;
  readonly definition: RoutineDefinition;
  /** Absent where its statement cannot be read: then only the name counts. */
  readonly facts?: RoutineFacts;
  /** What its entity's side told MikroORM not to compare. */
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

/** A table or a type, by where it lives and what it is called: unlike a joined text, never the same for two. */
export interface QualifiedName {
  readonly name: string;
  readonly schema?: string;
}

/** The same text for the same place, another one for any other. */
export function keyOf({ schema, name }: QualifiedName): string {
  return JSON.stringify([schema ?? null, name]);
}

/** `schema.name`, or the name alone in the connection's schema: for people. */
export function displayName({ schema, name }: QualifiedName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

export function samePlace(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && a.schema === b.schema;
}
