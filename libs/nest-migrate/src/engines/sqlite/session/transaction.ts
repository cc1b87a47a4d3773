import { ForeignKeyViolationError, type ForeignKeyViolation } from '../../../errors/database.errors.js';
import { type LockingTransaction, type TransactionMark } from '../../session/transaction.js';
import { type SqlSession } from '../../session/sql-session.js';
import { quoteQualified } from '../../sql/quoting.js';
import { text } from '../ddl/live-table.js';

/** The state of a session before its transaction began. */
interface Before {
  readonly foreignKeys: boolean;
  readonly busyTimeout: number;
  readonly violations: readonly ForeignKeyViolation[];
}

const settings = new WeakMap<SqlSession, Before>();

/**
 * A revision's transaction on SQLite. Foreign keys are not enforced inside it, else rebuilding a table would delete the
 * rows that refer to it. The pragma is ignored inside a transaction, so it is set before. What the revision leaves
 * behind is checked at its end.
 */
export const sqliteTransaction: LockingTransaction = {
  // the runtime waits, and handles signals meanwhile
  async prepare(session) {
    const foreignKeys = await number(session, 'pragma foreign_keys');
    const busyTimeout = await number(session, 'pragma busy_timeout');
    // an earlier transaction that was never ended has stored the session's original state already
    if (!settings.has(session)) settings.set(session, { foreignKeys: foreignKeys === 1, busyTimeout, violations: [] });
    await session.execute('pragma foreign_keys = off');
    await session.query('pragma busy_timeout = 0');
  },
  begin: 'begin immediate',
  isBusy: (error) => /\b(?:SQLITE_BUSY|database is locked|database table is locked)\b/.test(reason(error)),
  async begun(session) {
    // the engine switches it off whenever a transaction ends, so it serves as a mark of this one
    await session.execute('pragma defer_foreign_keys = on');
    // a reader may delay the commit for a moment
    await session.query(`pragma busy_timeout = ${COMMIT_PATIENCE_MS}`);
    const before = settings.get(session);
    if (before !== undefined) settings.set(session, { ...before, violations: await violations(session) });
  },
  async beforeCommit(session) {
    const before = settings.get(session)?.violations ?? [];
    const found = unheard(before, await violations(session), await tables(session));
    if (found.length > 0) throw new ForeignKeyViolationError(found);
  },
  async ended(session) {
    const before = settings.get(session);
    settings.delete(session);
    // first, since without it the application could write rows that refer to nothing
    if (before?.foreignKeys === true) await session.execute('pragma foreign_keys = on');
    await session.execute('pragma legacy_alter_table = off');
    if (before !== undefined) await session.query(`pragma busy_timeout = ${before.busyTimeout}`);
  },
};

const MARK = 'select defer_foreign_keys from pragma_defer_foreign_keys where defer_foreign_keys = 1';

export const sqliteTransactionMark: TransactionMark = { begun: MARK, now: MARK };

const COMMIT_PATIENCE_MS = 5_000;

/** The violations that are new. Those of a table that was dropped or renamed may have moved to another table. */
function unheard(
  before: readonly ForeignKeyViolation[],
  after: readonly ForeignKeyViolation[],
  present: ReadonlySet<string>,
): readonly ForeignKeyViolation[] {
  const known = new Map<string, number>();
  for (const violation of before) known.set(keyOf(violation), (known.get(keyOf(violation)) ?? 0) + 1);
  let moved = before.filter(({ table }) => !present.has(table)).length;
  return after.filter((violation) => {
    const left = known.get(keyOf(violation)) ?? 0;
    known.set(keyOf(violation), left - 1);
    if (left > 0) return false;
    moved -= 1;
    return moved < 0;
  });
}

function keyOf({ table, rowid }: ForeignKeyViolation): string {
  return JSON.stringify([table, rowid]);
}

/** The violations in the main file and in attached files. The names of their tables include the file's name. */
async function violations(session: SqlSession): Promise<readonly ForeignKeyViolation[]> {
  const found: ForeignKeyViolation[] = [];
  for (const { prefix, quoted } of await files(session)) {
    const rows = await session.query<ForeignKeyViolation>(`pragma ${quoted}.foreign_key_check`);
    found.push(...rows.map((row) => ({ ...row, table: `${prefix}${row.table}` })));
  }
  return found;
}

async function tables(session: SqlSession): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { prefix, quoted } of await files(session)) {
    const sql = `select name from ${quoted}.sqlite_master where type = ${text('table')}`;
    for (const { name } of await session.query<{ name: string }>(sql)) names.add(`${prefix}${name}`);
  }
  return names;
}

async function files(session: SqlSession): Promise<readonly { readonly prefix: string; readonly quoted: string }[]> {
  const rows = await session.query<{ name: string }>('pragma database_list');
  return rows
    .filter(({ name }) => name !== 'temp')
    .map(({ name }) => ({ prefix: name === 'main' ? '' : `${name}.`, quoted: quoteQualified([name], '`') }));
}

async function number(session: SqlSession, pragma: string): Promise<number> {
  const [row] = await session.query<Record<string, unknown>>(pragma);
  return Number(Object.values(row ?? {})[0] ?? 0);
}

/** The code and the message of an error and of its causes. */
function reason(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  const said = [code, message].filter((part) => typeof part === 'string');
  return [...said, reason(cause)].join(' ');
}
