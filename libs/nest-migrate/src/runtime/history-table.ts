import { type SqlSession } from '../dialects/dialect.js';
import { type HistoryRow, type HistoryTableSql } from '../dialects/history-table.js';
import { firstLine, withoutControls } from './describe-step.js';
import { ownTableName } from './own-tables.js';
import { version } from './version.js';

/** What a step leaves in the history: one line for each revision that it applied, undid or marked as applied. */
export type HistoryEntry = Pick<HistoryRow, 'revision' | 'parents'>;

/** A step as the history needs it. */
export interface RecordedStep extends Pick<HistoryRow, 'direction' | 'message'> {
  readonly entries: readonly HistoryEntry[];
}

/** The history table beside a version table: `nest_migrate_history` beside `nest_migrate_version`. */
export function historyTableName(versionTable: string): string {
  return ownTableName(versionTable, 'history');
}

/**
 * The table that tells what was done to a database: when, by whom, how long it took, and on what each revision stands. The
 * version table alone says where the database is; nothing here is needed to go on from there.
 */
export class HistoryTable {
  constructor(
    readonly name: string,
    private readonly sql: HistoryTableSql,
    /** The process that runs the steps, for people. */
    private readonly client: string,
  ) {}

  /** Whether the table is there. */
  async exists(session: SqlSession): Promise<boolean> {
    const [row] = await session.query<{ present: unknown }>(this.sql.exists);
    return row?.present === true || Number(row?.present) === 1;
  }

  /** Makes sure that the table is there. To be called while holding the migration lock. Answers whether it was not. */
  async ensure(session: SqlSession): Promise<boolean> {
    const isMissing = !(await this.exists(session));
    if (isMissing) await session.execute(this.sql.create);
    return isMissing;
  }

  /** Adds the lines of a step that took `durationMs` milliseconds. To be called in the transaction that moves the rows. */
  async record(session: SqlSession, step: RecordedStep, durationMs: number): Promise<void> {
    for (const row of rowsOf(step, { durationMs, client: this.client })) await session.execute(this.sql.insert(row));
  }

  /** The statement that creates the table where it is not there. */
  get creation(): string {
    return this.sql.create;
  }

  /** The statements that add the lines of a step, for a script that somebody else runs. */
  statements(step: RecordedStep): readonly string[] {
    return rowsOf(step, { durationMs: null, client: null }).map((row) => this.sql.insert(row));
  }

  /** The newest line; nothing where there is none. Never writes. */
  async last(session: SqlSession): Promise<LastStep | null> {
    if (!(await this.exists(session))) return null;
    const [row] = await session.query<Record<string, unknown>>(this.sql.last);
    if (row === undefined) return null;
    const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
    const duration = row['duration_ms'];
    return {
      revision: text(row['revision']),
      direction: String(row['direction']) as LastStep['direction'],
      message: String(row['message']),
      appliedAt: momentOf(row['applied_at']),
      durationMs: duration === null || duration === undefined ? null : Number(duration),
      client: text(row['client']),
      databaseUser: text(row['db_user']),
    };
  }

  /**
   * What each revision stood on when it was applied last; of a database that another version of the application has
   * migrated, what this one has no scripts for. Nothing where the table is not there. Never writes.
   */
  async parents(session: SqlSession): Promise<ReadonlyMap<string, readonly string[]>> {
    if (!(await this.exists(session))) return new Map();
    const rows = await session.query<{ revision: string | null; parents: string }>(this.sql.parents);
    return new Map(rows.map(({ revision, parents }) => [revision ?? '', JSON.parse(parents) as string[]]));
  }
}

/** What was done to a database last, as its history has it. */
export interface LastStep {
  /** `null`: a stamp to base. */
  readonly revision: string | null;
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  readonly message: string;
  /** ISO 8601, in UTC, by the server's clock. */
  readonly appliedAt: string;
  /** `null` where nobody measured it, as in a script. */
  readonly durationMs: number | null;
  /** The process that did it: user, host and process. `null` for a script. */
  readonly client: string | null;
  /** The role that the server knew it by. */
  readonly databaseUser: string | null;
}

/** A driver gives a date, or a text that is in UTC whether it says so or not. */
function momentOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  const text = String(value)
    .replace(' ', 'T')
    .replace(/([+-]\d\d)$/, '$1:00');
  const date = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
}

function rowsOf(
  { entries, direction, message }: RecordedStep,
  by: Pick<HistoryRow, 'durationMs' | 'client'>,
): readonly HistoryRow[] {
  const line = withoutControls(firstLine(message));
  return entries.map((entry) => ({ ...entry, direction, message: line, toolVersion: version, ...by }));
}
