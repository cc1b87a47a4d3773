import { isStatement } from '../../../operations/index-definition.js';
import { type OperationOf } from '../../../operations/operation.js';
import { type OnlinePart } from '../../online/online.js';
import { objectName } from '../ddl/object-name.js';
import { outside, type WrittenParts } from './written-parts.js';

export function dropIndex(written: WrittenParts, operation: OperationOf<'dropIndex'>): void {
  const isPlain = written.isNew(operation) || written.partitionsOf(operation) !== undefined || written.isBracketed;
  if (isPlain) return written.plain(operation);
  written.sequence(operation, [outside({ ...operation, concurrently: true })]);
}

export function createdIndex(
  operation: OperationOf<'createIndex'>,
  replaced: OperationOf<'dropIndex'> | undefined,
): readonly OnlinePart[] {
  return replaced === undefined ? [outside({ ...operation, concurrently: true })] : replacedIndex(operation, replaced);
}

/** The new index is built before the old one goes, so that queries always have one. */
function replacedIndex(operation: OperationOf<'createIndex'>, drop: OperationOf<'dropIndex'>): readonly OnlinePart[] {
  const { schema, table, index } = operation;
  const to = drop.name;
  const from = temporaryName(to);
  // a whole statement has the name in it
  if (index.expression !== undefined && isStatement(index.expression)) {
    return [outside({ ...drop, concurrently: true }), outside({ ...operation, concurrently: true })];
  }
  return [
    outside({ ...operation, index: { ...index, name: from }, concurrently: true }),
    outside({ ...drop, concurrently: true }),
    outside({ kind: 'renameIndex', schema, table, from, to }),
  ];
}

/** A name for something that gets its own one in the end. */
export function temporaryName(name: string): string {
  return objectName(name, [], 'new');
}
