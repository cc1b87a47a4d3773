import { keyOf, type QualifiedName, type TableModel } from '../../schema/schema-model.js';
import { type Direction } from '../operation-plan.js';
import { type Comparison } from './comparison.js';

/**
 * What a difference does to a column that other objects use. `dropped` and `rebuilt` (dropped and added again): what
 * uses the column is dropped with it, or prevents the change. `retyped`: it gets another type. `recast`: its type is
 * rebuilt under the same name, so that an expression with a constant of the type is no longer valid.
 */
export type ColumnChange = 'dropped' | 'rebuilt' | 'retyped' | 'recast';

export const bothDirections: readonly Direction[] = ['upgrade', 'downgrade'];

/** The columns that change while other objects use them, by table. */
export class ChangedColumns {
  private readonly changes = new Map<string, Map<string, ReadonlyMap<ColumnChange, readonly Direction[]>>>();

  note(
    table: QualifiedName,
    column: string,
    change: ColumnChange,
    directions: readonly Direction[] = bothDirections,
  ): void {
    const columns =
      this.changes.get(keyOf(table)) ?? new Map<string, ReadonlyMap<ColumnChange, readonly Direction[]>>();
    const known = columns.get(column) ?? new Map<ColumnChange, readonly Direction[]>();
    const all = new Set([...(known.get(change) ?? []), ...directions]);
    columns.set(column, new Map(known).set(change, [...all]));
    this.changes.set(keyOf(table), columns);
  }

  /** The columns of a table that change in one of the ways, with the directions in which they do. */
  of(table: QualifiedName, ...ways: readonly ColumnChange[]): ReadonlyMap<string, readonly Direction[]> {
    const found = new Map<string, readonly Direction[]>();
    for (const [column, changes] of this.changes.get(keyOf(table)) ?? []) {
      const directions = new Set(ways.flatMap((way) => changes.get(way) ?? []));
      if (directions.size > 0) found.set(column, [...directions]);
    }
    return found;
  }
}

/** What an object of a table uses: columns by name, and columns in the text of expressions. */
export interface Uses {
  readonly columns: readonly string[];
  /** As the database has them. */
  readonly expressions: readonly string[];
  /** The same as the entities have them, where the object is the same on both sides. */
  readonly wanted?: readonly string[];
  /** True where the expressions are whole statements, about which the engine cannot be asked. */
  readonly areStatements?: boolean;
}

/**
 * For each object that stays, the directions in which it has to be dropped before the columns change, and created again
 * after that. None where the engine adapts the object by itself.
 *
 * An expression that reads a column of another type is asked about: PostgreSQL parses it again, and refuses the change
 * of type where the expression is not valid with the new type.
 */
export async function directionsToLift(
  comparison: Comparison,
  from: TableModel,
  to: TableModel,
  objects: readonly Uses[],
): Promise<readonly (readonly Direction[])[]> {
  const { sql, capabilities } = comparison.engine;
  // the revision drops and restores what uses these
  const none = new Map<string, readonly Direction[]>();
  const gone = capabilities.restoresDependents ? none : comparison.changed.of(to, 'dropped', 'rebuilt');
  const recast = capabilities.restoresDependents ? none : comparison.changed.of(to, 'recast');
  const retyped = comparison.changed.of(to, 'retyped');
  return Promise.all(
    objects.map(async (uses) => {
      const reads = (column: string): boolean => uses.expressions.some((text) => sql.mentions(text, column));
      const directions = new Set<Direction>();
      for (const [column, ways] of gone) {
        if (uses.columns.includes(column) || reads(column)) for (const way of ways) directions.add(way);
      }
      for (const [column, ways] of recast) if (reads(column)) for (const way of ways) directions.add(way);
      if (directions.size < 2 && capabilities.typedExpressions && [...retyped.keys()].some(reads)) {
        for (const way of await directionsToRetype(comparison, from, to, uses)) directions.add(way);
      }
      return [...directions];
    }),
  );
}

/**
 * PostgreSQL parses the text of an expression again when a type changes. Where that fails, or makes something else of it
 * than of the text that the entity has, the expression is lifted: with casts that were needed for the old type, `a <> 'x'`
 * on a text stays a comparison of texts when the column becomes a `citext`.
 */
async function directionsToRetype(
  { engine: { sql }, oracle }: Comparison,
  from: TableModel,
  to: TableModel,
  { expressions, wanted = expressions, areStatements }: Uses,
): Promise<readonly Direction[]> {
  if (areStatements === true) return bothDirections;
  const [before, kept, after] = await Promise.all([
    oracle.conditions(from, expressions),
    oracle.conditions(to, expressions),
    oracle.conditions(to, wanted),
  ]);
  const known = after.filter((text) => text !== undefined);
  // a type that the revision creates is not there to be asked about
  if (known.length < after.length) return bothDirections;
  const back = await oracle.conditions(from, known);
  const directions: Direction[] = [];
  // a constant that is cast twice is one constant to the engine, and another text
  const casts = (texts: readonly (string | undefined)[]): readonly ReadonlySet<string>[] =>
    texts.map((text = '') => sql.castTypes(text));
  const [castsBefore, castsAfter] = [casts(before), casts(after)];
  if (differs(kept, after) || hasOthers(castsBefore, castsAfter)) directions.push('upgrade');
  if (differs(before, back) || hasOthers(castsAfter, castsBefore)) directions.push('downgrade');
  return directions;
}

/** Whether one of the texts is another, or is one that the engine refuses. */
function differs(texts: readonly (string | undefined)[], others: readonly (string | undefined)[]): boolean {
  return texts.some((text, index) => text === undefined || text !== others[index]);
}

/** Whether one of the sets has what the other of its place has not. */
function hasOthers(sets: readonly ReadonlySet<string>[], others: readonly ReadonlySet<string>[]): boolean {
  return sets.some((set, index) => [...set].some((item) => others[index]?.has(item) !== true));
}
