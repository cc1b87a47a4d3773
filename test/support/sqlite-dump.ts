/**
 * The schema of a SQLite database as text that two moments can be compared by: what `.schema` prints, without what
 * depends on who wrote it. Names are quoted alike, keys and checks of a table are sorted, as their order means nothing;
 * columns as well where the caller cannot put one in its place.
 */
import { type AbstractSqlConnection } from '@mikro-orm/sql';

export async function sqliteDump(
  connection: AbstractSqlConnection,
  order: 'columns' | 'none' = 'columns',
): Promise<readonly string[]> {
  const rows = await connection.execute<{ type: string; sql: string }[]>(
    `select type, sql from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\' order by type, name`,
  );
  return rows.map(({ type, sql }) => (type === 'table' ? table(pieces(sql), order) : pieces(sql).join(' ')));
}

/** Names and strings whole, everything else blank by blank, in lower case. */
function pieces(sql: string): readonly string[] {
  const found = sql.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w.]+|[^\s\w]/g) ?? [];
  return found.map((piece) => {
    const mark = piece[0] ?? '';
    if (mark === '`' || mark === '"')
      return `"${piece
        .slice(1, -1)
        .replaceAll(mark + mark, mark)
        .replaceAll('"', '""')}"`;
    return mark === "'" ? piece : piece.toLowerCase();
  });
}

function table(sql: readonly string[], order: 'columns' | 'none'): string {
  const open = sql.indexOf('(');
  const items: string[][] = [[]];
  let depth = 0;
  let end = open;
  for (const [index, piece] of sql.entries()) {
    if (index <= open) continue;
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (depth < 0) {
      end = index;
      break;
    }
    if (piece === ',' && depth === 0) items.push([]);
    else items.at(-1)?.push(piece);
  }
  const isKey = ([first = '']: readonly string[]): boolean =>
    ['constraint', 'primary', 'unique', 'check', 'foreign'].includes(first);
  const joined = (chosen: readonly (readonly string[])[]): readonly string[] => chosen.map((item) => item.join(' '));
  const columns = joined(items.filter((item) => !isKey(item)));
  const lines = [...(order === 'columns' ? columns : columns.toSorted()), ...joined(items.filter(isKey)).toSorted()];
  const name = sql
    .slice(0, open)
    .map((piece) => (/^\w/.test(piece) && !['create', 'table'].includes(piece) ? `"${piece}"` : piece));
  return [name.join(' '), ...lines, sql.slice(end + 1).join(' ')].join('\n');
}
