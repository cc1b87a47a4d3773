import { type RenameColumnOperation } from '../../../operations/operation.js';
import { type SqlSession } from '../../session/sql-session.js';
import { quoteIdentifier, unquoteIdentifier } from '../../sql/quoting.js';
import { mysqlSql } from '../lexical-rules.js';
import { checksReading, renamedIn } from './renamed-beside.js';

/** The statements around a rename, and the checks that they take out of its way. */
export interface KeptChecks {
  readonly before: readonly string[];
  readonly behind: readonly string[];
  /** The checks that are replaced before. */
  readonly names: readonly string[];
}

type Rename = Pick<RenameColumnOperation, 'from' | 'to' | 'table' | 'schema'>;

/**
 * The server renames a column of a foreign key only where it need not copy the table, which a new check makes it do. So
 * each check that reads the column is replaced before, by one that reads nothing and has its text, and comes back behind
 * the rename. The table keeps the text all the while: a run that dies loses no check.
 *
 * @param createTable The text of `show create table`.
 */
export async function keptChecks(
  session: Pick<SqlSession, 'query'>,
  createTable: string,
  renames: readonly Rename[],
): Promise<KeptChecks> {
  const [rename] = renames;
  if (rename === undefined) return { before: [], behind: [], names: [] };
  const table = mysqlSql.quote(rename.schema, rename.table);
  const reading = (await isInForeignKey(session, renames)) ? checksReading(createTable, renames) : [];
  const replaced = (name: string, check: string): string =>
    `alter table ${table} drop check ${quote(name)}, add constraint ${quote(name)} ${check}`;
  const kept = [...reading, ...keepersIn(createTable)];
  return {
    before: reading.map(({ name, text }) => {
      const hex = Buffer.from(text).toString('hex');
      return replaced(name, `check ((${mysqlSql.text(KEEPS + hex)} is not null)) not enforced`);
    }),
    names: reading.map(({ name }) => name),
    behind: kept.map(({ name, text }) => replaced(name, renamedIn(text, renames).trim())),
  };
}

/** What the text of a check begins with that keeps the text of another. */
const KEEPS = 'nest_migrate_keeps_';

/** What a run that died has left behind. */
function keepersIn(createTable: string): readonly { readonly name: string; readonly text: string }[] {
  const keeper = new RegExp(`CONSTRAINT (\`(?:[^\`]|\`\`)+\`) CHECK \\(.*'${KEEPS}([0-9a-f]+)'`, 'g');
  return [...createTable.matchAll(keeper)]
    .map(([, name = '', hex = '']) => ({
      name: unquoteIdentifier(name),
      text: Buffer.from(hex, 'hex').toString(),
    }))
    .filter(({ text }) => isCheck(text));
}

/** Whether a text is a check and nothing behind it. */
function isCheck(text: string): boolean {
  const [head] = /^\s*check\s*(?=\()/i.exec(text) ?? [];
  if (head === undefined) return false;
  const end = mysqlSql.closing(text, head.length);
  return end !== -1 && /^\s*(?:\/\*!\d+ not enforced \*\/)?\s*$/i.test(text.slice(end + 1));
}

async function isInForeignKey(session: Pick<SqlSession, 'query'>, renames: readonly Rename[]): Promise<boolean> {
  const table = mysqlSql.text(renames[0]?.table ?? '');
  const columns = renames.map(({ from }) => mysqlSql.text(from)).join(', ');
  const [row] = await session.query<{ count: number | string }>(
    `select count(*) as count from information_schema.key_column_usage where referenced_table_name is not null
      and ((table_schema = database() and table_name = ${table} and column_name in (${columns}))
        or (referenced_table_schema = database() and referenced_table_name = ${table} and referenced_column_name in (${columns})))`,
  );
  return Number(row?.count) > 0;
}

function quote(name: string): string {
  return quoteIdentifier(name, '`');
}
