import { type TableImpact } from '../../impact/impact.js';
import { type SqlSession } from '../../session/sql-session.js';
import { valueOf, type Word, wordsOf } from '../../sql/sql-words.js';
import { mysqlLexicalRules } from '../lexical-rules.js';

/** What the server's plan says of one table of a statement on rows. */
export interface PlannedTable {
  readonly table: string;
  readonly isScanned: boolean;
  readonly rows: TableImpact['rows'];
  readonly isChanged: boolean;
}

/** Statements that change rows also lock those that they read, for others that would change them. */
const CHANGES = new Set(['insert', 'replace', 'update', 'delete']);

function changesRows(words: readonly Word[]): boolean {
  const [first] = words;
  if (first?.code !== 'with') return CHANGES.has(first?.code ?? '');
  return words.some(({ code }, at) => CHANGES.has(code ?? '') && words[at - 1]?.code !== 'for');
}

/**
 * Asks the server how it would run a statement on rows; `undefined` where it has no plan.
 *
 * @param tables The tables that there are.
 * @param isWritten Whether rows that it reads are written elsewhere.
 */
export async function plannedTables(
  session: SqlSession,
  sql: string,
  { tables, isWritten = false }: { readonly tables: ReadonlySet<string>; readonly isWritten?: boolean },
): Promise<readonly PlannedTable[] | undefined> {
  const plan = await session
    .query<{
      table: string | null;
      type: string | null;
      possible_keys: string | null;
      select_type: string;
      Extra: string | null;
    }>(`explain format = traditional ${sql}`)
    .catch(() => undefined);
  if (plan === undefined) return undefined;
  const words = [...wordsOf(sql, mysqlLexicalRules)];
  const codes = new Set(words.map(({ code }) => code));
  const changes = isWritten || changesRows(words);
  const locks = changes || (codes.has('for') && (codes.has('update') || codes.has('share'))) || codes.has('lock');
  // the server names a table by its alias
  const tableOf = (alias: string): string | undefined => {
    if (tables.has(alias)) return alias;
    const at = words.findIndex(
      (word, index) => valueOf(word) === alias && index > 0 && tables.has(valueOf(words[behindAs(index)] ?? word)),
    );
    return at < 0 ? undefined : valueOf(words[behindAs(at)]);
  };
  const behindAs = (index: number): number => (words[index - 1]?.code === 'as' ? index - 2 : index - 1);
  const found = new Map<string, PlannedTable>();
  const isInsert = words[0]?.code === 'insert' || words[0]?.code === 'replace';
  const target = isInsert ? words.map(valueOf).find((name) => tables.has(name)) : undefined;
  if (target !== undefined) found.set(target, { table: target, isScanned: false, rows: null, isChanged: true });
  for (const { table: alias, type, possible_keys: keys, select_type: kind } of plan) {
    const table = alias === null ? undefined : tableOf(alias);
    if (table === undefined) continue;
    const isNew = /^(?:INSERT|REPLACE)$/i.test(kind);
    const isScanned = !isNew && (type === 'ALL' || type === 'index');
    const rows = isNew || !locks ? null : isScanned && keys === null && !codes.has('limit') ? 'all' : 'some';
    // MariaDB does not say which table is changed
    const isChanged = isNew || /^(?:UPDATE|DELETE)$/i.test(kind) || (changes && !isWritten && !isInsert);
    const earlier = found.get(table);
    found.set(table, {
      table,
      isScanned: isScanned || earlier?.isScanned === true,
      rows: rows === 'all' || earlier?.rows === 'all' ? 'all' : (rows ?? earlier?.rows ?? null),
      isChanged: isChanged || earlier?.isChanged === true,
    });
  }
  // a plan that finds no row, or deletes all of them at once, names no table
  const isWhole = plan.some(({ Extra: extra }) => /deleting all rows/i.test(extra ?? ''));
  for (const word of words) {
    const name = valueOf(word);
    if (tables.has(name) && !found.has(name)) {
      found.set(name, {
        table: name,
        isScanned: isWhole,
        rows: isWhole ? 'all' : locks ? 'some' : null,
        isChanged: changes,
      });
    }
  }
  return [...found.values()];
}
