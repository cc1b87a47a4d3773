import { displayName, keyOf, type TableModel } from '../../schema/schema-model.js';
import { referencedPlace } from '../read/table-names.js';
import { type ColumnDecision, nameOf } from './column-decisions.js';
import { type Comparison } from './comparison.js';

/** A table as its columns are compared, and what was decided about them. */
export interface DecidedTable {
  readonly from: TableModel;
  readonly to: TableModel;
  readonly decisions: readonly ColumnDecision[];
}

/**
 * Leaves alone the type of a column that a foreign key ties to one which keeps its type against the wish of its entity:
 * the engine would refuse the foreign key between the two. Warns of it.
 */
export function withLinkedColumns(
  comparison: Comparison,
  tables: readonly DecidedTable[],
): ReadonlyMap<TableModel, readonly ColumnDecision[]> {
  const decided = new Map(tables.map(({ to, decisions }) => [keyOf(to), { to, decisions: [...decisions] }]));
  const links = tables.flatMap(({ to }) => to.foreignKeys.flatMap((key) => linksOf(to, key)));
  const find = ({
    table,
    column,
  }: ColumnOf): { readonly index: number; readonly decision: ColumnDecision } | undefined => {
    const decisions = decided.get(table)?.decisions ?? [];
    const index = decisions.findIndex((decision) => nameOf(decision) === column);
    const decision = decisions[index];
    return decision && { index, decision };
  };
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const { ends, name } of links) {
      for (const [held, other] of [ends, ends.toReversed()] as readonly (readonly [ColumnOf, ColumnOf])[]) {
        const found = find(other);
        if (found === undefined || !isHeld(find(held)?.decision) || !changes(found.decision)) continue;
        const { from, to } = found.decision;
        const { to: table, decisions } = decided.get(other.table)!;
        decisions[found.index] = { kind: 'kept', from, to, change: { changesType: false }, isHeld: true };
        isSettled = false;
        comparison.warn(
          `leaves the type of ${displayName(table)}.${other.column} alone, which the foreign key ${name} ties to ` +
            `${displayName(decided.get(held.table)!.to)}.${held.column}, whose type stays: change both in a revision by hand`,
        );
      }
    }
  }
  return new Map([...decided.values()].map(({ to, decisions }) => [to, decisions]));
}

interface ColumnOf {
  /** By `keyOf`. */
  readonly table: string;
  readonly column: string;
}

interface Link {
  readonly name: string;
  readonly ends: readonly [ColumnOf, ColumnOf];
}

function linksOf(table: TableModel, key: TableModel['foreignKeys'][number]): readonly Link[] {
  const target = keyOf(referencedPlace(key));
  return key.columns.flatMap((column, index) => {
    const referenced = key.referencedColumns[index];
    if (referenced === undefined) return [];
    return [
      {
        name: key.name,
        ends: [
          { table: keyOf(table), column },
          { table: target, column: referenced },
        ] as const,
      },
    ];
  });
}

function isHeld(decision: ColumnDecision | undefined): boolean {
  return decision?.kind === 'kept' && decision.isHeld === true;
}

function changes(decision: ColumnDecision): decision is Extract<ColumnDecision, { readonly kind: 'kept' }> {
  return decision.kind === 'kept' && (decision.change.changesType || decision.change.change?.collation !== undefined);
}
