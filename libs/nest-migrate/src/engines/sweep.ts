import { type QualifiedName } from '../schema/schema-model.js';

/** What of a database is to be dropped. */
export interface SweepScope {
  /**
   * Whether an object is dropped. A place without a schema is in the connection's own. What is neither a table nor a view
   * nor a routine is `other`, such as a type or a sequence.
   */
  readonly owns: (kind: 'table' | 'view' | 'routine' | 'other', place: QualifiedName) => boolean;
  /**
   * The tool's own tables, the version table first. Their rows are deleted, before anything else where a process may die in
   * between. The tables stay: another process may be reading them.
   */
  readonly ownTables: readonly QualifiedName[];
  /** Whether the revisions create a schema or an extension of that name, which is dropped then as well. */
  readonly creates: (kind: 'schema' | 'extension', name: string) => boolean;
}

/** Objects that stand in a database, and the statements that drop them, in order. */
export interface Sweep {
  /** In words, such as `table book`; without the tool's own tables. */
  readonly objects: readonly string[];
  readonly statements: readonly string[];
  /**
   * A query for the `object`s that are to stay, in words: the same before the statements and behind them, unless those
   * took one along. Absent where none can.
   */
  readonly staying?: string;
}
