import { type EnumValueRename } from './kinds/enum.operations.js';

/** The items of an enum type after the renames, in their order. */
export function renamedItems(items: readonly string[], renames: readonly EnumValueRename[]): readonly string[] {
  return items.map((item) => renamed(item, renames));
}

/** The default of a column of that type after the renames, as SQL. Only the value that it begins with can change. */
export function renamedDefault(sql: string, renames: readonly EnumValueRename[]): string {
  const [literal, mark = '', quoted = ''] = /^(E?)'((?:[^']|'')*)'/i.exec(sql) ?? [];
  if (literal === undefined) return sql;
  const plain = quoted.replaceAll("''", "'");
  const value = mark === '' ? plain : plain.replaceAll('\\\\', '\\');
  const name = renamed(value, renames);
  if (name === value) return sql;
  const doubled = name.replaceAll("'", "''");
  const again = name.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
  return again + sql.slice(literal.length);
}

function renamed(item: string, renames: readonly EnumValueRename[]): string {
  return renames.reduce((current, { from, to }) => (current === from ? to : current), item);
}

/** Whether `after` has all values of `before` in the same order, so that values only have to be added. */
export function onlyAddsValues(before: readonly string[], after: readonly string[]): boolean {
  const kept = after.filter((item) => before.includes(item));
  return kept.length === before.length && kept.every((item, index) => item === before[index]);
}
