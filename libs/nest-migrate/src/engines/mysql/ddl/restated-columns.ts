import { type Capabilities } from '../../capabilities.js';
import { type Operation } from '../../../operations/operation.js';
import { type SqlSession } from '../../session/sql-session.js';
import { besideRenames, type RestatedRename } from './renamed-beside.js';
import { undeclaredParts } from '../kept-parts.js';
import { mysqlSql } from '../lexical-rules.js';
import { restates, type RestatedAddition, type RestatedAlteration } from './alter-column.js';

/**
 * The operations, those that restate a column with what only the table tells of it: that it is invisible, say. So does a
 * column that is dropped and added in one statement. A rename takes along what reads the column, where the server does not. The table is asked when the revision runs, since another database
 * than the one that the revision was written for may differ.
 */
export async function restatedColumns(
  session: SqlSession,
  operations: readonly Operation[],
  { expressionsFollowRenames }: Pick<Capabilities, 'expressionsFollowRenames'>,
): Promise<readonly Operation[]> {
  const shown = new Map<string, string>();
  const restated: Operation[] = [];
  const renames = operations.filter((operation) => operation.kind === 'renameColumn');
  for (const operation of operations) {
    if (operation === renames[0] && !expressionsFollowRenames) {
      const text = await createTable(session, mysqlSql.quote(operation.schema, operation.table));
      const rename: RestatedRename = { ...operation, beside: besideRenames(text, renames) };
      restated.push(rename);
      continue;
    }
    const column = restatedColumn(operation, operations);
    if (column === undefined || !('table' in operation)) {
      restated.push(operation);
      continue;
    }
    const { schema, table } = operation;
    const name = mysqlSql.quote(schema, table);
    const text = shown.get(name) ?? (await createTable(session, name));
    shown.set(name, text);
    const alteration = { ...operation, undeclared: undeclaredParts(text, column) };
    restated.push(alteration satisfies RestatedAlteration | RestatedAddition | Operation);
  }
  return restated;
}

function restatedColumn(operation: Operation, operations: readonly Operation[]): string | undefined {
  if (operation.kind === 'alterColumn') return restates(operation) ? operation.column : undefined;
  if (operation.kind !== 'addColumn') return undefined;
  const { name } = operation.column;
  return operations.some((other) => other.kind === 'dropColumn' && other.column === name) ? name : undefined;
}

/** The text of `show create table`; empty where the server refuses, which it will say again when the statement runs. */
async function createTable(session: SqlSession, table: string): Promise<string> {
  try {
    const [row] = await session.query<{ 'Create Table': string }>(`show create table ${table}`);
    return row?.['Create Table'] ?? '';
  } catch {
    return '';
  }
}
