import { type HistoryTableSql } from './history-table.js';
import { type JournalTableSql } from './journal-table.js';
import { type LockTableSql } from './lock-table.js';
import { type MarkTableSql } from './mark-table.js';
import { type SchemaTableSql } from './schema-table.js';
import { type VersionTableSql } from './version-table.js';

/** The statements of the tool's own tables, each for a name and the schema that statements are to include. */
export interface ToolTables {
  version(table: string, schema: string | undefined): VersionTableSql;
  history(table: string, schema: string | undefined): HistoryTableSql;
  journal(table: string, schema: string | undefined): JournalTableSql;
  schema(table: string, schema: string | undefined): SchemaTableSql;
  mark(table: string, schema: string | undefined): MarkTableSql;
  /** The table that holds the lock of a cluster; absent where {@link Locks.cluster} is. */
  lock?(table: string, schema: string | undefined): LockTableSql;
  /** Several writes as one statement; absent where the engine has no such statement. */
  readonly atOnce?: AtOnce;
}

/** How an engine makes one statement of several writes. */
export interface AtOnce {
  /** The statement. */
  statement(writes: WritesAtOnce): string;
  /** What an error says of a statement with {@link WritesAtOnce.needed}; `undefined` for any other error. */
  refusal(error: unknown): RefusedWrites | undefined;
}

/** Why a statement of several writes has written nothing. */
export interface RefusedWrites {
  /** Whether the condition was true. */
  readonly isSo: boolean;
  /** The counts of the rows that it would have changed. */
  readonly counts: readonly number[];
  /** The rows of {@link NeededWrites.told}. */
  readonly told: readonly Readonly<Record<string, unknown>>[];
}

/** What has to be so, for a statement of several writes to write anything. */
export interface NeededWrites {
  /** How many rows each of the counted writes changes. */
  readonly counts: readonly number[];
  readonly condition: string;
  /** A query whose rows the error tells otherwise. */
  readonly told: string;
}

/** Writes that one statement does together: all of them, or none. */
export interface WritesAtOnce {
  /** Those whose rows are counted: the statement returns one row, with the count of the first as `rows0`, and so on. */
  readonly counted: readonly string[];
  /** Those whose rows are not counted. */
  readonly uncounted: readonly string[];
  /** Expressions that the row has as well, by name. They see the database as it was before the writes. */
  readonly asked: Readonly<Record<string, string>>;
  /**
   * Without this the statement fails, so that what is sent behind it in one text does not run. Default: it returns what it
   * has found.
   */
  readonly needed?: NeededWrites;
}
