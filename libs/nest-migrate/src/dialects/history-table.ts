/** One line of the history, as the table keeps it. */
export interface HistoryRow {
  /** The revision that was applied, undone or marked; `null` for base. */
  readonly revision: string | null;
  /** The revisions that it stands on: its down revisions and what it depends on, as full ids. */
  readonly parents: readonly string[];
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  readonly message: string;
  /** Milliseconds; `null` where nobody measured them, as in a script. */
  readonly durationMs: number | null;
  readonly toolVersion: string;
  /** The process that did it, for people; `null` for a script that somebody's client runs. */
  readonly client: string | null;
}

/** The statements that keep the history table, with names already quoted. */
export interface HistoryTableSql {
  /** One row: `present` says whether the table is there. */
  readonly exists: string;
  readonly create: string;
  /** The newest line of each revision: `revision` and `parents`, a JSON list of ids. */
  readonly parents: string;
  /** The newest line. */
  readonly last: string;
  insert(row: HistoryRow): string;
}

/** What differs between engines in keeping the history table. */
export interface HistoryTableNames {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  readonly exists: string;
  /** The type of the first column, which counts the lines. */
  readonly counter: string;
  /** The type of a point in time, and the server's clock in UTC as an expression. */
  readonly time: { readonly type: string; readonly now: string };
  /** The role that the server knows the client by, as an expression. */
  readonly role: string;
  /** What follows the column list of `create table`. */
  readonly suffix?: string;
  readonly literal: (value: string) => string;
}

/** The history table's statements. Its lines are added and never changed. */
export function historyTableSql(names: HistoryTableNames): HistoryTableSql {
  const { table, exists, counter, time, role, suffix = '', literal } = names;
  const columns = [
    `id ${counter}`,
    'revision varchar(255)',
    'parents text not null',
    'direction varchar(16) not null',
    'message text not null',
    `applied_at ${time.type} not null`,
    'duration_ms bigint',
    'tool_version varchar(64) not null',
    'client varchar(255)',
    'db_user varchar(255)',
  ];
  const orNull = (value: string | null): string => (value === null ? 'null' : literal(value));
  return {
    exists,
    create: `create table if not exists ${table} (${columns.join(', ')})${suffix}`,
    parents: `select revision, parents from ${table} where id in (select max(id) from ${table} where direction <> 'downgrade' group by revision)`,
    last: `select revision, direction, message, applied_at, duration_ms, client, db_user from ${table} where id = (select max(id) from ${table})`,
    insert: (row) =>
      `insert into ${table} (revision, parents, direction, message, applied_at, duration_ms, tool_version, client, db_user) values (` +
      [
        orNull(row.revision),
        literal(JSON.stringify(row.parents)),
        literal(row.direction),
        literal(row.message),
        time.now,
        row.durationMs === null ? 'null' : String(Math.round(row.durationMs)),
        literal(row.toolVersion),
        orNull(row.client),
        role,
      ].join(', ') +
      ')',
  };
}
