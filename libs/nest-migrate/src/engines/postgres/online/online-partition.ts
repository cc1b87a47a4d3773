import { type OperationOf } from '../../../operations/operation.js';
import { keyOf } from '../../../schema/schema-model.js';
import { type OnlinePart, warned } from '../../online/online.js';
import { objectName } from '../ddl/object-name.js';
import { createdKey, creation, type Creation, isExclusion } from './online-constraint.js';
import { type Drop } from './replaced-operations.js';
import { type PartitionFacts } from './table-facts.js';
import { placeOf, requestsOn, wordsOfTable } from './table-place.js';
import { outside, type WrittenParts } from './written-parts.js';

export function dropPartition(written: WrittenParts, operation: OperationOf<'dropPartition'>): void {
  const partitions = written.partitionsOf(operation) ?? [];
  const isWithTable = written.operations.some(
    (other) => other.kind === 'dropTable' && keyOf(placeOf(other)) === keyOf(placeOf(operation)),
  );
  const isRefused = written.facts.version < 14 || partitions.some(({ isDefault }) => isDefault);
  if (isWithTable || written.isBracketed) return written.plain(operation);
  if (isRefused) {
    return written.plain(warned(operation, `${requestsOn(operation)} wait while the partition is dropped`));
  }
  written.sequence(operation, [outside({ ...operation, concurrently: true })]);
}

/**
 * On a table with partitions nothing is built concurrently. So each partition gets its own part first, and the table
 * then takes these over without reading a row. A partition that this database does not have is built with the table.
 */
export function createOnPartitioned(
  written: WrittenParts,
  operation: Creation,
  { partitions, replaced }: { readonly partitions: readonly PartitionFacts[]; readonly replaced?: Drop },
): void {
  if (operation.kind === 'createCheckConstraint' && !isExclusion(operation)) {
    return written.sequence(operation, creation(written, operation, replaced));
  }
  const ofPartitions =
    replaced === undefined && partitions.every(({ isPartitioned }) => !isPartitioned)
      ? partitions.map((partition) => onPartition(written, operation, partition))
      : [undefined];
  if (ofPartitions.includes(undefined)) {
    const blocked = `${requestsOn(operation)} wait while all of its partitions are read`;
    if (replaced !== undefined) written.plain(replaced);
    return written.plain(warned(operation, blocked));
  }
  const listed = `names the partitions of ${wordsOfTable(operation)} that this database has`;
  written.sequence(warned(operation, listed), [
    ...ofPartitions.flatMap((parts) => parts ?? []),
    outside(withoutWarning(operation)),
  ]);
}

function onPartition(
  written: WrittenParts,
  operation: Creation,
  partition: PartitionFacts,
): readonly OnlinePart[] | undefined {
  const at = { schema: partition.schema, table: partition.name };
  const named = (columns: readonly string[], label: string): string => objectName(partition.name, columns, label);
  switch (operation.kind) {
    case 'createIndex': {
      const { index } = operation;
      if (index.expression !== undefined) return undefined;
      const name = named(
        index.columns.map((column) => column.name),
        'idx',
      );
      return [outside({ ...withoutWarning(operation), ...at, index: { ...index, name }, concurrently: true })];
    }
    case 'createUniqueConstraint': {
      const { unique } = operation;
      const name = named(unique.columns, 'key');
      return createdKey(written, { ...withoutWarning(operation), ...at, unique: { ...unique, name } });
    }
    case 'createPrimaryKey': {
      const { primaryKey } = operation;
      const name = named([], 'pkey');
      return createdKey(written, { ...withoutWarning(operation), ...at, primaryKey: { ...primaryKey, name } });
    }
    case 'createForeignKey':
      return creation(written, { ...withoutWarning(operation), ...at });
    case 'createCheckConstraint':
      return undefined;
  }
}

function withoutWarning<O extends Creation>({ warning: _, ...operation }: O): O {
  return operation as O;
}
