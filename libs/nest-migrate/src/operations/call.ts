import { type NamedColumnDefinition } from './column-definition.js';
import { type Value } from './value.js';

/** A call of a verb as data: the call in a revision that builds an operation. */
export interface Call {
  readonly verb: string;
  /** An argument that is left out is `undefined`; at the end it is absent altogether. */
  readonly args: readonly (Argument | undefined)[];
}

/** The value of an argument, or of a part of it. */
export type Argument = Value | SqlText | Listing | ColumnArgument | ArgumentRecord | readonly Argument[];

/** An object of options. Keys without a value are left out. */
export interface ArgumentRecord {
  readonly [key: string]: Argument | undefined;
}

/** SQL that a person wrote. Its line breaks are kept. */
export class SqlText {
  constructor(readonly text: string) {}
}

/** An object that is read as a list: every key gets a line of its own. */
export class Listing {
  constructor(readonly record: ArgumentRecord) {}
}

/** The options of a column. A hook may have written something else in their place; `rest` stays beside it. */
export class ColumnArgument {
  constructor(
    readonly column: NamedColumnDefinition,
    readonly options: ArgumentRecord,
    readonly rest: { readonly before?: ArgumentRecord; readonly after?: ArgumentRecord } = {},
  ) {}
}

/** SQL as an argument; `undefined` where there is none. */
export function sqlArgument(text: string | undefined): SqlText | undefined {
  return text === undefined ? undefined : new SqlText(text);
}

/** The record, or `undefined` where it has no values: an empty object of options is not written. */
export function orNothing(record: ArgumentRecord): ArgumentRecord | undefined {
  return Object.values(record).some((value) => value !== undefined) ? record : undefined;
}

/** The list, or `undefined` where it is empty. */
export function listOrNothing(list: readonly Argument[]): readonly Argument[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** `'id'` for one name, `['id', 'locale']` for several. */
export function oneOrList(names: readonly string[]): string | readonly string[] {
  const [only] = names;
  return names.length === 1 && only !== undefined ? only : names;
}
