import { type MikroORM } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type TableAlteration } from '../operations/all.js';
import { type ExistingTable, type NamedColumnDefinition, type Operation } from '../operations/operation.js';
import { type SchemaModel } from '../schema/schema-model.js';

/** Something that disappeared beside something similar that appeared: perhaps one object with a new name. */
export interface RenameCandidate {
  /** What may have been renamed. */
  readonly kind: 'table' | 'column' | 'index' | 'enumValue';
  /** The old name: `table`, `table.column` or `type.value`, with the schema in front where there is one. */
  readonly from: string;
  /** The new name, written as `from` is. */
  readonly to: string;
  /** The text for `renames` and `--rename` that says that it is a rename: `from`, a colon, and the new name alone. */
  readonly answer: string;
}

/** Changes of one table that a revision makes at once. */
export interface AlterationBatch {
  /** The table as it is before the changes, where the engine rebuilds it because it cannot alter it. */
  readonly existing?: ExistingTable;
  /** The changes, at least one. They stand next to each other in the difference. */
  readonly alterations: readonly TableAlteration[];
}

/** The batches of a difference. */
export interface AlterationBatches {
  readonly upgrade: readonly AlterationBatch[];
  readonly downgrade: readonly AlterationBatch[];
}

/** The difference between the entities and a database. */
export interface SchemaComparison {
  /** The operations that make the database match the entities; empty where it matches them already. */
  readonly upgrade: readonly Operation[];
  /** The operations that undo `upgrade`. */
  readonly downgrade: readonly Operation[];
  /** Which operations of both a revision does at once. */
  readonly batches: AlterationBatches;
  /** Possible renames without an answer; they stand in `upgrade` as a drop and an addition. */
  readonly candidates: readonly RenameCandidate[];
  /** What a reviewer of the revision should know: losses, failures to expect, what was left out. */
  readonly warnings: readonly string[];
}

/** The kinds of objects that are compared. Of sequences only those that an entity names are, and are only created. */
export type ComparedType =
  | 'table'
  | 'view'
  | 'column'
  | 'index'
  | 'unique'
  | 'foreignKey'
  | 'check'
  | 'trigger'
  | 'policy'
  | 'routine'
  | 'sequence';

/** An object of the schema, as {@link IncludeObject} sees it. */
export interface ComparedObject {
  /** The kind of the object. */
  readonly type: ComparedType;
  /** The name of the object, without its table and schema. */
  readonly name: string;
  /** The table that it belongs to; for a table, a view, a routine or a sequence its own name. */
  readonly table: string;
  /** The schema of the object; absent for the connection's own schema. */
  readonly schema?: string;
  /** True where the object was read from the database, false where the entities declare it. */
  readonly reflected: boolean;
}

/**
 * Says whether an object takes part in the comparison, on both sides; a table goes with everything in it. What is left
 * out is neither created nor dropped nor altered. Alembic's `include_object`.
 *
 * @example
 * MigrationModule.forRoot({
 *   includeObject: ({ type, name }) => type !== 'table' || !name.startsWith('legacy_'),
 * });
 */
export type IncludeObject = (object: ComparedObject) => boolean;

/** Where a name was found, for {@link IncludeName}. */
export interface NameParents {
  /** The schema; absent for the connection's own schema, and where the name is that of a schema. */
  readonly schema?: string;
  /** The table; absent for schemas, tables, views and routines. */
  readonly table?: string;
}

/**
 * Says whether something in the database is compared, by its name. A schema or a table that is left out is not even
 * read. Unlike {@link IncludeObject} it is not asked about what the entities declare: a table that they declare and
 * that is left out here is treated as new. Alembic's `include_name`.
 *
 * @example
 * MigrationModule.forRoot({ includeName: (name, type) => type !== 'schema' || name === 'accounting' });
 */
export type IncludeName = (name: string, type: ComparedType | 'schema', parents: NameParents) => boolean;

/** A column that is in the database and in an entity. */
export interface ComparedColumn {
  /** The name of its table. */
  readonly table: string;
  /** The schema of the table; absent for the connection's own schema. */
  readonly schema?: string;
  /** The name of the column. */
  readonly column: string;
  /** The column as the database has it, and its type in the engine's own words. */
  readonly database: { readonly definition: NamedColumnDefinition; readonly type: string };
  /** The column as the entity wants it, and the type that this would be on the engine. */
  readonly entity: { readonly definition: NamedColumnDefinition; readonly type: string };
}

/**
 * Says whether the types of a column differ: `true` and `false` decide, `undefined` leaves it to the comparison. Not
 * asked about a column whose type cannot be altered. Alembic's `compare_type`.
 *
 * @example
 * MigrationModule.forRoot({
 *   compareType: ({ database, entity }) =>
 *     database.type === 'citext' && entity.type === 'text' ? false : undefined,
 * });
 */
export type CompareType = (column: ComparedColumn) => boolean | undefined;

/**
 * Says whether the defaults of a column differ: `true` and `false` decide, `undefined` leaves it to the comparison.
 * Alembic's `compare_server_default`.
 *
 * @example
 * MigrationModule.forRoot({ compareServerDefault: ({ column }) => (column === 'createdAt' ? false : undefined) });
 */
export type CompareServerDefault = (column: ComparedColumn) => boolean | undefined;

/** What a caller says about what is compared, and how. */
export interface ComparisonHooks {
  /** Decides which objects take part, on both sides. Default: all. */
  readonly includeObject?: IncludeObject;
  /** Decides which names of the database are looked at. Default: all. */
  readonly includeName?: IncludeName;
  /** `false`: types are not compared. Default `true`. */
  readonly compareType?: boolean | CompareType;
  /** `false`: defaults are not compared. Default `true`. */
  readonly compareServerDefault?: boolean | CompareServerDefault;
}

export interface CompareOptions extends ComparisonHooks {
  readonly orm: Pick<MikroORM, 'config' | 'driver' | 'getMetadata' | 'schema'>;
  /**
   * The connection through which everything is read. The runtime passes one that is pinned to the run's connection: a
   * second one from the pool would wait forever on an engine that has only one. Absent: the entities are compared with
   * an empty database, and no database is read.
   */
  readonly connection?: AbstractSqlConnection;
  /** Tables that belong to the tool. MikroORM's own migrations table is left out as well. */
  readonly ignoreTables: readonly { readonly table: string; readonly schema?: string }[];
  /** Answers to candidates: `'table.old:new'` for a column, `'old:new'` for a table. */
  readonly renames?: readonly string[];
  /**
   * The schema that the database shall get, read from another one. All of it is compared, whatever the configuration
   * says about entities. Default: what the entities declare.
   */
  readonly wanted?: SchemaModel;
}
