import {
  JOURNAL_COLUMNS,
  type JournalKey,
  type JournalRow,
  type JournalTableSql,
} from '../engines/tables/journal-table.js';
import { type Inquiry } from './inquiry.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { checkColumns } from './own-columns.js';
import { type Journal, type ReadingSession, type Session } from './ports.js';

/**
 * The table that says which statements of an unfinished revision are done, where a rollback cannot undo them: on
 * engines whose DDL commits, and around blocks outside of any transaction. It is created when it is first needed, and
 * empty whenever no revision is being run. Its content is compared and shown, and never executed.
 */
export class SqlJournal implements Journal {
  #isThere = false;

  constructor(
    readonly name: string,
    private readonly sql: JournalTableSql,
  ) {}

  /**
   * The revisions that were begun and not finished: at most one, unless another program writes to the table. Never
   * writes.
   */
  async interrupted(session: ReadingSession): Promise<readonly InterruptedRevision[]> {
    if (!(await this.exists(session))) return [];
    const found = new Map<string, InterruptedRevision & { rows: JournalRow[] }>();
    for (const record of await session.query<Record<string, unknown>>(this.sql.select)) {
      const row = rowOf(record);
      const { revision, direction } = row;
      const isReadable = isOurs(record);
      const key = JSON.stringify([revision, direction, isReadable]);
      const notes = found.get(key) ?? { revision, direction, rows: [], isReadable };
      notes.rows.push(row);
      found.set(key, notes);
    }
    return [...found.values()];
  }

  /** Creates the table where it is missing. Not inside a transaction, which the engine's DDL would commit. */
  async ensure(session: Session): Promise<void> {
    if (await this.exists(session)) return;
    await session.execute(this.sql.create);
  }

  async add(session: Session, row: JournalRow): Promise<void> {
    await session.execute(this.sql.insert(row));
  }

  async mark(session: Session, key: JournalKey, state: JournalRow['state']): Promise<void> {
    await session.execute(this.sql.mark(key, state));
  }

  async advance(
    session: Session,
    key: JournalKey,
    from: string,
    to: Pick<JournalRow, 'sql' | 'state'>,
  ): Promise<boolean> {
    return (await session.execute(this.sql.advance(key, from, to))) === 1;
  }

  async remove(session: Session, key: JournalKey): Promise<void> {
    await session.execute(this.sql.delete(key));
  }

  /** Deletes the notes of a revision, in both directions. */
  async forget(session: Session, revision: string): Promise<void> {
    if (await this.exists(session)) await session.execute(this.sql.forget(revision));
  }

  /** Deletes all notes. */
  async clear(session: Session): Promise<void> {
    if (await this.exists(session)) await session.execute(this.sql.clear);
  }

  /** What {@link interrupted} asks: first whether there is a table, and then its rows. */
  get inquiry(): Inquiry {
    return { first: this.sql.columns, then: this.sql.select };
  }

  /** Whether the table exists. */
  async exists(session: ReadingSession): Promise<boolean> {
    if (this.#isThere) return true;
    const rows = await session.query<{ name: string }>(this.sql.columns);
    const columns = new Set(rows.map(({ name }) => name));
    checkColumns(this.name, 'journal', { columns, needed: JOURNAL_COLUMNS });
    const isThere = columns.size > 0;
    // a table that an open transaction has created may yet be rolled back
    if (isThere && !session.inTransaction) this.#isThere = true;
    return isThere;
  }
}

const STATES: readonly JournalRow['state'][] = ['done', 'failed', 'partial'];

/** Whether a row can be one that this tool has written. */
function isOurs({ revision, direction, ordinal, part }: Record<string, unknown>): boolean {
  const isCount = (value: unknown): boolean => Number.isSafeInteger(Number(value)) && Number(value) >= 0;
  const isDirection = direction === 'upgrade' || direction === 'downgrade';
  return typeof revision === 'string' && revision !== '' && isDirection && isCount(ordinal) && isCount(part);
}

function rowOf(row: Record<string, unknown>): JournalRow {
  return {
    revision: String(row['revision']),
    direction: row['direction'] === 'downgrade' ? 'downgrade' : 'upgrade',
    ordinal: Number(row['ordinal']),
    part: Number(row['part']),
    operation: String(row['operation']),
    sql: String(row['statement']),
    state: STATES.find((state) => state === row['state']) ?? 'running',
    heldBefore: Number(row['held_before']) === 1,
    repeatable: Number(row['repeatable']) === 1,
  };
}
