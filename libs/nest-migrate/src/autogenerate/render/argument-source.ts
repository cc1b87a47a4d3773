import { type Argument, type ArgumentRecord, ColumnArgument, Listing, SqlText } from '../../operations/call.js';
import { type InSchema, type NamedColumnDefinition } from '../../operations/operation.js';
import { encodeValue } from '../../operations/value.js';
import { printEntries } from './print-statement.js';
import { Block, Code, Lines, sourceOf, type SourceRecord, type SourceValue } from './source-value.js';

/** An argument of a verb as TypeScript source. */
export function argumentSource(argument: Argument): SourceValue {
  if (argument instanceof SqlText) return sqlSource(argument.text);
  if (argument instanceof Listing) return new Block(recordSource(argument.record));
  if (argument instanceof ColumnArgument) return columnSource(argument);
  if (isList(argument)) return argument.map(argumentSource);
  const isValue = typeof argument !== 'object' || argument === null;
  if (isValue || argument instanceof Date || argument instanceof Uint8Array) return sourceOf(encodeValue(argument));
  return recordSource(argument);
}

function recordSource(record: ArgumentRecord): SourceRecord {
  const entries = Object.entries(record).map(([key, value]) => [
    key,
    value === undefined ? undefined : argumentSource(value),
  ]);
  return Object.fromEntries(entries) as SourceRecord;
}

/** SQL with its author's line breaks. */
function sqlSource(sql: string): SourceValue {
  return sql.includes('\n') ? new Lines(sql.split('\n')) : sql;
}

function isList(argument: Argument): argument is readonly Argument[] {
  return Array.isArray(argument);
}

/** Returns a hook's text for the options of a column; `undefined` leaves them to the tool. */
export type ColumnWriter = (table: QualifiedTable, column: NamedColumnDefinition) => string | undefined;

interface QualifiedTable extends InSchema {
  readonly table: string;
}

const written = Symbol('written');

/** The columns of a table, each with the text that a hook returned for it. */
export function withTexts<Column extends NamedColumnDefinition>(
  at: QualifiedTable,
  columns: readonly Column[],
  write: ColumnWriter,
): readonly Column[] {
  return columns.map((column) => {
    const text = write(at, column);
    return text === undefined ? column : { ...column, [written]: text };
  });
}

/** The options of a column, or the text of a hook instead. */
function columnSource({ column, options, rest: { before = {}, after = {} } }: ColumnArgument): SourceValue {
  const { [written]: text } = column as { readonly [written]?: string };
  if (text === undefined) return recordSource({ ...before, ...options, ...after });
  const others = recordSource({ ...before, ...after });
  const isAlone = Object.values(others).every((value) => value === undefined);
  return new Code(isAlone ? text : `{ ...${text}, ${printEntries(others)} }`);
}
