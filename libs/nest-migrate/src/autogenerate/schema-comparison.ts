import { type MikroORM } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Operation } from '../operations/operation.js';

/** Something that disappeared beside something like it that appeared: perhaps one thing with a new name. */
export interface RenameCandidate {
  readonly kind: 'table' | 'column' | 'index' | 'enumValue';
  /** `table` or `table.column`, with the schema in front where there is one. */
  readonly from: string;
  readonly to: string;
}

/** The difference between the entities and a database. */
export interface SchemaComparison {
  /** What makes the database what the entities say; empty where it is that already. */
  readonly upgrade: readonly Operation[];
  /** What takes `upgrade` back. */
  readonly downgrade: readonly Operation[];
  /** Possible renames that nobody answered; they stand in `upgrade` as a drop and an addition. */
  readonly candidates: readonly RenameCandidate[];
  /** What whoever reviews the revision should know: losses, failures to expect, what was left out. */
  readonly warnings: readonly string[];
}

/** An object of the schema, as {@link CompareOptions.includeObject} sees it. */
export interface ComparedObject {
  readonly type: 'table' | 'column' | 'index' | 'unique' | 'foreignKey' | 'check';
  readonly name: string;
  /** The table that it belongs to; of a table its own name. */
  readonly table: string;
  readonly schema?: string;
  /** True where the object was read from the database, false where the entities declare it. */
  readonly reflected: boolean;
}

export interface CompareOptions {
  readonly orm: Pick<MikroORM, 'config' | 'driver' | 'getMetadata' | 'schema'>;
  /**
   * What all reading goes through. The runtime hands in one that is pinned to the run's connection: introspection that
   * asked the pool for another would wait for ever on an engine that has only one.
   */
  readonly connection: AbstractSqlConnection;
  /** Tables that belong to the tool. MikroORM's own migrations table is left out as well. */
  readonly ignoreTables: readonly { readonly table: string; readonly schema?: string }[];
  /** Answers to candidates: `'table.old:new'` for a column, `'old:new'` for a table. */
  readonly renames?: readonly string[];
  /** Decides which objects take part, on both sides. Default: all. */
  readonly includeObject?: (object: ComparedObject) => boolean;
}
