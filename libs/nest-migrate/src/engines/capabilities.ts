import { type ColumnDefinition } from '../operations/operation.js';

/** Whether a computed column is computed when its row is written or when it is read. */
export type ComputedKind = 'stored' | 'virtual';

/** What an engine can do, as data. The rest of the library decides only by these flags, never by an engine's name. */
export interface Capabilities {
  /** DDL takes part in transactions: a failed revision leaves nothing behind. */
  readonly transactionalDdl: boolean;
  /** There is a lock that lasts as long as the session that took it. */
  readonly sessionLock: boolean;
  /** The engine runs in this process and has one connection: code that pins it must pass it to all readers. */
  readonly singleConnection: boolean;
  /** Tables live in named schemas within one database, and there are native enum types in them. */
  readonly schemas: boolean;
  /** `oracle.defaults` returns the type for a null, so that it can tell types apart. */
  readonly comparesNullsByType: boolean;
  /** The values of an enum are part of the column's own type. */
  readonly inlineEnums: boolean;
  /** A foreign key creates its own index, which has the key's name and is not declared anywhere. */
  readonly implicitForeignKeyIndexes: boolean;
  /** What, beside its type, cannot change about a column while a foreign key uses it. */
  readonly foreignKeysHold: readonly (keyof ColumnDefinition)[];
  /** The lengths at which the engine itself cuts a text that is too long for an index. */
  readonly ownIndexLengths: readonly number[];
  /** No two checks, and no two foreign keys, of a schema may have the same name. */
  readonly constraintsShareNames: boolean;
  /** A column may be auto-increment only while it is the first column of a key. */
  readonly autoincrementNeedsKey: boolean;
  /** A column that is added as not null and without a default gets an empty value in existing rows. */
  readonly fillsNewColumns: boolean;
  /**
   * Whether a computed column can be declared not null. `compared`: as its entity declares it. `kept`: MikroORM never
   * declares it, so only an existing declaration is kept. `always`: the engine accepts no such declaration.
   */
  readonly computedNulls: 'compared' | 'kept' | 'always';
  /** The kinds of computed columns that can become plain, with their values. */
  readonly computedToPlain: readonly ComputedKind[];
  /** The kinds of computed columns that a plain column can become. */
  readonly plainToComputed: readonly ComputedKind[];
  /**
   * An expression in a check, an index or a computed column is bound to the types of the columns that it reads: another
   * type can make it invalid.
   */
  readonly typedExpressions: boolean;
  /** A computed column prevents a change of the type of a column that it reads, and of its own type. */
  readonly computedBlocksTypes: boolean;
  /** A rename of a column also changes the computed columns and the indexes by expression that read it. */
  readonly expressionsFollowRenames: boolean;
  /** A rename of a column also changes the named checks that use it; elsewhere their text stays as it is. */
  readonly checksFollowRenames: boolean;
  /** The engine tells what depends on a column, and a revision can drop that and restore it. */
  readonly restoresDependents: boolean;
  /** A view prevents changes to what it shows, so it is dropped before them and created again after. */
  readonly viewsBlockChanges: boolean;
  /** A view keeps the columns that a `*` in its query meant when it was created. */
  readonly viewsKeepColumns: boolean;
  /** A view can have triggers, which are dropped with it. */
  readonly viewsHaveTriggers: boolean;
  /** `create or replace view` accepts any query in place of the existing one. */
  readonly replacesViews: boolean;
  /** `create or replace` accepts any routine with the same signature in place of the existing one. */
  readonly replacesRoutines: boolean;
  /** `create or replace` creates a trigger in place of the existing one, in one statement. */
  readonly replacesTriggers: boolean;
  /** Several routines may have the same name if their parameters differ. */
  readonly overloadsRoutines: boolean;
  /** The reason why the engine has no routines; absent where it has them. */
  readonly whyNoRoutine?: string;
  /** A foreign key is valid although its columns, or the table that it refers to, are missing for a while. */
  readonly looseForeignKeys: boolean;
  /** A column can be added between others; elsewhere it is always the last. */
  readonly placesColumns: boolean;
  /** One type of the engine serves for several neutral ones; only the entity knows which of them was meant. */
  readonly sharedTypes: boolean;
  /** Names of collations are compared without case. */
  readonly collationsIgnoreCase: boolean;
}
