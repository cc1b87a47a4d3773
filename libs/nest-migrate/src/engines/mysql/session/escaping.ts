import { type Operation } from '../../../operations/operation.js';
import { decodeValue } from '../../../operations/value.js';
import { type Statement } from '../../ddl/statement.js';
import { type SqlSession } from '../../session/sql-session.js';
import { isOfRows } from '../../sql/quoting.js';
import { mysqlSql } from '../lexical-rules.js';

/** The mode of a session in which a backslash in a string is a backslash, and no escape. */
const OFF = 'NO_BACKSLASH_ESCAPES';

/** Characters that are written with a backslash where the server accepts only a plain string. */
const ESCAPED = /[\\\0\x1a]/;

/** Characters that the server escapes where it writes an expression down. */
const STORED = /[\\\0\r\n\x1a'"]/;

/** The parts of an operation that are written as plain strings. */
const PLAIN: readonly string[] = ['comment', 'default', 'items'];

/** Whether the statements of an operation contain texts of this tool that depend on the mode. */
export function writesEscapes(operation: Operation): boolean {
  if (operation.kind !== 'execute') return hasPlain(operation);
  return !isOfRows(operation.sql) && operation.params.some((param) => isEscaped(decodeValue(param)));
}

function hasPlain(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  return Object.entries(part).some(
    ([key, value]: [string, unknown]) =>
      (PLAIN.includes(key) && [value].flat().some(isEscaped)) ||
      (key === 'default' && typeof value === 'string' && STORED.test(value)) ||
      hasPlain(value),
  );
}

function isEscaped(value: unknown): boolean {
  return typeof value === 'string' && ESCAPED.test(value);
}

/** Sends a statement while a backslash escapes in the strings of the session, and restores the mode by value. */
export async function escaping<T>(
  session: SqlSession,
  { sql, portable = sql }: Statement,
  send: (sql: string) => Promise<T>,
): Promise<T> {
  const [row] = await session.query<{ mode: string }>('select @@session.sql_mode as mode');
  const modes = (row?.mode ?? '').split(',');
  if (!modes.includes(OFF)) return send(sql);
  const set = async (to: readonly string[]): Promise<void> => {
    await session.execute(`set session sql_mode = ${mysqlSql.text(to.join(','))}`);
  };
  await set(modes.filter((mode) => mode !== OFF));
  try {
    return await send(portable);
  } finally {
    // where this fails the connection is lost, and the first error says more
    await set(modes).catch(() => undefined);
  }
}

/** The same for a script. */
export const scriptEscaping = {
  before: [
    'set @nest_migrate_sql_mode = @@session.sql_mode;',
    `set session sql_mode = replace(@@session.sql_mode, ${mysqlSql.text(OFF)}, '');`,
  ],
  after: ['set session sql_mode = @nest_migrate_sql_mode;'],
} as const;
