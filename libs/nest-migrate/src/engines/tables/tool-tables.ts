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
  readonly atOnce?: (writes: WritesAtOnce) => string;
}

/** Writes that one statement does together: all of them, or none. */
export interface WritesAtOnce {
  /** Those whose rows are counted: the statement returns one row, with the count of the first as `rows0`, and so on. */
  readonly counted: readonly string[];
  /** Those whose rows are not counted. */
  readonly uncounted: readonly string[];
  /** Expressions that the row has as well, by name. They see the database as it was before the writes. */
  readonly asked: Readonly<Record<string, string>>;
}
