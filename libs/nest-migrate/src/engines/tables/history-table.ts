import { insertion } from './version-table.js';

/** One line of the history, as the table keeps it. */
export interface HistoryRow {
  /** The revision that was applied, undone or marked; `null` for base. */
  readonly revision: string | null;
  /** The revisions that it stands on: its down revisions and what it depends on, as full ids. */
  readonly parents: readonly string[];
  /** `repair`: what is in the file now was accepted as what was applied. */
  readonly direction: 'upgrade' | 'downgrade' | 'stamp' | 'repair';
  /** The first line of the revision's message, cut where it is long; may be empty. */
  readonly message: string;
  /** How long the step took, in milliseconds; `null` where it was not measured, as in a script. */
  readonly durationMs: number | null;
  /** The version of nest-migrate that wrote the line. */
  readonly toolVersion: string;
  /** The process that took the step, in words; `null` for a script. */
  readonly client: string | null;
  /** The digests of the revision; `null` for base and for a downgrade. */
  readonly seal: HistorySeal | null;
}

/** A line as it is written. */
export interface NewHistoryRow extends Omit<HistoryRow, 'durationMs'> {
  /** `since begin`: the time since its transaction began, where only the server knows the end of the step. */
  readonly durationMs: number | 'since begin' | null;
}

/** What a line of the history says of the revision as it was applied, so that a later change can be found. */
export interface HistorySeal {
  /** How the digests are made, such as `sha256/1`. Those of another algorithm cannot be compared. */
  readonly algorithm: string;
  /** The language of the file: TypeScript or JavaScript. */
  readonly fileKind: 'ts' | 'js';
  /** The SHA-256 of the file's text, in hexadecimal; line endings do not count. */
  readonly fileDigest: string;
  /**
   * Of the file's program, without comments, layout and types. `null` in lines of an earlier version, and where the
   * text says nothing of the program that was written.
   */
  readonly programDigest: string | null;
  /** `null` where what the revision does depends on more than its text, or it was not run. */
  readonly operationsDigest: string | null;
  /**
   * Over the above and the same of the revisions that it stands on; `null` in lines of a script, which can't know
   * those.
   */
  readonly chainHash: string | null;
}

/** The columns of a seal, in order. A table of an earlier version may lack them. */
export const SEAL_COLUMNS = {
  hash_algorithm: 'varchar(32)',
  file_kind: 'varchar(8)',
  file_digest: 'varchar(64)',
  operations_digest: 'varchar(64)',
  chain_hash: 'varchar(64)',
  program_digest: 'varchar(128)',
} as const;

/** The other columns, in order. Every version has them. */
const OWN_COLUMNS = {
  revision: 'varchar(255)',
  parents: 'text not null',
  direction: 'varchar(16) not null',
  message: 'text not null',
  applied_at: 'not null',
  duration_ms: 'bigint',
  tool_version: 'varchar(64) not null',
  client: 'varchar(255)',
  db_user: 'varchar(255)',
} as const;

/** The names of the columns without which a table is no history. */
export const HISTORY_COLUMNS: readonly string[] = ['id', ...Object.keys(OWN_COLUMNS)];

/** The statements that keep the history table, with names already quoted. */
export interface HistoryTableSql {
  /** The table's columns, one row each: `name`. No rows where the table does not exist. */
  readonly columns: string;
  readonly create: string;
  /** Statements of a script that create the table, or what is missing of it. */
  readonly script: readonly string[];
  /** Adds a column of {@link SEAL_COLUMNS}. */
  addColumn(name: keyof typeof SEAL_COLUMNS): string;
  /** The newest line of each revision, other than one that undoes it. */
  readonly newest: string;
  /** The same, for the given revisions only. */
  newestOf(revisions: readonly string[]): string;
  /** The newest line. */
  readonly last: string;
  /** @param onlyIf A condition without which nothing is written. */
  insert(row: NewHistoryRow, onlyIf?: string): string;
}

/** The differences between engines in the history table. */
export interface HistoryTableNames {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  /** See {@link HistoryTableSql}. */
  readonly columns: string;
  /**
   * Statements of a script that add those columns to an existing history where they are missing, or fail and say how.
   */
  readonly addMissing: (columns: readonly MissingColumn[]) => readonly string[];
  /** The type of the first column, which numbers the lines. */
  readonly counter: string;
  /**
   * The type of a point in time, and the server's clock in UTC as an expression; and, where the engine has one, the
   * milliseconds since the transaction began.
   */
  readonly time: { readonly type: string; readonly now: string; readonly sinceBegin?: string };
  /** The role of the client on the server, as an expression. */
  readonly role: string;
  /** The text after the column list of `create table`. */
  readonly suffix?: string;
  readonly literal: (value: string) => string;
}

/** A column that a table of an earlier version may lack. */
export interface MissingColumn {
  readonly name: string;
  readonly type: string;
}

/** The history table's statements. Lines are added and never changed. */
export function historyTableSql(names: HistoryTableNames): HistoryTableSql {
  const { table, columns, counter, time, role, addMissing, suffix = '', literal } = names;
  const definitions = [
    `id ${counter}`,
    ...Object.entries(OWN_COLUMNS).map(
      ([name, type]) => `${name} ${name === 'applied_at' ? `${time.type} ` : ''}${type}`,
    ),
    ...Object.entries(SEAL_COLUMNS).map(([name, type]) => `${name} ${type}`),
  ];
  // only the columns that exist: a table of an earlier version has fewer
  const newest = (condition: string): string =>
    `select * from ${table} where id in (select max(id) from ${table} where direction <> 'downgrade'${condition} group by revision)`;
  const duration = (durationMs: NewHistoryRow['durationMs']): string => {
    if (durationMs === 'since begin') return time.sinceBegin ?? 'null';
    return durationMs === null ? 'null' : String(Math.round(durationMs));
  };
  const orNull = (value: string | null): string => (value === null ? 'null' : literal(value));
  const create = `create table if not exists ${table} (${definitions.join(', ')})${suffix}`;
  return {
    columns,
    create,
    script: [create, ...addMissing(Object.entries(SEAL_COLUMNS).map(([name, type]) => ({ name, type })))],
    addColumn: (name) => `alter table ${table} add ${name} ${SEAL_COLUMNS[name]}`,
    newest: newest(''),
    newestOf: (revisions) => newest(` and revision in (${revisions.map(literal).join(', ')})`),
    last: `select revision, direction, message, applied_at, duration_ms, client, db_user from ${table} where id = (select max(id) from ${table})`,
    insert: ({ revision, parents, direction, message, durationMs, toolVersion, client, seal }, onlyIf) => {
      const row = {
        revision: orNull(revision),
        parents: literal(JSON.stringify(parents)),
        direction: literal(direction),
        message: literal(message),
        applied_at: time.now,
        duration_ms: duration(durationMs),
        tool_version: literal(toolVersion),
        client: orNull(client),
        db_user: role,
        hash_algorithm: orNull(seal?.algorithm ?? null),
        file_kind: orNull(seal?.fileKind ?? null),
        file_digest: orNull(seal?.fileDigest ?? null),
        operations_digest: orNull(seal?.operationsDigest ?? null),
        chain_hash: orNull(seal?.chainHash ?? null),
        program_digest: orNull(seal?.programDigest ?? null),
      } satisfies Record<keyof typeof OWN_COLUMNS | keyof typeof SEAL_COLUMNS, string>;
      return insertion(table, row, onlyIf);
    },
  };
}
