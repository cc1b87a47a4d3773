import { type Operation } from './all.js';
import { type InSchema } from './define.js';
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
    return dropped.length > 0 || later.some((place) => touches(operation, place) || isRenamedTo(operation, place));
  }

  /** Goes forward over an operation. Returns whether the operation touches it. */
  forward(operation: Operation): boolean {
    const touched = this.names.filter((place) => touches(operation, place));
    for (const place of touched) {
      const { column } = place;
      if (operation.kind === 'renameTable') {
        const { to: table, toSchema = operation.schema } = operation;
        this.#replace(place, {
          table,
          ...(toSchema != null && { schema: toSchema }),
          ...(column !== undefined && { column }),
        });
      } else if (operation.kind === 'renameColumn' && column !== undefined) {
        this.#replace(place, { ...place, column: operation.to });
      } else if (isDropOf(operation, place)) this.#names.delete(keyOf(place));
    }
    return touched.length > 0;
  }

  #undo(operation: Operation, place: NamedPlace): void {
    const { schema, table, column } = place;
    if (operation.kind === 'renameTable' && isRenamedTo(operation, place)) {
      this.#replace(place, {
        table: operation.from,
        ...(operation.schema !== undefined && { schema: operation.schema }),
        ...(column !== undefined && { column }),
      });
    } else if (operation.kind === 'renameColumn' && isRenamedTo(operation, place)) {
      this.#replace(place, { ...place, column: operation.from });
    } else if (operation.kind === 'createTable' && touches(operation, place)) {
      this.#names.delete(keyOf(place));
    } else if (operation.kind === 'addColumn' && column !== undefined && isColumn(operation, table, column, schema)) {
      this.#names.delete(keyOf(place));
    }
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

function isDropOf(operation: Operation, place: NamedPlace): boolean {
  const { kind } = operation;
  return (kind === 'dropTable' || (kind === 'dropColumn' && place.column !== undefined)) && touches(operation, place);
}

function isColumn(
  operation: Extract<Operation, { kind: 'addColumn' }>,
  table: string,
  column: string,
  schema: string | undefined,
): boolean {
  return operation.table === table && operation.column.name === column && operation.schema === schema;
}

/** Whether an operation gives a table or a column this name. */
function isRenamedTo(operation: Operation, { schema, table, column }: NamedPlace): boolean {
  if (operation.kind === 'renameTable') {
    const { to, toSchema = operation.schema } = operation;
    return to === table && (toSchema ?? undefined) === schema;
  }
  if (operation.kind !== 'renameColumn' || column === undefined) return false;
  return operation.table === table && operation.to === column && operation.schema === schema;
}

function keyOf({ schema, table, column }: NamedPlace): string {
  return JSON.stringify([schema ?? null, table, column ?? null]);
}
