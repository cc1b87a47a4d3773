import { type Engine } from '../../engines/engine.js';
import { type ColumnDefinition } from '../../operations/operation.js';
import { isIdentity } from '../../schema/identity.js';
import { type ColumnModel, displayName, type TableModel } from '../../schema/schema-model.js';
import { type Direction } from '../operation-plan.js';
import { bothDirections } from './changed-columns.js';
import { type ColumnChanges, changesOf } from './column-changes.js';
import { type Comparison } from './comparison.js';
import { becomesPlain, isAltered, isComputed, splitGenerated } from './computed-columns.js';

/** What becomes of a column of a table that both sides have. */
export type ColumnDecision =
  | { readonly kind: 'added'; readonly to: ColumnModel }
  | {
      readonly kind: 'kept';
      readonly from: ColumnModel;
      readonly to: ColumnModel;
      readonly change: ColumnChanges;
      /** Whether the column would change its type, and something prevents that. */
      readonly isHeld?: boolean;
    }
  | {
      readonly kind: 'rebuilt';
      readonly from: ColumnModel;
      readonly to: ColumnModel;
      /** The directions in which the column is dropped and added again. */
      readonly directions: readonly Direction[];
    }
  | { readonly kind: 'dropped'; readonly from: ColumnModel };

/** A column that is dropped and added again, in one direction or both. */
export type RebuiltColumn = Extract<ColumnDecision, { readonly kind: 'rebuilt' }>;

/**
 * Decides about the columns of a table that both sides have: first those of the entity in their order, then those that
 * only the database has. What is decided is not settled yet: see {@link settleColumns}.
 */
export async function decideColumns(
  comparison: Comparison,
  from: TableModel,
  to: TableModel,
): Promise<readonly ColumnDecision[]> {
  const existing = new Map(from.columns.map((column) => [column.definition.name, column]));
  const wanted = new Set(to.columns.map(({ definition }) => definition.name));
  const decisions: ColumnDecision[] = [];
  for (const column of to.columns) {
    const previous = existing.get(column.definition.name);
    if (previous === undefined) decisions.push({ kind: 'added', to: column });
    else if (await leavesAlone(comparison, from, to, { from: previous, to: column })) {
      decisions.push({ kind: 'kept', from: previous, to: column, change: { changesType: false }, isHeld: true });
    } else if (await isRebuilt(comparison, from, previous, column)) {
      const directions = directionsOf(comparison.engine, previous.definition, column.definition);
      decisions.push({ kind: 'rebuilt', from: previous, to: column, directions });
    } else {
      const change = await changesOf(comparison, from, previous, column);
      const possible = possibleChange(comparison, from, change, column);
      decisions.push({ kind: 'kept', from: previous, to: column, change: possible, isHeld: possible !== change });
    }
  }
  for (const column of from.columns) {
    if (!wanted.has(column.definition.name)) decisions.push({ kind: 'dropped', from: column });
  }
  return decisions;
}

/** What is decided in the end: with computed columns. Notes the columns that change while other objects use them. */
export function settleColumns(
  comparison: Comparison,
  to: TableModel,
  decisions: readonly ColumnDecision[],
): readonly ColumnDecision[] {
  const all = withComputed(comparison, to, decisions);
  for (const decision of all) noteChange(comparison, to, decision);
  return all;
}

/** The name of the column that was decided about. */
export function nameOf(decision: ColumnDecision): string {
  return (decision.kind === 'added' ? decision.to : decision.from).definition.name;
}

/** Computed columns are rebuilt with the columns that they read, on an engine that does not adapt them. */
function withComputed(
  comparison: Pick<Comparison, 'engine' | 'changed'>,
  table: TableModel,
  decisions: readonly ColumnDecision[],
): readonly ColumnDecision[] {
  const { engine, changed } = comparison;
  const { computedBlocksTypes } = engine.capabilities;
  const recast = changed.of(table, 'recast');
  const directionsIn = (decision: ColumnDecision): readonly Direction[] => {
    if (decision.kind === 'dropped') return bothDirections;
    if (decision.kind === 'rebuilt') return decision.directions;
    if (decision.kind === 'added' || !computedBlocksTypes) return [];
    return decision.change.changesType ? bothDirections : (recast.get(nameOf(decision)) ?? []);
  };
  const next = decisions.map((decision): ColumnDecision => {
    if (decision.kind !== 'kept') return decision;
    const { generated } = decision.from.definition;
    if (generated === undefined || !isComputed(decision.from.definition)) return decision;
    const blocking = decisions.filter((other) => other === decision || engine.sql.mentions(generated, nameOf(other)));
    const directions = new Set(blocking.flatMap(directionsIn));
    if (directions.size === 0) return decision;
    return { kind: 'rebuilt', from: decision.from, to: decision.to, directions: [...directions] };
  });
  const isSettled = next.every((decision, index) => decision === decisions[index]);
  return isSettled ? decisions : withComputed(comparison, table, next);
}

function noteChange(comparison: Comparison, table: TableModel, decision: ColumnDecision): void {
  const name = nameOf(decision);
  switch (decision.kind) {
    case 'added':
      return comparison.unsettle(table, [name]);
    case 'rebuilt':
      comparison.changed.note(table, name, 'rebuilt', decision.directions);
      return comparison.unsettle(table, [name]);
    case 'dropped':
      comparison.changed.note(table, name, 'dropped');
      return comparison.unsettle(table, [name]);
    case 'kept': {
      const { change = {}, changesType: isRetyped } = decision.change;
      if (isRetyped) comparison.changed.note(table, name, 'retyped');
      const { foreignKeysHold } = comparison.engine.capabilities;
      if (isRetyped || foreignKeysHold.some((key) => key in change)) comparison.unsettle(table, [name]);
    }
  }
}

/**
 * Whether a column stays as it is, since something that is left out of the comparison prevents the change or would be
 * lost by it. Warns of it.
 */
async function leavesAlone(
  comparison: Comparison,
  table: TableModel,
  to: TableModel,
  pair: { readonly from: ColumnModel; readonly to: ColumnModel },
): Promise<boolean> {
  const { leftOut, engine } = comparison;
  if (leftOut === undefined) return false;
  const { name } = pair.to.definition;
  const keys = leftOut.foreignKeysOn(to, name);
  const all = [...keys, ...leftOut.indexesOn(to, name), ...leftOut.checksOn(to, name), ...leftOut.computedOn(to, name)];
  if (all.length === 0) return false;
  const isHeld = async (): Promise<boolean> => {
    const { change = {}, changesType: isRetyped } = await changesOf(comparison, table, pair.from, pair.to);
    return isRetyped || engine.capabilities.foreignKeysHold.some((key) => key in change);
  };
  const isReplaced = await isRebuilt(comparison, table, pair.from, pair.to);
  if (isReplaced && engine.ddl.together !== undefined && all.length > keys.length) {
    leftOut.noteReplaced(
      to,
      name,
      all.filter((part) => !keys.includes(part)),
    );
  }
  const held = isReplaced && engine.ddl.together === undefined ? all : keys;
  const holding = isReplaced || (await isHeld()) ? held : [];
  if (holding.length === 0) return false;
  const what = new Intl.ListFormat('en-GB').format(holding);
  comparison.warn(
    `leaves ${displayName(to)}.${name} alone, which ${what} ${holding.length === 1 ? 'uses' : 'use'} and the ` +
      'comparison leaves out: in a revision by hand, drop that, change the column, and create it again',
  );
  return true;
}

/**
 * Whether a column has to be dropped and added again: an engine cannot change what a column computes, nor start or stop
 * it.
 */
async function isRebuilt(
  comparison: Comparison,
  table: TableModel,
  { definition: from }: ColumnModel,
  { definition: to }: ColumnModel,
): Promise<boolean> {
  if (from.generated === undefined && to.generated === undefined) return false;
  // the counter of a column can change and keep its numbers
  if (!isComputed(from) && !isComputed(to)) return false;
  if (isIdentity(from.generated) || isIdentity(to.generated)) return true;
  if (from.generated === undefined || to.generated === undefined) return !isAltered(comparison.engine, from, to);
  const [a, b] = [splitGenerated(from.generated), splitGenerated(to.generated)];
  if (a.storage !== b.storage) return true;
  const [same] = await comparison.sameConditions(table, [{ from: a.expression, to: b.expression }]);
  return same !== true;
}

/**
 * The directions in which a column is dropped and added. It is altered where it becomes plain and keeps its values, even
 * if the engine cannot do that the other way round.
 */
function directionsOf(engine: Engine, from: ColumnDefinition, to: ColumnDefinition): readonly Direction[] {
  if (becomesPlain(engine, from, to)) return ['downgrade'];
  if (becomesPlain(engine, to, from)) return ['upgrade'];
  return bothDirections;
}

/** The change without one of the type or the collation, which the table's partition key prevents. */
function possibleChange(
  comparison: Comparison,
  table: TableModel,
  changes: ColumnChanges,
  { definition: { name } }: ColumnModel,
): ColumnChanges {
  const key = table.partitioning?.key;
  const isCollated = changes.change?.collation !== undefined;
  if (!(changes.changesType || isCollated) || key === undefined) return changes;
  if (!comparison.engine.sql.mentions(key, name)) return changes;
  comparison.warn(
    `leaves the ${changes.changesType ? 'type' : 'collation'} of ${displayName(table)}.${name} alone, which is part of the partition key: make a new table, ` +
      'copy the rows and rename it in a revision by hand',
  );
  return { changesType: false };
}
