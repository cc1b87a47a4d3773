import { type IndexDefinition, type UniqueDefinition } from '../../operations/operation.js';
import { type IndexPart, type IndexStatement, operatorClassOf, parseIndex } from '../../engines/sql/index-statement.js';
import { type SqlReader } from '../../engines/sql/sql-reader.js';
import { type Named, type TableModel } from '../../schema/schema-model.js';
import { type Direction } from '../operation-plan.js';
import { type Comparison } from './comparison.js';
import { bothDirections, directionsToLift, type Uses } from './changed-columns.js';

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
  const matches = await Promise.all(pairs.map((pair) => isSame(comparison, table, pair)));
  const same = pairs.filter((_pair, index) => matches[index]);
  const lifts = await directionsToLift(
    comparison,
    table,
    wanted,
    same.map(({ from, to }) => ({
      ...usesOf(comparison.engine.sql, from),
      wanted: usesOf(comparison.engine.sql, to).expressions,
    })),
  );
  return new Map(same.map(({ name }, index) => [name, lifts[index] ?? []]));
}

async function isSame(
  comparison: Comparison,
  table: TableModel,
  { from, to }: { readonly from: Key; readonly to: Key },
): Promise<boolean> {
  if (isOpaque(from) || isOpaque(to)) return sameStatement(comparison, table, from, to);
  if (!sameKey(withoutOwnLengths(comparison, withoutWhere(from), to), withoutWhere(to))) return false;
  const [same] = await comparison.sameConditions(table, [{ from: whereOf(from), to: whereOf(to) }]);
  return same === true;
}

/**
 * Compares indexes of which one is given as a statement, or as a list of expressions. The engine prints it in its own
 * way, so it is asked about each expression. Where it does not know, or the statement cannot be read, the name decides.
 */
async function sameStatement(comparison: Comparison, table: TableModel, from: Key, to: Key): Promise<boolean> {
  const { sql } = comparison.engine;
  const [a, b] = [statementOf(comparison, table, from), statementOf(comparison, table, to)];
  if (a === undefined || b === undefined) return true;
  const method = ({ method: name = 'btree' }: IndexStatement): string => name;
  if (a.unique !== b.unique || method(a) !== method(b)) return false;
  // columns without a statement say nothing of parameters
  if (isOpaque(to) && a.more !== b.more) return false;
  if (a.parts.length !== b.parts.length || a.include.join() !== b.include.join()) return false;
  if ((a.where === undefined) !== (b.where === undefined)) return false;
  const pairs = [
    ...a.parts.map((part, index) => ({ from: part.expression, to: b.parts[index]?.expression ?? '' })),
    { from: a.where ?? '', to: b.where ?? '' },
  ].filter((pair) => !sql.sameText(pair.from, pair.to));
  for (const [index, part] of a.parts.entries()) {
    const wanted = b.parts[index];
    if (wanted !== undefined && !(await sameOptions(comparison, method(b), part, wanted))) return false;
  }
  const answers = await comparison.oracle.conditions(
    table,
    pairs.flatMap((pair) => [pair.from, pair.to]),
  );
  return pairs.every((_pair, index) => {
    const [first, second] = answers.slice(index * 2, index * 2 + 2);
    return first === undefined || second === undefined || first === second;
  });
}

/** Compares the options of two parts. The engine prints no operator class that it would have chosen by itself. */
async function sameOptions(
  { engine, oracle }: Comparison,
  method: string,
  from: IndexPart,
  to: IndexPart,
): Promise<boolean> {
  if (from.options === to.options) return true;
  const named = operatorClassOf(to);
  const query = named === undefined ? undefined : engine.types.choosesOperatorClass?.(method, named.name);
  if (query === undefined || from.options !== named?.others) return false;
  return (await oracle.findsRow(query)) === true;
}

function statementOf({ engine }: Comparison, table: TableModel, key: Key): IndexStatement | undefined {
  if (key.kind === 'unique') return undefined;
  const { name, expression, type, columns, where, unique = false, include = [], fillFactor } = key.index;
  if (expression !== undefined) {
    const parsed = parseIndex(engine.sql, expression);
    return parsed && { ...parsed, unique: parsed.unique || unique };
  }
  const typed = columns.map((column) => ({
    name: column.name,
    type: table.columns.find(({ definition }) => definition.name === column.name)?.databaseType ?? '',
  }));
  if (type === 'fulltext') {
    return parseIndex(engine.sql, engine.platform.getFullTextIndexExpression(name, table.schema, table.name, typed));
  }
  const parts = columns.map(({ name: column, sort, nulls, collation }) => ({
    expression: engine.sql.quote(column),
    options: [
      ...(collation === undefined ? [] : [`collate ${collation}`]),
      ...(sort === undefined ? [] : [sort]),
      ...(nulls === undefined ? [] : [`nulls ${nulls}`]),
    ]
      .join(' ')
      .toLowerCase(),
  }));
  return {
    unique,
    ...(type !== undefined && { method: type }),
    parts,
    include,
    ...(where !== undefined && { where }),
    more: fillFactor === undefined ? '' : `with(fillfactor=${fillFactor})`,
  };
}

function usesOf(sql: SqlReader, key: Key): Uses {
  if (key.kind === 'unique') return { columns: key.unique.columns, expressions: [] };
  const { expression, where, include = [] } = key.index;
  if (expression === undefined) {
    return { columns: [...columnsOf(key), ...include], expressions: where === undefined ? [] : [where] };
  }
  const parsed = parseIndex(sql, expression);
  if (parsed === undefined) return { columns: [], expressions: [expression], areStatements: true };
  const parts = parsed.parts.map((part) => part.expression);
  return { columns: parsed.include, expressions: parsed.where === undefined ? parts : [...parts, parsed.where] };
}

/** Whether an index is given as a statement or as a list of expressions, or is one that engines keep as such. */
function isOpaque(key: Key): boolean {
  return key.kind === 'index' && key.index.expression !== undefined;
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

/** An existing key without the lengths that the engine chose, where the wanted key leaves them open. */
function withoutOwnLengths({ engine }: Comparison, key: Key, wanted: Key): Key {
  if (key.kind === 'unique' || wanted.kind === 'unique') return key;
  const isOpen = (position: number): boolean => wanted.index.columns[position]?.length === undefined;
  const columns = key.index.columns.map(({ length, ...column }, position) => {
    const isOwn = length !== undefined && engine.capabilities.ownIndexLengths.includes(length) && isOpen(position);
    return isOwn || length === undefined ? column : { ...column, length };
  });
  return { ...key, index: { ...key.index, columns } };
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
