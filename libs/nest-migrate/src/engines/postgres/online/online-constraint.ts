import { objectChanges } from '../../../operations/all.js';
import { isKey } from '../../../operations/object-change.js';
import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { type OnlinePart, warned } from '../../online/online.js';
import { constraintIn } from './constraint-name.js';
import { createdIndex, temporaryName } from './online-index.js';
import { notNull } from './not-null.js';
import { type Drop } from './replaced-operations.js';
import { requestsOn } from './table-place.js';
import { inside, outside, type WrittenParts } from './written-parts.js';

/** What creates something by reading all rows of a table. */
export type Creation = OperationOf<
  'createIndex' | 'createUniqueConstraint' | 'createPrimaryKey' | 'createForeignKey' | 'createCheckConstraint'
>;

/** Whether an operation is one. */
export function isCreation(operation: Operation): operation is Creation {
  return objectChanges(operation).some(({ does, object }) => does === 'creates' && isKey(object));
}

/** @param replaced What had the name before. */
export function creation(written: WrittenParts, operation: Creation, replaced?: Drop): readonly OnlinePart[] {
  const instead = replaced === undefined ? [] : [inside(replaced)];
  switch (operation.kind) {
    case 'createIndex':
      return createdIndex(operation, replaced as OperationOf<'dropIndex'> | undefined);
    case 'createUniqueConstraint':
    case 'createPrimaryKey':
      return createdKey(written, operation, instead);
    case 'createForeignKey':
    case 'createCheckConstraint': {
      if (isExclusion(operation)) {
        const blocked = `${requestsOn(operation)} wait while its index is built, for which PostgreSQL has no other way`;
        return [...instead, inside(warned(operation, blocked))];
      }
      const { schema, table } = operation;
      const create = { ...operation, notValid: true };
      return [
        ...(replaced === undefined ? [outside(create)] : [...instead, inside(create)]),
        outside({ kind: 'validateConstraint', schema, table, name: nameOf(written, operation) }),
      ];
    }
  }
}

/** A unique constraint or a primary key: its index is built first, while others write. */
export function createdKey(
  written: WrittenParts,
  operation: OperationOf<'createUniqueConstraint' | 'createPrimaryKey'>,
  instead: readonly OnlinePart[] = [],
): readonly OnlinePart[] {
  const { schema, table } = operation;
  const name = nameOf(written, operation);
  const isReplaced = instead.length > 0;
  const index = isReplaced ? temporaryName(name) : name;
  const { columns } = operation.kind === 'createPrimaryKey' ? operation.primaryKey : operation.unique;
  const nullable =
    operation.kind === 'createPrimaryKey' ? columns.filter((one) => written.isNullable(operation, one)) : [];
  const build = {
    kind: 'createIndex',
    schema,
    table,
    index: { name: index, columns: columns.map((column) => ({ name: column })), unique: true },
    concurrently: true,
  } as const;
  const create = { ...operation, usingIndex: index };
  return [
    ...nullable.flatMap((column) => notNull({ schema, table, column })),
    outside(build),
    // nothing is unique in between unless both are in one transaction
    ...(isReplaced ? [...instead, inside(create)] : [outside(create)]),
  ];
}

export function isExclusion(operation: Creation): boolean {
  return operation.kind === 'createCheckConstraint' && /^\s*exclude\b/i.test(operation.check.expression);
}

/** The name that a constraint gets. */
function nameOf({ ddl }: WrittenParts, operation: Creation): string {
  const [statement] = ddl.statements(operation);
  return constraintIn(statement?.postcondition);
}
