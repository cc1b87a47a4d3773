import { type IndexDefinition, type UniqueDefinition } from '../../operations/operation.js';
import { type Named, type TableModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/** An index or a unique constraint. Which of the two it is counts, and so does everything but the name. */
type Key =
  | { readonly kind: 'unique'; readonly name: string; readonly unique: Named<UniqueDefinition> }
  | { readonly kind: 'index'; readonly name: string; readonly index: Named<IndexDefinition> };

/**
 * Compares unique constraints and indexes.
 *
 * @param replaced Columns that are dropped and added again. Every index on them is dropped with them.
 */
export async function compareIndexes(
  comparison: Comparison,
  from: TableModel,
  to: TableModel,
  replaced: readonly string[],
): Promise<void> {
  const [before, after] = [keysOf(from), keysOf(to)];
  const staying = await stayingKeys(comparison, from, before, after, replaced);
  const removed = before.filter((key) => !staying.has(key.name));
  const added = after.filter((key) => !staying.has(key.name));

  // a name that another index has becomes free only when that index is dropped
  const taken = new Set(before.map(({ name }) => name));
  for (const key of removed) {
    const twin = added.find(
      (candidate) => !taken.has(candidate.name) && !isOpaque(key) && !touches(key, replaced) && sameKey(key, candidate),
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
  for (const key of added) createKey(comparison, to, key);
  if (comparison.engine.capabilities.implicitForeignKeyIndexes)
    unsettleUnindexed(comparison, from, to, removed, staying);
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

/** The names of the keys that are the same on both sides. */
async function stayingKeys(
  comparison: Comparison,
  table: TableModel,
  before: readonly Key[],
  after: readonly Key[],
  replaced: readonly string[],
): Promise<ReadonlySet<string>> {
  const pairs = before.flatMap((from) => {
    const to = after.find(({ name }) => name === from.name);
    return to === undefined || touches(from, replaced) ? [] : [{ name: from.name, from, to }];
  });
  // the condition of an index given as a whole statement is not known, so the name decides
  const isByName = ({ from, to }: (typeof pairs)[number]): boolean => isOpaque(from) || isOpaque(to);
  const alike = pairs.filter((pair) => !isByName(pair) && sameKey(withoutWhere(pair.from), withoutWhere(pair.to)));
  const conditions = await comparison.sameConditions(
    table,
    alike.map(({ from, to }) => ({ from: whereOf(from), to: whereOf(to) })),
  );
  const same = alike.filter((_pair, index) => conditions[index]);
  return new Set([...pairs.filter(isByName), ...same].map(({ name }) => name));
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

function touches(key: Key, columns: readonly string[]): boolean {
  return columnsOf(key).some((column) => columns.includes(column));
}

function dropKey(comparison: Comparison, { name: table, schema }: TableModel, key: Key): void {
  const { name } = key;
  if (key.kind === 'unique') {
    comparison.plan.add('dropKeys', {
      kind: 'dropConstraint',
      table,
      schema,
      name,
      type: 'unique',
      previous: { type: 'unique', unique: key.unique },
    });
  } else {
    comparison.plan.add('dropKeys', { kind: 'dropIndex', table, schema, name, previous: key.index });
  }
  comparison.unsettleKey({ name: table, schema }, columnsOf(key));
}

function createKey(comparison: Comparison, { name: table, schema }: TableModel, key: Key): void {
  if (key.kind === 'unique') {
    comparison.plan.add('createIndexes', { kind: 'createUniqueConstraint', table, schema, unique: key.unique });
    comparison.unsettleKey({ name: table, schema }, columnsOf(key));
  } else {
    comparison.plan.add('createIndexes', { kind: 'createIndex', table, schema, index: key.index });
  }
}
