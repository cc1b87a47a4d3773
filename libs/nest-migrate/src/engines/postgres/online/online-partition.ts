import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { keyOf, type QualifiedName } from '../../../schema/schema-model.js';
import { type OnlinePart, warned } from '../../online/online.js';
import { objectName } from '../ddl/object-name.js';
import { createdKey, creation, type Creation, isExclusion } from './online-constraint.js';
import { type Drop } from './replaced-operations.js';
import { type PartitionFacts } from './table-facts.js';
import { type OfTable, partitionOf, placeOf, requestsOn, wordsOfTable } from './table-place.js';
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
 * A check that is validated while others write proves that the rows fit, so that none is read while the partition is
 * locked. Another proves that none of them is in the default partition.
 */
export function attachPartition(written: WrittenParts, operation: OperationOf<'attachPartition'>): void {
  const own = partitionOf(operation);
  const isUnused = written.isNew(operation) || written.isNew({ table: own.name, schema: own.schema });
  if (isUnused) return written.plain(operation);
  const bound = written.facts.boundOf(operation);
  const rest = written.partitionsOf(operation)?.find(({ isDefault }) => isDefault);
  if (bound === undefined || written.isBracketed) {
    const read = [own, ...(rest === undefined ? [] : [rest])].map((one) => tableOf(one));
    const blocked = `requests on ${read.map(wordsOfTable).join(' and ')} wait while the rows are read`;
    return written.plain(warned(operation, blocked));
  }
  const proofs = [proof(tableOf(own), bound), ...(rest === undefined ? [] : [proof(tableOf(rest), `not ${bound}`)])];
  written.sequence(operation, [
    ...proofs.flatMap(({ given }) => given),
    outside(withoutWarning(operation)),
    ...proofs.map(({ taken }) => taken),
  ]);
}

/** PostgreSQL leaves a check on what it detaches concurrently, unless one is there. So there is one, which then goes. */
export function detachPartition(written: WrittenParts, operation: OperationOf<'detachPartition'>): void {
  const isRefused =
    written.facts.version < 14 || written.partitionsOf(operation)?.some(({ isDefault }) => isDefault) === true;
  const bound = written.facts.boundOf(operation);
  // the plain form needs a moment only
  if (isRefused || bound === undefined || written.isBracketed || written.isNew(operation)) {
    return written.plain(operation);
  }
  const { given, taken } = proof(tableOf(partitionOf(operation)), bound);
  written.sequence(operation, [...given, outside({ ...withoutWarning(operation), concurrently: true }), taken]);
}

/** A check that is there for as long as it is needed. */
function proof(
  { schema, table }: OfTable,
  expression: string,
): { readonly given: readonly OnlinePart[]; readonly taken: OnlinePart } {
  const name = objectName(table, [], 'bound');
  const check = { name, expression };
  return {
    given: [
      outside({ kind: 'createCheckConstraint', schema, table, check, notValid: true }),
      outside({ kind: 'validateConstraint', schema, table, name }),
    ],
    taken: outside({ kind: 'dropConstraint', schema, table, name, type: 'check', previous: { type: 'check', check } }),
  };
}

function tableOf({ name, schema }: QualifiedName): OfTable {
  return { table: name, ...(schema !== undefined && { schema }) };
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

function withoutWarning<O extends Operation>({ warning: _, ...operation }: O): O {
  return operation as O;
}
