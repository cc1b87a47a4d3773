/** A statement of a revision that is not finished, as the table keeps it. */
export interface JournalRow {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  /** The position of the operation in the revision, from 0. */
  readonly ordinal: number;
  /** The position of the statement in the operation, from 0. */
  readonly part: number;
  /** The operation, as text to compare. */
  readonly operation: string;
  /** The statement, to be shown and compared, but never executed. Of a backfill: how far it is, as JSON. */
  readonly sql: string;
  /**
   * `failed`: the statement failed, and may have left something to clean up. `partial`: some batches of a backfill are
   * done.
   */
  readonly state: 'running' | 'failed' | 'partial' | 'done';
  /** Whether its postcondition was true before the statement ran. Then it proves nothing. */
  readonly heldBefore: boolean;
  readonly repeatable: boolean;
}

/** The key of a row. */
export type JournalKey = Pick<JournalRow, 'revision' | 'direction' | 'ordinal' | 'part'>;

/** The names of the columns without which a table is no journal. */
export const JOURNAL_COLUMNS: readonly string[] = [
  ...['revision', 'direction', 'ordinal', 'part', 'operation', 'statement', 'state', 'held_before', 'repeatable'],
];

/** The statements that keep the journal, with names already quoted. */
export interface JournalTableSql {
  /** The table's columns, one row each: `name`. No rows where the table does not exist. */
  readonly columns: string;
  readonly create: string;
  /** All rows, by ordinal and part. */
  readonly select: string;
  insert(row: JournalRow): string;
  mark(key: JournalKey, state: JournalRow['state']): string;
  delete(key: JournalKey): string;
  /** Writes how far a backfill is, where the row still says what the caller believes. */
  advance(key: JournalKey, from: string, to: Pick<JournalRow, 'sql' | 'state'>): string;
  /** Deletes the rows of a revision, in both directions. */
  forget(revision: string): string;
  /** Deletes every row. */
  readonly clear: string;
}

/** The differences between engines in the journal. */
export interface JournalTableNames {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  /** See {@link JournalTableSql}. */
  readonly columns: string;
  /** The type of a text without a limit. */
  readonly text: string;
  /** The text after the column list of `create table`. */
  readonly suffix?: string;
  readonly literal: (value: string) => string;
}

/**
 * The journal's statements. The content of the table is never executed: other roles may be able to write to it, and a
 * run has the rights of the role that migrates. Tables of earlier versions have two further columns, `postcondition`
 * and `cleanup`, which stay empty.
 */
export function journalTableSql({
  table,
  columns: found,
  text,
  suffix = '',
  literal,
}: JournalTableNames): JournalTableSql {
  const columns = [
    'revision varchar(255) not null',
    'direction varchar(16) not null',
    'ordinal int not null',
    'part int not null',
    `operation ${text} not null`,
    `statement ${text} not null`,
    'state varchar(16) not null',
    'held_before smallint not null',
    'repeatable smallint not null',
    'primary key (revision, direction, ordinal, part)',
  ];
  const where = ({ revision, direction, ordinal, part }: JournalKey): string =>
    `where revision = ${literal(revision)} and direction = ${literal(direction)} and ordinal = ${ordinal} and part = ${part}`;
  return {
    columns: found,
    create: `create table if not exists ${table} (${columns.join(', ')})${suffix}`,
    select: `select ${JOURNAL_COLUMNS.join(', ')} from ${table} order by ordinal, part`,
    insert: (row) =>
      `insert into ${table} (${JOURNAL_COLUMNS.join(', ')}) values (` +
      [
        literal(row.revision),
        literal(row.direction),
        row.ordinal,
        row.part,
        literal(row.operation),
        literal(row.sql),
        literal(row.state),
        Number(row.heldBefore),
        Number(row.repeatable),
      ].join(', ') +
      ')',
    mark: (key, state) => `update ${table} set state = ${literal(state)} ${where(key)}`,
    advance: (key, from, { sql, state }) =>
      `update ${table} set statement = ${literal(sql)}, state = ${literal(state)} ${where(key)}` +
      ` and state = 'partial' and statement = ${literal(from)}`,
    delete: (key) => `delete from ${table} ${where(key)}`,
    forget: (revision) => `delete from ${table} where revision = ${literal(revision)}`,
    clear: `delete from ${table}`,
  };
}
