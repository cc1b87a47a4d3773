import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { type Ddl } from '../../ddl/ddl.js';
import { type OnlineStep } from '../../online/online.js';
import { addColumn, alterColumn } from './online-column.js';
import { alterEnum } from './moved-enum.js';
import { creation, type Creation, isCreation } from './online-constraint.js';
import { dropIndex } from './online-index.js';
import { attachPartition, createOnPartitioned, detachPartition, dropPartition } from './online-partition.js';
import { type Drop, replacements } from './replaced-operations.js';
import { type TableFacts } from './table-facts.js';
import { inside, outside, WrittenParts } from './written-parts.js';

/**
 * Writes operations so that no request waits for longer than a moment: what reads the rows of a table runs outside of a
 * transaction, under a lock that lets others read and write. The end is the same as that of the operations.
 *
 * A table that the operations create is left out, since no request uses it yet.
 */
export function writeOnline(
  facts: TableFacts,
  ddl: Pick<Ddl, 'statements'>,
  operations: readonly AnyOperation[],
): readonly OnlineStep[] {
  const written = new WrittenParts(facts, ddl, operations);
  const replaced = replacements(operations);
  const later = new Set(replaced.values());
  for (const operation of operations) {
    if (!later.has(operation)) write(written, operation as Operation, replaced.get(operation) as Drop | undefined);
  }
  return written.steps();
}

/** @param replaced What had the name of the operation's object before. */
function write(written: WrittenParts, operation: Operation, replaced: Drop | undefined): void {
  switch (operation.kind) {
    case 'dropDependents':
    case 'keepAttributes':
      return written.open(operation);
    case 'restoreDependents':
    case 'restoreAttributes':
      return written.close(operation);
    case 'createTable':
      return written.createTable(operation);
    case 'createPartition':
      return written.createPartition(operation);
    case 'renameTable':
      return written.renameTable(operation);
    case 'dropTable':
      return dropTable(written, operation);
    case 'dropPartition':
      return dropPartition(written, operation);
    case 'attachPartition':
      return attachPartition(written, operation);
    case 'detachPartition':
      return detachPartition(written, operation);
    case 'dropIndex':
      return dropIndex(written, operation);
    case 'addColumn':
      return addColumn(written, operation);
    case 'alterColumn':
      return alterColumn(written, operation);
    case 'alterEnum':
      return alterEnum(written, operation);
    default:
      return isCreation(operation) ? create(written, operation, replaced) : written.plain(operation);
  }
}

/** Each foreign key locks another table, so each goes on its own, before its table does. */
function dropTable(written: WrittenParts, operation: OperationOf<'dropTable'>): void {
  const { schema, table, previous } = operation;
  const keys = written.isBracketed ? [] : (previous?.foreignKeys ?? []);
  for (const foreignKey of keys) {
    const { name } = foreignKey;
    if (name === undefined || foreignKey.referencedTable === table) continue;
    const type = 'foreignKey';
    written.sequence({}, [
      outside({ kind: 'dropConstraint', schema, table, name, type, previous: { type, foreignKey } }),
    ]);
  }
  written.plain(operation);
}

function create(written: WrittenParts, operation: Creation, replaced: Drop | undefined): void {
  if (written.isNew(operation)) {
    if (replaced !== undefined) written.plain(replaced);
    // what it refers to may wait as well
    return written.hasWaiting ? written.sequence({}, [inside(operation)]) : written.plain(operation);
  }
  const partitions = written.partitionsOf(operation);
  if (partitions !== undefined) return createOnPartitioned(written, operation, { partitions, replaced });
  written.sequence(operation, creation(written, operation, replaced));
}
