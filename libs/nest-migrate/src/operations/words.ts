import { type InSchema } from './define.js';

/** The name of an object in a line of the terminal: `'book'`, `'archive.book'`. */
export function objectWords(schema: string | undefined, name: string): string {
  return schema === undefined ? `'${name}'` : `'${schema}.${name}'`;
}

/** The name of a table, or of one of its columns, in a line of the terminal. */
export function tableWords({ schema, table }: InSchema & { readonly table: string }, column?: string): string {
  return objectWords(schema, column === undefined ? table : `${table}.${column}`);
}

/** A key or an index in words: its name and its columns, or the columns alone. */
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
