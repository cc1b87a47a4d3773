import { type TableName } from './run-names.js';

/** The table whose name an SQL text, as {@link shapeOf} has it, begins with. */
export function nameIn(shape: string): TableName | undefined {
  const name = '("(?:[^"]|"")+"|`(?:[^`]|``)+`|[\\p{L}_][\\p{L}\\p{N}_$]*)';
  const [, first, second] = new RegExp(`^${name}(?:\\.${name})?`, 'u').exec(shape) ?? [];
  if (first === undefined) return undefined;
  return second === undefined ? { table: unquoted(first) } : { schema: unquoted(first), table: unquoted(second) };
}

function unquoted(name: string): string {
  const [mark = ''] = name;
  return mark === '"' || mark === '`' ? name.slice(1, -1).replaceAll(mark + mark, mark) : name;
}
