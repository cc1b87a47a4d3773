import { type SqlReader } from '../../engines/sql/sql-reader.js';
import { type CreatePartitionOperation, type RenameTableOperation } from '../../operations/operation.js';
import { displayName, type PartitionModel, type Partitioning, type TableModel } from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';

/**
 * Compares the partitions of a table that both sides have. Where the entity declares no partitions they are left alone,
 * as MikroORM leaves them.
 */
export async function comparePartitions(comparison: Comparison, from: TableModel, to: TableModel): Promise<void> {
  if (to.partitioning === undefined) return;
  if (from.partitioning === undefined || !(await sameKey(comparison, to, from.partitioning, to.partitioning))) {
    comparison.warn(
      `${displayName(to)} is not partitioned by ${to.partitioning.key}, as its entity wants: PostgreSQL cannot change that of ` +
        'a table that is there, so make a new table, copy the rows and rename it in a revision by hand',
    );
    return;
  }
  const { partitions: existing } = from.partitioning;
  const { partitions: wanted } = to.partitioning;
  const keys = keysOf(comparison.engine.sql, to.partitioning);
  const alike = await pairUp(existing, wanted, (other, partition) => sameBound(comparison, to, keys, other, partition));
  for (const partition of wanted) {
    if (!alike.has(partition)) comparison.plan.add('createPartitions', partitionOperation(to, partition));
  }
  comparison.plan.add('renamePartitions', ...renamesOf(to, alike));
  const kept = new Set(alike.values());
  for (const partition of existing) {
    if (kept.has(partition)) continue;
    const { bound, ...place } = partitionOperation(to, partition);
    comparison.plan.add('dropPartitions', { ...place, kind: 'dropPartition', previous: bound });
  }
}

/** Pairs each wanted partition with an existing one: first those of the same name, then those of another name. */
async function pairUp(
  existing: readonly PartitionModel[],
  wanted: readonly PartitionModel[],
  same: (existing: PartitionModel, wanted: PartitionModel) => Promise<boolean>,
): Promise<ReadonlyMap<PartitionModel, PartitionModel>> {
  const pairs = new Map<PartitionModel, PartitionModel>();
  const pair = async (candidates: (partition: PartitionModel) => readonly PartitionModel[]): Promise<void> => {
    await Promise.all(
      wanted.map(async (partition) => {
        const others = candidates(partition);
        const answers = await Promise.all(others.map((other) => same(other, partition)));
        // no two partitions have the same bound
        const found = others[answers.indexOf(true)];
        if (found !== undefined) pairs.set(partition, found);
      }),
    );
  };
  const inPlace = existing.map((partition) => [`${partition.schema}.${partition.name}`, partition] as const);
  const byPlace = new Map(inPlace);
  await pair(({ name, schema }) => [byPlace.get(`${schema}.${name}`)].filter((other) => other !== undefined));
  const taken = new Set(pairs.values());
  const missed = existing.filter((other) => !taken.has(other));
  const known = new Set(pairs.keys());
  await pair((partition) => (known.has(partition) ? [] : missed.filter(({ schema }) => schema === partition.schema)));
  return pairs;
}

/**
 * Renames in an order in which none takes a name that is still in use. Names that are swapped in a circle need a
 * temporary name.
 */
function renamesOf(
  table: TableModel,
  pairs: ReadonlyMap<PartitionModel, PartitionModel>,
): readonly RenameTableOperation[] {
  const operations: RenameTableOperation[] = [];
  let waiting = [...pairs]
    .map(([{ name, schema }, previous]) => ({ from: previous.name, to: name, schema: schema ?? table.schema }))
    .filter(({ from, to }) => from !== to);
  while (waiting.length > 0) {
    const isFree = ({ to, schema }: (typeof waiting)[number]): boolean =>
      !waiting.some((other) => other.from === to && other.schema === schema);
    const free = waiting.filter(isFree);
    const [first, ...others] = waiting;
    operations.push(...free.map((rename) => ({ kind: 'renameTable' as const, ...rename })));
    if (free.length > 0 || first === undefined) {
      waiting = waiting.filter((rename) => !free.includes(rename));
      continue;
    }
    const detour = `${first.from.slice(0, DETOUR_LENGTH)}_old`;
    operations.push({ kind: 'renameTable', from: first.from, to: detour, schema: first.schema });
    waiting = [...others, { ...first, from: detour }];
  }
  return operations;
}

/** The length to which a name is cut for the temporary suffix: PostgreSQL's names have 63 bytes. */
const DETOUR_LENGTH = 55;

/** The operation that creates a partition of a table. */
export function partitionOperation(
  { name: table, schema }: TableModel,
  { name, schema: partitionSchema, bound }: PartitionModel,
): CreatePartitionOperation {
  return { kind: 'createPartition', table, schema, name, partitionSchema, bound };
}

async function sameKey(
  comparison: Comparison,
  table: TableModel,
  from: Partitioning,
  to: Partitioning,
): Promise<boolean> {
  const [before, after] = [keysOf(comparison.engine.sql, from), keysOf(comparison.engine.sql, to)];
  if (methodOf(from) !== methodOf(to) || before.length !== after.length) return false;
  const pairs = before.map((key, index) => ({ from: key, to: after[index] ?? '' }));
  return (await comparison.sameConditions(table, pairs)).every(Boolean);
}

/** Whether two bounds are the same. The server compares their values with the key's type, as it does for rows. */
async function sameBound(
  comparison: Comparison,
  table: TableModel,
  keys: readonly string[],
  { bound: from }: PartitionModel,
  { bound: to }: PartitionModel,
): Promise<boolean> {
  const [before, after] = [partsOf(comparison.engine.sql, from), partsOf(comparison.engine.sql, to)];
  if (before.words !== after.words || before.values.length !== after.values.length) return false;
  // all values of a list belong to the one key; a range has two values for each key
  const pairs = before.values.map((value, index) => {
    const key = `(${keys[index % keys.length] ?? ''})`;
    const compared = (text: string): string => (isEnd(text) ? `${key} is null` : `${key} = (${text})`);
    return { from: compared(value), to: compared(after.values[index] ?? '') };
  });
  const ends = before.values.every(
    (value, index) => !isEnd(value) || value.toLowerCase() === after.values[index]?.toLowerCase(),
  );
  return ends && (await comparison.sameConditions(table, pairs)).every(Boolean);
}

function isEnd(value: string): boolean {
  return /^(?:minvalue|maxvalue)$/i.test(value);
}

function methodOf({ key }: Partitioning): string {
  return (/^\w+/.exec(key.trim())?.[0] ?? '').toLowerCase();
}

/** The columns and expressions that a table is partitioned by. */
function keysOf(sql: SqlReader, { key }: Partitioning): readonly string[] {
  return sql.splitList(key.slice(key.indexOf('(') + 1, key.lastIndexOf(')')));
}

/** The values of a bound, and the words around them. */
function partsOf(sql: SqlReader, bound: string): { readonly words: string; readonly values: readonly string[] } {
  const values: string[] = [];
  let words = '';
  let list = '';
  let depth = 0;
  for (const piece of bound.match(PIECES) ?? []) {
    if (piece === ')') depth -= 1;
    if (piece === ')' && depth === 0) {
      values.push(...sql.splitList(list));
      list = '';
    }
    if (depth === 0) words += piece;
    else list += piece;
    if (piece === '(') depth += 1;
  }
  const spelled = words
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/ ?\( ?/g, ' (')
    .trim();
  // the numbers of a hash bound count as words
  return /\bwith\b/.test(spelled)
    ? {
        words: bound
          .toLowerCase()
          .replace(/\s+/g, ' ')
          .replace(/ ?([(),]) ?/g, '$1')
          .trim(),
        values: [],
      }
    : { words: spelled, values };
}

const PIECES = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|[^'"(),]+/g;
