import { createHash } from 'node:crypto';
import { type JournalKey, type JournalRow, type JournalTableSql } from '../dialects/journal-table.js';
import { InterruptedRevisionError } from '../errors/interrupted.errors.js';
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
}

/**
 * The table that says which statements of an unfinished revision are done, where they cannot be undone by a rollback: on
 * engines whose DDL commits, and around blocks outside of any transaction. It is made when it is first needed, and empty
 * whenever no revision is under way.
 */
export class Journal {
  #isThere = false;

  constructor(
    readonly name: string,
    private readonly sql: JournalTableSql,
  ) {}

  /** The revision that was interrupted, if one was. Never writes. */
  async interrupted(session: PinnedSession): Promise<InterruptedRevision | undefined> {
    if (!(await this.#exists(session))) return undefined;
    const rows = (await session.query<Record<string, unknown>>(this.sql.select)).map(rowOf);
    const [first] = rows;
    return first === undefined ? undefined : { revision: first.revision, direction: first.direction, rows };
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

/** What is said to whoever asks for something else meanwhile. */
export function interruption({ revision, direction, rows }: InterruptedRevision): InterruptedRevisionError {
  return new InterruptedRevisionError(revision, direction, rows.filter(({ state }) => state === 'done').length);
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
