import { type IndexDefinition, type UniqueDefinition } from '../../operations/operation.js';
import { type Named, type TableModel } from '../../schema/schema-model.js';
import { type Direction } from '../operation-plan.js';
import { type Comparison } from './comparison.js';
import { bothDirections, directionsToLift, type Uses } from './dependents.js';

/** An index or a unique constraint. Which of the two it is counts, and so does everything but the name. */
type Key =
  | { readonly kind: 'unique'; readonly name: string; readonly unique: Named<UniqueDefinition> }
  | { readonly kind: 'index'; readonly name: string; readonly index: Named<IndexDefinition> };

/** Compares unique constraints and indexes. Those that stand in the way of changed columns are lifted. */
export async function compareIndexes(comparison: Comparison, from: TableModel, to: TableModel): Promise<void> {
  const [before, after] = [keysOf(from), keysOf(to)];
  const lifted = await liftedKeys(comparison, { from, to }, before, after);
  const removed = before.filter((key) => !lifted.has(key.name));
  const added = after.filter((key) => !lifted.has(key.name));

  // a name that another index has becomes free only when that index is dropped
  const taken = new Set(before.map(({ name }) => name));
  const changing = [...comparison.changed.of(to, 'dropped', 'rebuilt').keys()];
  for (const key of removed) {
    const twin = added.find(
      (candidate) =>
        !taken.has(candidate.name) &&
        !isOpaque(key) &&
        !columnsOf(key).some((column) => changing.includes(column)) &&
        sameKey(key, candidate),
    );
    if (twin === undefined) {
      dropKey(comparison, to, key);
    } else {
      added.splice(added.indexOf(twin), 1);
      comparison.plan.add('renameIndexes', {
        kind: 'renameIndex',
        table: to.name,
        schema: to.schema,
        from: key.name,
        to: twin.name,
      });
    }
  }
  for (const key of before) dropKey(comparison, to, key, lifted.get(key.name) ?? []);
  for (const key of after) createKey(comparison, to, key, lifted.get(key.name) ?? []);
  for (const key of added) createKey(comparison, to, key);
  if (comparison.engine.capabilities.implicitForeignKeyIndexes) {
    const staying = new Set([...lifted].flatMap(([name, directions]) => (directions.length === 0 ? [name] : [])));
    unsettleUnindexed(
      comparison,
      from,
      to,
      before.filter(({ name }) => !staying.has(name)),
      staying,
    );
  }
}

/**
 * Marks columns whose last index is dropped, on an engine where a foreign key needs one: the foreign key cannot stay
 * meanwhile.
 */
function unsettleUnindexed(
  comparison: Comparison,
  from: TableModel,
  to: TableModel,
  removed: readonly Key[],
  staying: ReadonlySet<string>,
): void {
  const leads = (columns: readonly string[], indexed: readonly string[]): boolean =>
    columns.every((column, position) => indexed[position] === column);
  const remaining = [
    ...keysOf(from)
      .filter(({ name }) => staying.has(name))
      .map(columnsOf),
    ...(samePrimaryKey(from, to) ? [from.primaryKey?.columns ?? []] : []),
  ];
  for (const { columns } of from.foreignKeys) {
    const loses = removed.some((key) => leads(columns, columnsOf(key))) || !samePrimaryKey(from, to);
    if (loses && !remaining.some((indexed) => leads(columns, indexed))) comparison.unsettle(to, columns);
  }
}

function samePrimaryKey(from: TableModel, to: TableModel): boolean {
  return JSON.stringify(from.primaryKey?.columns) === JSON.stringify(to.primaryKey?.columns);
}

function keysOf({ uniques, indexes }: TableModel): readonly Key[] {
  return [
    ...uniques.map((unique): Key => ({ kind: 'unique', name: unique.name, unique })),
    ...indexes.map((index): Key => ({ kind: 'index', name: index.name, index })),
  ];
}

/** The keys that are the same on both sides, by name, with the directions in which they have to be lifted. */
async function liftedKeys(
  comparison: Comparison,
  { from: table, to: wanted }: { readonly from: TableModel; readonly to: TableModel },
  before: readonly Key[],
  after: readonly Key[],
): Promise<ReadonlyMap<string, readonly Direction[]>> {
  const pairs = before.flatMap((from) => {
    const to = after.find(({ name }) => name === from.name);
    return to === undefined ? [] : [{ name: from.name, from, to }];
  });
  // the condition of an index given as a whole statement is not known, so the name decides
  const isByName = ({ from, to }: (typeof pairs)[number]): boolean => isOpaque(from) || isOpaque(to);
  const alike = pairs.filter((pair) => !isByName(pair) && sameKey(withoutWhere(pair.from), withoutWhere(pair.to)));
  const conditions = await comparison.sameConditions(
    table,
    alike.map(({ from, to }) => ({ from: whereOf(from), to: whereOf(to) })),
  );
  const same = [...pairs.filter(isByName), ...alike.filter((_pair, index) => conditions[index])];
  const lifts = await directionsToLift(
    comparison,
    table,
    wanted,
    same.map(({ from, to }) => ({ ...usesOf(from), wanted: usesOf(to).expressions })),
  );
  return new Map(same.map(({ name }, index) => [name, lifts[index] ?? []]));
}

function usesOf(key: Key): Uses {
  if (key.kind === 'unique') return { columns: key.unique.columns, expressions: [] };
  const { expression, where, include = [] } = key.index;
  if (expression !== undefined) return { columns: columnsOf(key), expressions: [expression], areStatements: true };
  return { columns: [...columnsOf(key), ...include], expressions: where === undefined ? [] : [where] };
}

/**
 * Whether an index is given as a whole statement, as an index by expression is. The engine prints it in its own way, so
 * the name decides.
 */
function isOpaque(key: Key): boolean {
  if (key.kind === 'unique') return false;
  return key.index.expression !== undefined || key.index.type === 'fulltext';
}

function whereOf(key: Key): string {
  return key.kind === 'index' ? (key.index.where ?? 'true') : 'true';
}

function withoutWhere(key: Key): Key {
  if (key.kind === 'unique') return key;
  const { where, ...index } = key.index;
  // a partial index and a full one differ, whatever the condition is
  return { ...key, index: where === undefined ? index : { ...index, where: '' } };
}

function sameKey(a: Key, b: Key): boolean {
  return a.kind === b.kind && canonical(a) === canonical(b);
}

function canonical(key: Key): string {
  const { name: _name, ...rest } = key.kind === 'unique' ? key.unique : key.index;
  return JSON.stringify(
    Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)),
    (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
        : value,
  );
}

function columnsOf(key: Key): readonly string[] {
  return key.kind === 'unique' ? key.unique.columns : key.index.columns.map(({ name }) => name);
}

function dropKey(
  comparison: Comparison,
  { name: table, schema }: TableModel,
  key: Key,
  directions: readonly Direction[] = bothDirections,
): void {
  if (directions.length === 0) return;
  const { name } = key;
  if (key.kind === 'unique') {
    comparison.plan.addFor(directions, 'dropKeys', {
      kind: 'dropConstraint',
      table,
      schema,
      name,
      type: 'unique',
      previous: { type: 'unique', unique: key.unique },
    });
  } else {
    comparison.plan.addFor(directions, 'dropKeys', { kind: 'dropIndex', table, schema, name, previous: key.index });
  }
  comparison.unsettleKey({ name: table, schema }, columnsOf(key));
}

function createKey(
  comparison: Comparison,
  { name: table, schema }: TableModel,
  key: Key,
  directions: readonly Direction[] = bothDirections,
): void {
  const { plan } = comparison;
  if (key.kind === 'unique') {
    plan.addFor(directions, 'createIndexes', { kind: 'createUniqueConstraint', table, schema, unique: key.unique });
    if (directions.length > 0) comparison.unsettleKey({ name: table, schema }, columnsOf(key));
  } else {
    plan.addFor(directions, 'createIndexes', { kind: 'createIndex', table, schema, index: key.index });
  }
}
