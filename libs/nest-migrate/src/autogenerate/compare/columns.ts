import { changeBetween, changedColumn } from '../../operations/column-change.js';
import {
  type ColumnChangeDefinition,
  type ColumnDefinition,
  type ColumnPlace,
  type NamedColumnDefinition,
} from '../../operations/operation.js';
import { type ComputedKind } from '../../engines/capabilities.js';
import { type SqlReader } from '../../engines/sql/sql-reader.js';
import { isIdentity } from '../../schema/identity.js';
import { sameDefault } from '../../schema/default-value.js';
import { type ColumnModel, displayName, samePlace, type TableModel } from '../../schema/schema-model.js';
import { type ComparedColumn, type ComparisonHooks } from '../schema-comparison.js';
import { type Direction } from '../operation-plan.js';
import { type Comparison } from './comparison.js';
import { sameComment } from './comments.js';
import { bothDirections } from './changed-columns.js';
import { changesType } from './type-changes.js';

/** What becomes of a column of a table that both sides have. */
export type ColumnDecision =
  | { readonly kind: 'added'; readonly to: ColumnModel }
  | { readonly kind: 'kept'; readonly from: ColumnModel; readonly to: ColumnModel; readonly change: ColumnChanges }
  | {
      readonly kind: 'rebuilt';
      readonly from: ColumnModel;
      readonly to: ColumnModel;
      /** The directions in which the column is dropped and added again. */
      readonly directions: readonly Direction[];
    }
  | { readonly kind: 'dropped'; readonly from: ColumnModel };

/** The change of a column that stays; absent properties where nothing of it changes. */
interface ColumnChanges {
  readonly change?: ColumnChangeDefinition;
  readonly changesType: boolean;
}

/**
 * Decides about the columns of a table that both sides have: first those of the entity in their order, then those that
 * only the database has. Notes the columns that change while other objects use them.
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
      decisions.push({ kind: 'kept', from: previous, to: column, change: { changesType: false } });
    } else if (await isRebuilt(comparison, from, previous, column)) {
      const directions = directionsOf(comparison.engine, previous.definition, column.definition);
      decisions.push({ kind: 'rebuilt', from: previous, to: column, directions });
    } else {
      const change = await changesOf(comparison, to, previous, column);
      decisions.push({
        kind: 'kept',
        from: previous,
        to: column,
        change: possibleChange(comparison, from, change, column),
      });
    }
  }
  for (const column of from.columns) {
    if (!wanted.has(column.definition.name)) decisions.push({ kind: 'dropped', from: column });
  }
  const all = withComputed(comparison, to, decisions);
  for (const decision of all) noteChange(comparison, to, decision);
  return all;
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

function nameOf(decision: ColumnDecision): string {
  return (decision.kind === 'added' ? decision.to : decision.from).definition.name;
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

type RebuiltColumn = Extract<ColumnDecision, { readonly kind: 'rebuilt' }>;

/**
 * The directions in which a column is dropped and added. It is altered where it becomes plain and keeps its values, even
 * if the engine cannot do that the other way round.
 */
function directionsOf(
  engine: Comparison['engine'],
  from: ColumnDefinition,
  to: ColumnDefinition,
): readonly Direction[] {
  if (becomesPlain(engine, from, to)) return ['downgrade'];
  if (becomesPlain(engine, to, from)) return ['upgrade'];
  return bothDirections;
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

/** Whether the engine makes a computed column plain and keeps its values. */
function becomesPlain({ capabilities }: Comparison['engine'], from: ColumnDefinition, to: ColumnDefinition): boolean {
  if (from.generated === undefined || !isComputed(from) || to.generated !== undefined) return false;
  return capabilities.computedToPlain.includes(splitGenerated(from.generated).storage);
}

/** Computed columns, each after those that it reads; otherwise in the given order. */
function afterThoseTheyRead<T extends { readonly column: NamedColumnDefinition }>(
  sql: SqlReader,
  computed: readonly T[],
): readonly T[] {
  const ordered = new Set<T>();
  const visiting = new Set<T>();
  const visit = (item: T): void => {
    if (visiting.has(item)) return;
    visiting.add(item);
    for (const other of computed) {
      if (other !== item && sql.mentions(item.column.generated ?? '', other.column.name)) visit(other);
    }
    ordered.add(item);
  };
  computed.forEach(visit);
  return [...ordered];
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

/** Whether a column becomes computed or plain in place, in both directions. */
function isAltered({ capabilities }: Comparison['engine'], from: ColumnDefinition, to: ColumnDefinition): boolean {
  const { storage } = splitGenerated(from.generated ?? to.generated ?? '');
  return capabilities.computedToPlain.includes(storage) && capabilities.plainToComputed.includes(storage);
}

function isComputed(column: ColumnDefinition): boolean {
  return column.generated !== undefined && !isIdentity(column.generated);
}

function splitGenerated(generated: string): { readonly expression: string; readonly storage: ComputedKind } {
  const storage = /\s(stored|virtual|persistent)\s*$/i.exec(generated);
  return {
    expression: storage === null ? generated : generated.slice(0, storage.index),
    storage: /stored|persistent/i.test(storage?.[1] ?? '') ? 'stored' : 'virtual',
  };
}

async function changesOf(
  comparison: Comparison,
  table: TableModel,
  from: ColumnModel,
  to: ColumnModel,
): Promise<ColumnChanges> {
  const target = await withoutSpelling(comparison, table, from, to);
  const change = changeTo(from.definition, target);
  return { ...(change && { change }), changesType: change !== undefined && changesType(from.definition, target) };
}

/** The change without one of the type that a table's partition key prevents. */
function possibleChange(
  comparison: Comparison,
  table: TableModel,
  changes: ColumnChanges,
  { definition: { name } }: ColumnModel,
): ColumnChanges {
  const key = table.partitioning?.key;
  if (!changes.changesType || key === undefined || !comparison.engine.sql.mentions(key, name)) return changes;
  comparison.warn(
    `leaves the type of ${displayName(table)}.${name} alone, which is part of the partition key: make a new table, ` +
      'copy the rows and rename it in a revision by hand',
  );
  return { changesType: false };
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
    const { change = {}, changesType: isRetyped } = await changesOf(comparison, to, pair.from, pair.to);
    return isRetyped || engine.capabilities.foreignKeysHold.some((key) => key in change);
  };
  const holding = (await isRebuilt(comparison, table, pair.from, pair.to)) ? all : (await isHeld()) ? keys : [];
  if (holding.length === 0) return false;
  const what = new Intl.ListFormat('en-GB').format(holding);
  comparison.warn(
    `leaves ${displayName(to)}.${name} alone, which ${what} ${holding.length === 1 ? 'uses' : 'use'} and the ` +
      'comparison leaves out: in a revision by hand, drop that, change the column, and create it again',
  );
  return true;
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

/** The wanted column, with the existing column's spelling of everything that only looks different. */
async function withoutSpelling(
  comparison: Comparison,
  table: TableModel,
  from: ColumnModel,
  to: ColumnModel,
): Promise<ColumnDefinition> {
  const target: Record<string, unknown> = { ...to.definition };
  delete target['name'];
  const keep = (...keys: readonly (keyof ColumnDefinition)[]): void => {
    for (const key of keys) {
      delete target[key];
      if (from.definition[key] !== undefined) target[key] = from.definition[key];
    }
  };
  const ignores = (property: NonNullable<ColumnModel['ignored']>[number]): boolean =>
    to.ignored?.includes(property) === true;

  const { compareType, compareServerDefault } = comparison.hooks;
  const column = comparedColumn(table, from, to);
  const keepsType = ignores('type') || !(decided(compareType, column) ?? !(await sameType(comparison, from, to)));
  if (keepsType) keep('type', 'columnType', 'length', 'precision', 'scale', 'items', 'nativeEnumName', 'checkName');
  if (keepsType && !comparison.engine.platform.supportsUnsigned()) keep('unsigned');
  const keepsDefault =
    ignores('default') ||
    !(decided(compareServerDefault, column) ?? !(await sameColumnDefault(comparison, from, to, keepsType)));
  if (keepsDefault) keep('default', 'defaultRaw');
  if (sameCollation(comparison, table, from, to) || ignores('collation')) keep('collation');
  const sameExtra = comparison.engine.sql.sameText(plainExtra(from.definition), plainExtra(to.definition));
  if (ignores('extra') || sameExtra) keep('extra');
  if (
    !comparison.engine.platform.supportsComments() ||
    sameComment(comparison, from.definition.comment, to.definition.comment)
  ) {
    keep('comment');
  }
  if (await countsAlike(comparison, from, to)) keep('autoincrement', 'default', 'defaultRaw');
  keep('primary');
  // computed columns were compared earlier
  if (isComputed(from.definition) && isComputed(to.definition)) {
    keep('generated', 'autoincrement');
    if (comparison.engine.capabilities.computedNulls !== 'compared') keep('nullable');
  } else if (isComputed(from.definition)) {
    target['nullable'] = to.definition.nullable ?? false;
  }
  return target;
}

/** A column in the form that hooks receive. */
function comparedColumn({ name, schema }: TableModel, from: ColumnModel, to: ColumnModel): ComparedColumn {
  return {
    table: name,
    ...(schema !== undefined && { schema }),
    column: to.definition.name,
    database: { definition: from.definition, type: from.databaseType },
    entity: { definition: to.definition, type: to.databaseType },
  };
}

/** A hook's decision whether the column differs; `undefined` where it leaves that to the comparison. */
function decided(hook: ComparisonHooks['compareType'], column: ComparedColumn): boolean | undefined {
  if (typeof hook === 'function') return hook(column);
  return hook === false ? false : undefined;
}

async function sameType({ engine, oracle }: Comparison, from: ColumnModel, to: ColumnModel): Promise<boolean> {
  const [a, b] = [from.definition, to.definition];
  if (a.nativeEnumName !== undefined && b.nativeEnumName !== undefined) {
    return a.nativeEnumName === b.nativeEnumName && a.type === b.type;
  }
  if (a.items !== undefined || b.items !== undefined) {
    const items = (column: ColumnDefinition): string => engine.types.readBack(JSON.stringify(column.items ?? []));
    return a.type === b.type && items(a) === items(b);
  }
  if (engine.types.canonicalType(from.databaseType) === engine.types.canonicalType(to.databaseType)) return true;
  // only the engine can resolve these names: domains, types of extensions
  const [first, second] = await oracle.defaults([
    { sql: 'null', type: from.databaseType },
    { sql: 'null', type: to.databaseType },
  ]);
  return first !== undefined && first === second && engine.capabilities.comparesNullsByType;
}

async function sameColumnDefault(
  { engine, oracle }: Comparison,
  from: ColumnModel,
  to: ColumnModel,
  keepsType: boolean,
): Promise<boolean> {
  const family = engine.types.typeFamily(to.databaseType);
  const { default: wanted, items } = to.definition;
  // the default of an enum is one of its items
  const read = items === undefined ? engine.types.readBackDefault : engine.types.readBack;
  const readBack = typeof wanted === 'string' ? { default: read(wanted) } : to.definition;
  // the same default may differ after a change of type: 1 for a number, '1' for a text
  if (!keepsType) {
    return from.definition.default === readBack.default && from.definition.defaultRaw === to.definition.defaultRaw;
  }
  if (sameDefault({ from: from.definition, to: readBack }, family, engine.sql)) return true;
  if (from.defaultSql === undefined || to.defaultSql === undefined) return false;
  const [a, b] = await oracle.defaults([
    { sql: from.defaultSql, type: from.databaseType },
    { sql: to.defaultSql, type: from.databaseType },
  ]);
  return a !== undefined && a === b;
}

/**
 * Whether a column counts by the sequence that its entity wants, whichever that belongs to: an entity that only wants
 * auto-increment is content with the sequence of an older database, and one that names the column's own has it.
 */
async function countsAlike({ engine, oracle }: Comparison, from: ColumnModel, to: ColumnModel): Promise<boolean> {
  if (from.defaultSql === undefined || engine.types.isNextValue?.(from.defaultSql) !== true) return false;
  if (to.definition.autoincrement === true) return true;
  if (to.defaultSql === undefined) return false;
  const [a, b] = await oracle.defaults([
    { sql: from.defaultSql, type: from.databaseType },
    { sql: to.defaultSql, type: from.databaseType },
  ]);
  return a !== undefined && a === b;
}

function sameCollation({ engine }: Comparison, table: TableModel, from: ColumnModel, to: ColumnModel): boolean {
  const plain = (name: string | undefined): string | undefined =>
    engine.capabilities.collationsIgnoreCase ? name?.toLowerCase() : name;
  const own = (name: string | undefined): string | undefined =>
    plain(name) === plain(table.collation) ? undefined : plain(name);
  return own(from.definition.collation) === own(to.definition.collation);
}

function plainExtra({ extra = '' }: ColumnDefinition): string {
  return extra.toLowerCase().replace(/\b(?:now|current_timestamp)\b(?:\(\))?/g, 'current_timestamp');
}

/** The smallest change that turns `existing` into `target`; `undefined` where they are the same. */
function changeTo(existing: NamedColumnDefinition, target: ColumnDefinition): ColumnChangeDefinition | undefined {
  const { name: _name, ...before } = existing;
  let change = changeBetween(before, target);
  if (Object.keys(change).length === 0) return undefined;
  // a property that the new type removes by itself need not be removed by name
  for (const [key, value] of Object.entries(change)) {
    if (value !== null) continue;
    const { [key as keyof ColumnDefinition]: _removed, ...smaller } = change;
    if (sameColumn(changedColumn(before, smaller), target)) change = smaller;
  }
  return change;
}

function sameColumn(a: ColumnDefinition, b: ColumnDefinition): boolean {
  return Object.keys(changeBetween(a, b)).length === 0;
}
