import { type Argument, type ArgumentRecord, ColumnArgument, Listing, SqlText } from '../../operations/call.js';
import { type NamedColumnDefinition } from '../../operations/operation.js';
import { encodeValue } from '../../operations/value.js';
import { printEntries } from './print-statement.js';
import { Block, Code, Lines, sourceOf, type SourceRecord, type SourceValue } from './source-value.js';

/** Returns a hook's text for the options of a column; `undefined` leaves them to the tool. */
export type ColumnTexts = (column: NamedColumnDefinition) => string | undefined;

/** An argument of a verb as TypeScript source. */
export function argumentSource(argument: Argument, textOf: ColumnTexts = () => undefined): SourceValue {
  if (argument instanceof SqlText) return sqlSource(argument.text);
  if (argument instanceof Listing) return new Block(recordSource(argument.record, textOf));
  if (argument instanceof ColumnArgument) return columnSource(argument, textOf);
  if (isList(argument)) return argument.map((item) => argumentSource(item, textOf));
  const isValue = typeof argument !== 'object' || argument === null;
  if (isValue || argument instanceof Date || argument instanceof Uint8Array) return sourceOf(encodeValue(argument));
  return recordSource(argument, textOf);
}

function recordSource(record: ArgumentRecord, textOf?: ColumnTexts): SourceRecord {
  const entries = Object.entries(record).map(([key, value]) => [
    key,
    value === undefined ? undefined : argumentSource(value, textOf),
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

/** The options of a column, or the text of a hook instead. */
function columnSource(
  { column, options, rest: { before = {}, after = {} } }: ColumnArgument,
  textOf: ColumnTexts,
): SourceValue {
  const text = textOf(column);
  if (text === undefined) return recordSource({ ...before, ...options, ...after });
  const others = recordSource({ ...before, ...after });
  const isAlone = Object.values(others).every((value) => value === undefined);
  return new Code(isAlone ? text : `{ ...${text}, ${printEntries(others)} }`);
}
