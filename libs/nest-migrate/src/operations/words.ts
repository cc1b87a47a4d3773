import { type InSchema } from './define.js';

/** The name of an object as a line of the terminal has it: `'book'`, `'archive.book'`. */
export function objectWords(schema: string | undefined, name: string): string {
  return schema === undefined ? `'${name}'` : `'${schema}.${name}'`;
}

/** The name of a table, or of one of its columns. */
export function tableWords({ schema, table }: InSchema & { readonly table: string }, column?: string): string {
  return objectWords(schema, column === undefined ? table : `${table}.${column}`);
}

/** What stands on columns: its name and the columns, or the columns alone. */
export function keyWords({
  name,
  columns,
}: {
  readonly name?: string;
  readonly columns: readonly (string | { readonly name: string })[];
}): string {
  const list = columns.map((column) => (typeof column === 'string' ? column : column.name)).join(', ');
  return name === undefined ? `(${list})` : `'${name}'${list === '' ? '' : ` (${list})`}`;
}
