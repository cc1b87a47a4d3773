import { type ExistingTable, type Operation } from '../operations/operation.js';
import { isTableAlteration, objectChanges, reverse, type TableAlteration } from '../operations/all.js';
import { isIndex } from '../operations/object-change.js';
import { tableOperation } from './compare/tables.js';
import { type Engine } from '../engines/engine.js';
import { withoutColumns } from '../schema/without-columns.js';
import { type SqlReader } from '../engines/sql/sql-reader.js';
import { keyOf, type QualifiedName, samePlace, type TableModel } from '../schema/schema-model.js';
import { type AlterationBatch, type AlterationBatches } from './schema-comparison.js';

/** A table on both sides, and those parts of it that are not compared but exist. */
export interface KeptTable {
  readonly from: TableModel;
  readonly to: TableModel;
  readonly leftOut: Pick<TableModel, 'columns' | 'indexes' | 'uniques' | 'checks' | 'foreignKeys' | 'triggers'>;
}

/**
 * Groups the operations of each table that has to be rebuilt, at the place of the last of them: one new table then
 * serves all of them. Changes nothing for an engine that alters its tables in place.
 *
 * @param find Returns the table of an alteration.
 */
export async function gatherRebuilds(
  { ddl: { needsTable }, sql }: Pick<Engine, 'ddl' | 'sql'>,
  operations: readonly Operation[],
  find: (place: QualifiedName) => Promise<KeptTable | undefined>,
): Promise<{ readonly operations: readonly Operation[]; readonly rebuilds: AlterationBatches }> {
  const upgrade: AlterationBatch[] = [];
  const downgrade: AlterationBatch[] = [];
  if (needsTable === undefined) return { operations, rebuilds: { upgrade, downgrade } };
  let ordered = operations;
  for (const all of byTable(operations)) {
    const group = all.filter((operation) => !makesRoom(operation, operations));
    const [first] = group;
    const table = first === undefined ? undefined : await find(placeOf(first));
    if (table === undefined) continue;
    const before = asAltered(existing(table, 'from', all, { operations, sql }), group);
    const after = inOrder(existing(table, 'to', all, { operations, sql }), columnsAfter(before, all));
    const back = group.toReversed().flatMap(reverse) as readonly TableAlteration[];
    const [isUp, isDown] = [needsTable(group, before), needsTable(back, after)];
    if (!isUp && !isDown) continue;
    if (isUp) upgrade.push({ existing: before, alterations: group });
    if (isDown) downgrade.push({ existing: after, alterations: back });
    const last = group.at(-1);
    ordered = ordered.flatMap((operation) => {
      if (operation === last) return group;
      return (group as readonly Operation[]).includes(operation) ? [] : [operation];
    });
  }
  return { operations: ordered, rebuilds: { upgrade, downgrade } };
}

/**
 * The alterations of each table. Renames of columns are left out: they come first, and everything else follows them by
 * itself.
 */
function byTable(operations: readonly Operation[]): readonly (readonly TableAlteration[])[] {
  const groups = new Map<string, TableAlteration[]>();
  for (const operation of operations) {
    if (!isTableAlteration(operation) || operation.kind === 'renameColumn') continue;
    const key = keyOf(placeOf(operation));
    groups.set(key, [...(groups.get(key) ?? []), operation]);
  }
  return [...groups.values()];
}

function placeOf({ table, schema }: TableAlteration): QualifiedName {
  return { name: table, ...(schema !== undefined && { schema }) };
}

/**
 * Whether the operation drops an index whose name another table needs. Such an operation stays where it is, before the
 * rebuild.
 */
function makesRoom(operation: TableAlteration, operations: readonly Operation[]): boolean {
  const name = droppedIndex(operation);
  return name !== undefined && operations.some((other) => takenNames(other, operation.table).includes(name));
}

function droppedIndex(operation: TableAlteration): string | undefined {
  return objectChanges(operation).find(({ does, object }) => does === 'drops' && isIndex(object))?.name;
}

/** The names of indexes that an operation on another table takes. */
function takenNames(operation: Operation, besides: string): readonly (string | undefined)[] {
  if (!('table' in operation) || operation.table === besides) return [];
  if (operation.kind === 'createTable') return [...operation.indexes, ...operation.uniques].map(({ name }) => name);
  return objectChanges(operation).flatMap(({ does, object, name, after }) =>
    isIndex(object) && does !== 'drops' ? [(after ?? { name }).name] : [],
  );
}

/** One side of a table, as it is when its alterations begin. */
function existing(
  { leftOut: unseen, ...table }: KeptTable,
  side: 'from' | 'to',
  alterations: readonly TableAlteration[],
  { operations, sql }: { readonly operations: readonly Operation[]; readonly sql: SqlReader },
): ExistingTable {
  const model = table[side];
  const has = (name: string): boolean => model.columns.some(({ definition }) => definition.name === name);
  // what uses a column that only the other side has goes with it
  const others = [...table.from.columns, ...table.to.columns].filter(({ definition }) => !has(definition.name));
  const isOther = (name: string): boolean => others.some(({ definition }) => definition.name === name);
  const leftOut = withoutColumns(
    { ...unseen, name: model.name, columns: [...unseen.columns, ...others] },
    isOther,
    sql,
  );
  const gone = new Set(alterations.filter((operation) => makesRoom(operation, operations)).map(droppedIndex));
  const stays = ({ name }: { readonly name: string }): boolean => !gone.has(name);
  const isDropped = (name: string): boolean =>
    operations.some(
      (operation) => operation.kind === 'dropTrigger' && operation.name === name && operation.table === model.name,
    );
  const whole: TableModel = {
    ...model,
    columns: [...model.columns, ...leftOut.columns],
    indexes: [...model.indexes.filter(stays), ...leftOut.indexes],
    uniques: [...model.uniques.filter(stays), ...leftOut.uniques],
    checks: [...model.checks, ...leftOut.checks],
    foreignKeys: [...model.foreignKeys, ...leftOut.foreignKeys],
  };
  // a changed trigger is dropped before the rebuild and created after it, so both directions begin with the same
  // triggers
  const triggers = [...table.from.triggers, ...leftOut.triggers].filter(({ name }) => !isDropped(name));
  return {
    ...tableOperation(whole, whole.foreignKeys),
    ...(triggers.length > 0 && {
      triggers: triggers.map(({ name, definition }) => ({ name, trigger: definition })),
    }),
  };
}

/**
 * Columns as they are before the first alteration of each: a rename that preceded the comparison is not yet applied to
 * them.
 */
function asAltered(table: ExistingTable, alterations: readonly TableAlteration[]): ExistingTable {
  const columns = table.columns.map((column) => {
    const first = alterations.find((operation) => operation.kind === 'alterColumn' && operation.column === column.name);
    return first?.kind === 'alterColumn' && first.existing !== undefined
      ? { name: column.name, ...first.existing }
      : column;
  });
  return { ...table, columns };
}

/** The order of the columns after the alterations, which may differ from their order in the entity. */
function columnsAfter({ columns }: ExistingTable, alterations: readonly TableAlteration[]): readonly string[] {
  const names = columns.map(({ name }) => name);
  for (const operation of alterations) {
    if (operation.kind === 'dropColumn') names.splice(names.indexOf(operation.column), 1);
    if (operation.kind !== 'addColumn') continue;
    const { after, first, column } = operation;
    const place = first === true ? 0 : after === undefined ? names.length : names.indexOf(after) + 1;
    names.splice(place, 0, column.name);
  }
  return names;
}

function inOrder(table: ExistingTable, names: readonly string[]): ExistingTable {
  const place = ({ name }: { readonly name: string }): number => names.indexOf(name);
  return { ...table, columns: table.columns.toSorted((a, b) => place(a) - place(b)) };
}

/** The parts of a table that the comparison did not see. */
export function leftOut(whole: TableModel, seen: TableModel): KeptTable['leftOut'] {
  const unseen = <T>(of: (table: TableModel) => readonly T[], name: (part: T) => string): readonly T[] => {
    const known = new Set(of(seen).map(name));
    return of(whole).filter((part) => !known.has(name(part)));
  };
  const ownName = ({ name }: { readonly name: string }): string => name;
  return {
    columns: unseen(
      ({ columns }) => columns,
      ({ definition }) => definition.name,
    ),
    indexes: unseen(({ indexes }) => indexes, ownName),
    uniques: unseen(({ uniques }) => uniques, ownName),
    checks: unseen(({ checks }) => checks, ownName),
    foreignKeys: unseen(({ foreignKeys }) => foreignKeys, ownName),
    triggers: unseen(({ triggers }) => triggers, ownName),
  };
}

/** Both sides of a table, as `find` of {@link gatherRebuilds} returns them. */
export function keptTable(
  place: QualifiedName,
  live: readonly TableModel[],
  entities: readonly TableModel[],
): Pick<KeptTable, 'from' | 'to'> | undefined {
  const from = live.find((table) => samePlace(table, place));
  const to = entities.find((table) => samePlace(table, place));
  return from === undefined || to === undefined ? undefined : { from, to };
}
