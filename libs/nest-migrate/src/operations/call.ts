import { type Value } from './value.js';

/** A call of a verb as data: what a revision says to get an operation. */
export interface Call {
  readonly verb: string;
  /** `undefined` for one that is left out; those at the end are not there at all then. */
  readonly args: readonly (Argument | undefined)[];
}

/** What an argument is made of. */
export type Argument = Value | SqlText | Listing | ColumnArgument | ArgumentRecord | readonly Argument[];

/** An object of options; keys without a value are left out. */
export interface ArgumentRecord {
  readonly [key: string]: Argument | undefined;
}

/** SQL that people wrote: its lines are theirs. */
export class SqlText {
  constructor(readonly text: string) {}
}

/** An object that is read as a list: every key deserves a line. */
export class Listing {
  constructor(readonly record: ArgumentRecord) {}
}

/** The options of a column, in whose place a hook may have written something else; the rest stays beside that. */
export class ColumnArgument {
  constructor(
    readonly column: object,
    readonly options: ArgumentRecord,
    readonly rest: { readonly before?: ArgumentRecord; readonly after?: ArgumentRecord } = {},
  ) {}
}

/** SQL as an argument, where there is some. */
export function sqlArgument(text: string | undefined): SqlText | undefined {
  return text === undefined ? undefined : new SqlText(text);
}

/** The record, or nothing where it has no entries: an empty object of options is not written. */
export function orNothing(record: ArgumentRecord): ArgumentRecord | undefined {
  return Object.values(record).some((value) => value !== undefined) ? record : undefined;
}

/** The list, or nothing where it is empty. */
export function listOrNothing(list: readonly Argument[]): readonly Argument[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** `'id'` for one name, `['id', 'locale']` for several. */
export function oneOrList(names: readonly string[]): string | readonly string[] {
  const [only] = names;
  return names.length === 1 && only !== undefined ? only : names;
}
