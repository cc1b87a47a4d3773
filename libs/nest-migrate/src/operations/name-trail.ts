import { objectChanges, type Operation } from './all.js';
import { type InSchema } from './define.js';
import { type ObjectChange } from './object-change.js';
import { touchedTables } from './touched-tables.js';

/** A table or a column, by the names that it has at some time. */
export interface NamedPlace extends InSchema {
  /** The name of the table, without its schema. Without a schema it is in that of the connection. */
  readonly table: string;
  /** The name of the column; absent for the table. */
  readonly column?: string;
}

/**
 * Follows a table or a column through history, operation by operation. Back: where it was created, its trail ends;
 * where something of one of its names was dropped, that was an earlier generation of it, whose trail goes on.
 */
export class NameTrail {
  readonly #names = new Map<string, NamedPlace>();
  /** All names that it ever had on this trail. */
  readonly #all = new Map<string, NamedPlace>();

  constructor(places: Iterable<NamedPlace>) {
    for (const place of places) this.#add(place);
  }

  /** The trail of what several trails led to. */
  static joined(trails: readonly NameTrail[]): NameTrail {
    const joined = new NameTrail([]);
    for (const trail of trails) {
      for (const [key, place] of trail.#names) joined.#names.set(key, place);
      for (const [key, place] of trail.#all) joined.#all.set(key, place);
    }
    return joined;
  }

  /** What it is called at this time; empty before it was created. */
  get names(): readonly NamedPlace[] {
    return [...this.#names.values()];
  }

  /** Goes back over an operation. Returns whether the operation touches it. */
  back(operation: Operation): boolean {
    const later = this.names;
    // names from before the operation, and one that it took away
    const dropped = [...this.#all.values()].filter((place) => isDropOf(operation, place));
    for (const place of dropped) this.#add(place);
    for (const place of later) this.#undo(operation, place);
    return (
      dropped.length > 0 ||
      later.some((place) => touches(operation, place) || renamesOf(operation).some((one) => isRenamedTo(one, place)))
    );
  }

  /** Goes forward over an operation. Returns whether the operation touches it. */
  forward(operation: Operation): boolean {
    const touched = this.names.filter((place) => touches(operation, place));
    for (const place of touched) {
      const rename = renamesOf(operation).find((one) => isAbout(one, place));
      if (rename !== undefined) this.#replace(place, renamed(place, rename, 'after'));
      else if (isDropOf(operation, place)) this.#names.delete(keyOf(place));
    }
    return touched.length > 0;
  }

  #undo(operation: Operation, place: NamedPlace): void {
    const rename = renamesOf(operation).find((one) => isRenamedTo(one, place));
    if (rename !== undefined) this.#replace(place, renamed(place, rename, 'before'));
    else if (changesNamed(operation, 'creates').some((one) => isAbout(one, place) && touches(operation, place)))
      this.#names.delete(keyOf(place));
  }

  #replace(old: NamedPlace, other: NamedPlace): void {
    this.#names.delete(keyOf(old));
    this.#add(other);
  }

  #add(place: NamedPlace): void {
    this.#names.set(keyOf(place), place);
    this.#all.set(keyOf(place), place);
  }
}

/** Whether an operation is about a table or a column, under the name that it has before the operation. */
export function touches(operation: Operation, { schema, table, column }: NamedPlace): boolean {
  return touchedTables(operation).some(
    (touched) =>
      touched.table === table &&
      touched.schema === schema &&
      (column === undefined || touched.columns === 'all' || touched.columns.includes(column)),
  );
}

/** What an operation does to tables and columns. */
function changesNamed(operation: Operation, does: ObjectChange['does']): readonly ObjectChange[] {
  return objectChanges(operation).filter(
    (change) => change.does === does && (change.object === 'table' || change.object === 'column'),
  );
}

function renamesOf(operation: Operation): readonly ObjectChange[] {
  return changesNamed(operation, 'renames');
}

/** Whether a change of a table or column is about a column, or about a table as well. */
function isAbout({ object }: ObjectChange, { column }: NamedPlace): boolean {
  return object === 'table' || column !== undefined;
}

function isDropOf(operation: Operation, place: NamedPlace): boolean {
  return changesNamed(operation, 'drops').some((change) => isAbout(change, place)) && touches(operation, place);
}

/** Whether a rename gives a table or a column this name. */
function isRenamedTo({ object, table, schema, after }: ObjectChange, place: NamedPlace): boolean {
  if (object === 'table') return after?.name === place.table && after.schema === place.schema;
  return table === place.table && schema === place.schema && after?.name === place.column;
}

/** A table or a column of it under the other name of a rename. */
function renamed({ column, ...place }: NamedPlace, rename: ObjectChange, side: 'before' | 'after'): NamedPlace {
  const { name = '', schema } = (side === 'after' ? rename.after : rename) ?? {};
  if (rename.object === 'column') return { ...place, column: name };
  return { table: name, ...(schema !== undefined && { schema }), ...(column !== undefined && { column }) };
}

function keyOf({ schema, table, column }: NamedPlace): string {
  return JSON.stringify([schema ?? null, table, column ?? null]);
}
