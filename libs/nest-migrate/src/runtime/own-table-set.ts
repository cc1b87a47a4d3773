import { type Engine } from '../engines/engine.js';
import { DatabaseMark } from './database-mark.js';
import { LeaseTable } from './lease-table.js';
import { historyTableName, journalTableName, lockTableName, markTableName, schemaTableName } from './own-tables.js';
import { type RunTables } from './ports.js';
import { SchemaNote } from './schema-note.js';
import { SqlHistory } from './sql-history.js';
import { SqlJournal } from './sql-journal.js';
import { SqlStepWriter } from './sql-step-writer.js';
import { SqlVersionRows } from './sql-version-rows.js';

/** The names of the tool's own tables in a database. */
export interface OwnTables {
  readonly versionTable: string;
  /** Absent means the connection's own schema. */
  readonly versionTableSchema: string | undefined;
  /** Whether there is a history table as well. */
  readonly history: boolean;
  /** `'hash'`: runs keep the schema that they leave. */
  readonly drift?: 'hash';
}

/** The tool's own tables, all of them in one schema. */
export interface OwnTableSet extends RunTables {
  /** The schema that each statement names; absent where statements name none. */
  readonly schema: string | undefined;
  readonly version: SqlVersionRows;
  readonly journal: SqlJournal;
  /** Absent where the options switch it off. */
  readonly history: SqlHistory | undefined;
  /** Absent unless the options ask for it. */
  readonly schemaNote: SchemaNote | undefined;
  readonly mark: DatabaseMark;
  /** The table that holds the lock of a cluster; absent on an engine without clusters. */
  readonly lock: LeaseTable | undefined;
}

/**
 * The tables as the options name them, in `schema`.
 *
 * @param place `client` describes the process that runs the steps, for readers of the history.
 */
export function ownTableSet(
  { tables, sql }: Pick<Engine, 'tables' | 'sql'>,
  { versionTable, versionTableSchema, history, drift }: OwnTables,
  { schema, client }: { readonly schema: string | undefined; readonly client: string },
): OwnTableSet {
  const journal = journalTableName(versionTable);
  const lines = historyTableName(versionTable);
  const lockName = lockTableName(versionTable);
  const note = schemaTableName(versionTable);
  const mark = markTableName(versionTable);
  const lock = tables.lock?.(lockName, schema);
  const version = new SqlVersionRows(
    versionTable,
    tables.version(versionTable, schema),
    versionTableSchema === undefined ? undefined : sql.quote(versionTableSchema),
  );
  const lineTable = history ? new SqlHistory(lines, tables.history(lines, schema), client) : undefined;
  return {
    schema,
    version,
    stepWriter: tables.atOnce && new SqlStepWriter(version, lineTable, tables.atOnce),
    journal: new SqlJournal(journal, tables.journal(journal, schema)),
    history: lineTable,
    schemaNote: drift === 'hash' ? new SchemaNote(note, tables.schema(note, schema)) : undefined,
    mark: new DatabaseMark(mark, tables.mark(mark, schema)),
    lock: lock && new LeaseTable(lockName, lock),
  };
}
