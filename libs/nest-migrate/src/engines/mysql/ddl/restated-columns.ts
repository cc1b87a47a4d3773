import { type Operation } from '../../../operations/operation.js';
import { type SqlSession } from '../../session/sql-session.js';
import { undeclaredParts } from '../kept-parts.js';
import { mysqlSql } from '../lexical-rules.js';
import { restates, type RestatedAlteration } from './alter-column.js';

/**
 * The operations, those that restate a column with what only the table tells of it: that it is invisible, say. The table
 * is asked when the revision runs, since another database than the one that the revision was written for may differ.
 */
export async function restatedColumns(
  session: SqlSession,
  operations: readonly Operation[],
): Promise<readonly Operation[]> {
  const shown = new Map<string, string>();
  const restated: Operation[] = [];
  for (const operation of operations) {
    if (operation.kind !== 'alterColumn' || !restates(operation)) {
      restated.push(operation);
      continue;
    }
    const { schema, table, column } = operation;
    const name = mysqlSql.quote(schema, table);
    const text = shown.get(name) ?? (await createTable(session, name));
    shown.set(name, text);
    const alteration: RestatedAlteration = { ...operation, undeclared: undeclaredParts(text, column) };
    restated.push(alteration);
  }
  return restated;
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
