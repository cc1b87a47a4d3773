import { changeBetween } from '../../operations/column-change.js';
import { type ColumnPlace } from '../../operations/operation.js';
import { samePlace, type TableModel } from '../../schema/schema-model.js';
import { bothDirections } from './changed-columns.js';
import { type ColumnDecision, nameOf, type RebuiltColumn } from './column-decisions.js';
import { type Comparison } from './comparison.js';
import { afterThoseTheyRead, becomesPlain, isComputed } from './computed-columns.js';

/** Plans what was decided about the columns of a table. */
export function planColumns(
  comparison: Comparison,
  from: TableModel,
  to: TableModel,
  decisions: readonly ColumnDecision[],
): void {
  const { plan, engine } = comparison;
  const { name: table, schema } = to;
  const ofName = new Map(decisions.map((decision) => [nameOf(decision), decision]));
  const goesEarly = (name: string): boolean => {
    const decision = ofName.get(name);
    return decision?.kind === 'dropped' && isComputed(decision.from.definition);
  };
  const rebuilt = from.columns.flatMap(({ definition: { name } }) => {
    const decision = ofName.get(name);
    return decision?.kind === 'rebuilt' ? [{ ...decision, place: placeOf(comparison, from, name, goesEarly) }] : [];
  });
  for (const decision of decisions) {
    if (decision.kind === 'kept') alterColumn(comparison, to, decision);
    if (decision.kind !== 'added' || isComputed(decision.to.definition)) continue;
    plan.add('addColumns', { kind: 'addColumn', table, schema, column: decision.to.definition });
  }
  for (const decision of rebuilt) keepValues(comparison, to, decision);
  const computed = [
    ...rebuilt.map((decision) => ({
      column: decision.to.definition,
      place: decision.place,
      directions: decision.directions,
    })),
    ...decisions.flatMap((decision) =>
      decision.kind === 'added' && isComputed(decision.to.definition)
        ? [
            {
              column: decision.to.definition,
              place: comparison.places.find(({ table: at, column }) => samePlace(at, to) && column === nameOf(decision))
                ?.place,
              directions: bothDirections,
            },
          ]
        : [],
    ),
  ];
  for (const { column, place, directions } of afterThoseTheyRead(engine.sql, computed)) {
    plan.addFor(directions, 'addComputedColumns', { kind: 'addColumn', table, schema, column, ...place });
  }
  // from the last to the first, so that the downgrade adds them in their original order
  const stays = (name: string): boolean => to.columns.some(({ definition }) => definition.name === name);
  for (const { definition } of from.columns.toReversed()) {
    const { name } = definition;
    const decision = ofName.get(name);
    if (decision?.kind !== 'dropped' && decision?.kind !== 'rebuilt') continue;
    const isLast = decision.kind === 'dropped' && !isFollowed(from, name, stays);
    const previousPlace = isLast
      ? undefined
      : placeOf(comparison, from, name, isComputed(definition) ? () => false : goesEarly);
    const isEarly = decision.kind === 'rebuilt' || isComputed(definition);
    const directions = decision.kind === 'rebuilt' ? decision.directions : bothDirections;
    plan.addFor(directions, isEarly ? 'dropComputedColumns' : 'dropColumns', {
      kind: 'dropColumn',
      table,
      schema,
      column: name,
      previous: definition,
      ...(previousPlace && { previousPlace }),
    });
  }
}

/** Plans the direction in which a column becomes plain. */
function keepValues(
  { plan, engine }: Comparison,
  { name: table, schema }: TableModel,
  { from, to }: RebuiltColumn,
): void {
  const becomes = becomesPlain(engine, from.definition, to.definition);
  if (!becomes && !becomesPlain(engine, to.definition, from.definition)) return;
  const { name: column, ...existing } = from.definition;
  const { name: _name, ...target } = to.definition;
  plan.addFor([becomes ? 'upgrade' : 'downgrade'], 'alterColumns', {
    kind: 'alterColumn',
    table,
    schema,
    column,
    change: changeBetween(existing, target),
    existing,
  });
}

function alterColumn(
  { plan, typeChanges }: Comparison,
  { name: table, schema }: TableModel,
  { from, to, change: { change, changesType: isRetyped } }: Extract<ColumnDecision, { readonly kind: 'kept' }>,
): void {
  if (change === undefined) return;
  const { name: column, ...existing } = from.definition;
  plan.add('alterColumns', { kind: 'alterColumn', table, schema, column, change, existing });
  if (isRetyped) typeChanges.push({ table, schema, column, from: from.databaseType, to: to.databaseType });
}

/**
 * The position of a column that other columns follow, on an engine that can add a column at a position. It is behind a
 * column that is there when the column is added.
 */
function placeOf(
  { engine }: Comparison,
  { columns }: TableModel,
  name: string,
  isGone: (name: string) => boolean,
): ColumnPlace | undefined {
  const position = columns.findIndex(({ definition }) => definition.name === name);
  if (!engine.capabilities.placesColumns || position === columns.length - 1) return undefined;
  const before = columns.slice(0, position).findLast(({ definition }) => !isGone(definition.name));
  return before === undefined ? { first: true } : { after: before.definition.name };
}

/** Whether a column is followed by one that `isWanted` accepts. */
function isFollowed({ columns }: TableModel, name: string, isWanted: (name: string) => boolean): boolean {
  const position = columns.findIndex(({ definition }) => definition.name === name);
  return columns.slice(position + 1).some(({ definition }) => isWanted(definition.name));
}
