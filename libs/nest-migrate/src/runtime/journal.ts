import { createHash } from 'node:crypto';
import { type JournalKey, type JournalRow, type JournalTableSql } from '../engines/tables/journal-table.js';
import { type Operation } from '../operations/operation.js';
import { type PinnedSession } from './pinned-session.js';
import { ownTableName } from './own-tables.js';

/** The longest text of an operation that is kept as it is; of a longer one there is a digest. */
const LONGEST_OPERATION = 4_000;

/** The journal beside a version table: `nest_migrate_journal` beside `nest_migrate_version`. */
export function journalTableName(versionTable: string): string {
  return ownTableName(versionTable, 'journal');
}

/** The statements of a revision that was begun and not finished. */
export interface InterruptedRevision {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  readonly rows: readonly JournalRow[];
  /** False where some of them are nothing that this tool has noted. */
  readonly isReadable: boolean;
}

/**
 * The table that says which statements of an unfinished revision are done, where they cannot be undone by a rollback: on
 * engines whose DDL commits, and around blocks outside of any transaction. It is made when it is first needed, and empty
 * whenever no revision is under way. What it holds is compared and shown, and never run.
 */
export class Journal {
  #isThere = false;

  constructor(
    readonly name: string,
    private readonly sql: JournalTableSql,
  ) {}

  /** The revisions that were begun and not finished: one, unless others write here. Never writes. */
  async interrupted(session: PinnedSession): Promise<readonly InterruptedRevision[]> {
    if (!(await this.#exists(session))) return [];
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

  /** Makes sure that the table is there. Not inside a transaction, where the engine's DDL would commit it. */
  async ensure(session: PinnedSession): Promise<void> {
    if (await this.#exists(session)) return;
    await session.execute(this.sql.create);
  }

  async add(session: PinnedSession, row: JournalRow): Promise<void> {
    await session.execute(this.sql.insert(row));
  }

  async mark(session: PinnedSession, key: JournalKey, state: JournalRow['state']): Promise<void> {
    await session.execute(this.sql.mark(key, state));
  }

  async remove(session: PinnedSession, key: JournalKey): Promise<void> {
    await session.execute(this.sql.delete(key));
  }

  /** Forgets a revision, in both directions. */
  async forget(session: PinnedSession, revision: string): Promise<void> {
    if (await this.#exists(session)) await session.execute(this.sql.forget(revision));
  }

  /** Forgets all of it. */
  async clear(session: PinnedSession): Promise<void> {
    if (await this.#exists(session)) await session.execute(this.sql.clear);
  }

  async #exists(session: PinnedSession): Promise<boolean> {
    if (this.#isThere) return true;
    const [row] = await session.query<{ present: unknown }>(this.sql.exists);
    const isThere = row?.present === true || Number(row?.present) === 1;
    // what an open transaction has made may yet be rolled back
    if (isThere && !session.inTransaction) this.#isThere = true;
    return isThere;
  }
}

/** How many statements of a revision are done. */
export function statementsDone({ rows }: Pick<InterruptedRevision, 'rows'>): number {
  return rows.filter(({ state }) => state === 'done').length;
}

/** Operations as text that is the same whenever they are: what their statements are today is not part of it. */
export function operationsText(operations: readonly Operation[]): string {
  return operations.map(operationText).join('\n');
}

function operationText(operation: Operation): string {
  const { kind, ...rest } = operation;
  const text = JSON.stringify({ kind, ...sorted(rest) });
  if (text.length <= LONGEST_OPERATION) return text;
  return JSON.stringify({ kind, sha256: createHash('sha256').update(text).digest('hex') });
}

function sorted(value: object): object {
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'warning')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, inOrder(item)]));
}

/** Lists keep their order, which has a meaning; records get that of their names, which has none. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  return typeof value === 'object' && value !== null ? sorted(value) : value;
}

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
    state: row['state'] === 'done' || row['state'] === 'failed' ? row['state'] : 'running',
    heldBefore: Number(row['held_before']) === 1,
    repeatable: Number(row['repeatable']) === 1,
  };
}
