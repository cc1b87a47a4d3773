import { type Capabilities } from '../../capabilities.js';
import { placeAfter } from '../../../operations/kinds/table.operations.js';
import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { type SqlSession } from '../../session/sql-session.js';
import { besideRenames, besideReplacements, type RestatedRename, type RestatedTableRename } from './renamed-beside.js';
import { undeclaredParts } from '../kept-parts.js';
import { mysqlSql } from '../lexical-rules.js';
import { restates, type RestatedAddition, type RestatedAlteration } from './alter-column.js';

/**
 * The operations, those that restate a column with what only the table tells of it: that it is invisible, say. So does a
 * column that is dropped and added in one statement. A rename takes along what names the column or the table, where the
 * server does not. The database is asked when the revision runs, since another one than the one that the revision was
 * written for may differ.
 */
export async function restatedColumns(
  session: SqlSession,
  operations: readonly Operation[],
  { expressionsFollowRenames, replacesTriggers }: Pick<Capabilities, 'expressionsFollowRenames' | 'replacesTriggers'>,
): Promise<readonly Operation[]> {
  const shown = new Map<string, string>();
  const restated: Operation[] = [];
  const renames = operations.filter((operation) => operation.kind === 'renameColumn');
  const dropped = operations.flatMap((operation) => (operation.kind === 'dropColumn' ? [operation.column] : []));
  for (const operation of operations) {
    if (operation.kind === 'renameTable') {
      const { from, schema, toSchema } = operation;
      const { name: to } = placeAfter(operation);
      const isHere = schema === undefined && toSchema == null;
      const { carriedAlong } = await import('./carried-along.js');
      const behind = isHere ? await carriedAlong(session, to, [{ kind: 'table', from, to }], replacesTriggers) : [];
      const rename: RestatedTableRename = { ...operation, behind };
      restated.push(rename);
      continue;
    }
    if (operation === renames[0]) {
      restated.push(await restatedRename(session, operation, renames, { expressionsFollowRenames, replacesTriggers }));
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
    const isLast = operation.kind === 'addColumn' && operation === operations.at(-1);
    const beside = isLast ? { beside: besideReplacements(text, dropped) } : {};
    const alteration = { ...operation, undeclared: undeclaredParts(text, column), ...beside };
    restated.push(alteration satisfies RestatedAlteration | RestatedAddition | Operation);
  }
  return restated;
}

/** The first of renames that are one statement, with what they all take along. */
async function restatedRename(
  session: SqlSession,
  rename: OperationOf<'renameColumn'>,
  renames: readonly OperationOf<'renameColumn'>[],
  { expressionsFollowRenames, replacesTriggers }: Pick<Capabilities, 'expressionsFollowRenames' | 'replacesTriggers'>,
): Promise<RestatedRename> {
  const { schema, table } = rename;
  const { carriedAlong } = await import('./carried-along.js');
  const renamings = renames.map(({ from, to }) => ({ kind: 'column', table, from, to }) as const);
  const carried = schema === undefined ? await carriedAlong(session, table, renamings, replacesTriggers) : [];
  if (expressionsFollowRenames) return { ...rename, behind: carried };
  const text = await createTable(session, mysqlSql.quote(schema, table));
  const { keptChecks } = await import('./kept-checks.js');
  const { names, before, behind } = await keptChecks(session, text, renames);
  return {
    ...rename,
    beside: besideRenames(text, renames, { except: names }),
    before,
    behind: [...behind, ...carried],
  };
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
