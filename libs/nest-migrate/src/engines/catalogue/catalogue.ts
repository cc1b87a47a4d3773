import { type AbstractSqlConnection } from '@mikro-orm/sql';
import {
  type ChangingParts,
  type CheckDefinition,
  type ForeignKeyDefinition,
  type IndexDefinition,
  type Operation,
  type RecreatedObjects,
} from '../../operations/operation.js';
import {
  type EnumModel,
  type Named,
  type Partitioning,
  type QualifiedName,
  type RoutineModel,
  type TableSecurity,
  type TriggerModel,
  type Unreadable,
} from '../../schema/schema-model.js';

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

/** A table, or a part of one, that has something an operation has no words for. */
export interface UnsaidPart {
  readonly table: QualifiedName;
  /** The name of the part, or of the table itself. */
  readonly name: string;
  /** What it has, in the words of SQL. */
  readonly what: string;
}

/** A column and its table. */
export interface PlacedColumn {
  readonly table: QualifiedName;
  readonly column: string;
}

/** A table that exists. */
export interface ListedTable extends QualifiedName {
  readonly comment?: string;
  /** The collation of columns that name none. */
  readonly collation?: string;
  readonly unreadable?: Unreadable;
  /** Why it cannot be dropped, which completes "which": other tables inherit from it. */
  readonly staysBecause?: string;
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
  /** The tables that have a column of it, and the views that have one and name the type themselves. */
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

/** Objects that an engine shows only to a user with a right to them. */
export type HiddenKind = 'trigger' | 'routine';

/** An object that prevents a change. */
export interface DependentObject {
  readonly kind: string;
  /** The object itself, or the table that it belongs to. */
  readonly place: QualifiedName;
  readonly name: string;
}

/** A foreign key and the table that has it, which need not be one that is compared. */
export interface ListedForeignKey {
  readonly table: QualifiedName;
  readonly key: Named<ForeignKeyDefinition>;
}

/** Rights of a role to a table or to one of its columns. */
export interface ListedGrant {
  readonly table: QualifiedName;
  /** Absent where they are rights to the table. */
  readonly column?: string;
  /** As the engine writes the name. */
  readonly grantee: string;
}

/** A table that gets another name, or a column of a table that does. */
export type Renaming =
  | { readonly kind: 'table'; readonly from: string; readonly to: string }
  | { readonly kind: 'column'; readonly table: string; readonly from: string; readonly to: string };

/** Which of what names a table or a column a run takes along when that gets another name. */
export interface RenameFollowing {
  view(name: string, renaming: Renaming): boolean;
  trigger(name: string, renaming: Renaming): boolean;
  /** Whether this user may pass on rights to tables. */
  readonly rights: boolean;
}

/** What a database has. */
export interface Catalogue {
  /** Whether a schema is excluded from the comparison, with everything in it. */
  ignoresSchema(schema: string): boolean;
  /** Every table that is not in an ignored schema, including those that cannot be described. */
  listTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]>;
  /** Every view that is not in an ignored schema. */
  listViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]>;
  /** Every native enum type; none on an engine without them. */
  listEnums(connection: AbstractSqlConnection): Promise<readonly ListedEnum[]>;
  /** Every routine that is not in an ignored schema, including those that cannot be described; none without routines. */
  listRoutines(connection: AbstractSqlConnection): Promise<readonly RoutineModel[]>;
  /** The kinds of objects that the user of the connection would not see if they existed. */
  listHidden(connection: AbstractSqlConnection): Promise<readonly HiddenKind[]>;
  /** The schemas that exist, without the connection's own; none on an engine without them. */
  listSchemas(connection: AbstractSqlConnection): Promise<readonly string[]>;
  /** The schemas that hold something other than tables, views, enum types and routines. */
  listOccupiedSchemas(connection: AbstractSqlConnection): Promise<readonly string[]>;
  /**
   * The objects that prevent a change of the parts, each before those that it uses. Absent on an engine where what the
   * comparison knows is all that prevents a change.
   */
  readDependents?(connection: AbstractSqlConnection, parts: ChangingParts): Promise<readonly DependentObject[]>;
  /**
   * Whether the objects have attributes beyond what their create statements say: of the parts of tables, those with one
   * of the names. Absent on an engine that does not keep them for objects that are dropped and created again.
   */
  hasAttributes?(
    connection: AbstractSqlConnection,
    objects: RecreatedObjects,
    parts: readonly string[],
  ): Promise<boolean>;
  /** The parts of tables that would come back poorer. Absent where the engine is not asked. */
  readonly listUnsaid?: (connection: AbstractSqlConnection) => Promise<readonly UnsaidPart[]>;
  /**
   * The operations with all that the database tells of the columns that they restate, which the other questions do not.
   * `find` returns where a column is in the database. Absent where no operation restates what it does not change.
   */
  readonly withShownParts?: (
    connection: AbstractSqlConnection,
    operations: readonly Operation[],
    find: (column: PlacedColumn) => PlacedColumn,
  ) => Promise<readonly Operation[]>;
  /** Every foreign key; absent on an engine where `readDependents` tells of them, or none prevents a change. */
  readonly listForeignKeys?: (connection: AbstractSqlConnection) => Promise<readonly ListedForeignKey[]>;
  /**
   * The rights to tables and columns that this user may see. Absent on an engine where rights follow an object that is
   * renamed.
   */
  readonly listGrants?: (connection: AbstractSqlConnection) => Promise<readonly ListedGrant[]>;
  /** What a run takes along when something is renamed; absent on an engine where all of it follows by itself. */
  readonly readFollowing?: (connection: AbstractSqlConnection) => Promise<RenameFollowing>;
  /** Those of the named sequences that do not exist; absent on an engine without sequences. */
  readonly missingSequences?: (
    connection: AbstractSqlConnection,
    sequences: readonly QualifiedName[],
  ) => Promise<readonly QualifiedName[]>;
  /** Those of the types that do not exist; absent on an engine whose types are all its own. */
  readonly missingTypes?: (connection: AbstractSqlConnection, types: readonly string[]) => Promise<readonly string[]>;
  /** The content of the named tables, in the same order. */
  readTables(connection: AbstractSqlConnection, tables: readonly QualifiedName[]): Promise<readonly CatalogueTable[]>;
}
