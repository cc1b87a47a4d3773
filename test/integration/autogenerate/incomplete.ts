/** What an operation of `migrate` has to hold beside what it does: names that it could be dropped by, and what was there. */
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';

/** The operations that could not be turned round by whoever reads them later, each with what it lacks. */
export function incomplete(operations: readonly Operation[]): readonly string[] {
  return operations.flatMap((operation) =>
    lacking(operation).map((what) => `${operation.kind} without ${what}: ${JSON.stringify(operation)}`),
  );
}

function lacking(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'dropTable':
    case 'dropColumn':
    case 'dropIndex':
    case 'dropConstraint':
    case 'dropEnum':
    case 'dropView':
    case 'dropMaterializedView':
    case 'dropTrigger':
    case 'dropRoutine':
    case 'alterTableComment':
      return operation.previous === undefined ? ['previous'] : [];
    case 'createView':
      return operation.orReplace === true && operation.previous === undefined ? ['previous'] : [];
    case 'alterColumn': {
      const { type, columnType } = operation.existing ?? {};
      return (type ?? columnType) === undefined ? ['the type in existing'] : [];
    }
    case 'createTable': {
      const { indexes, uniques, checks, foreignKeys } = operation;
      return [...indexes, ...uniques, ...checks, ...foreignKeys].some(isNameless) ? ['a name of a part'] : [];
    }
    case 'createIndex':
      return isNameless(operation.index) ? ['a name'] : [];
    case 'createUniqueConstraint':
      return isNameless(operation.unique) ? ['a name'] : [];
    case 'createCheckConstraint':
      return isNameless(operation.check) ? ['a name'] : [];
    case 'createForeignKey':
      return isNameless(operation.foreignKey) ? ['a name'] : [];
    case 'createPrimaryKey':
      return isNameless(operation.primaryKey) ? ['a name'] : [];
    default:
      return [];
  }
}

function isNameless({ name }: { readonly name?: string }): boolean {
  return name === undefined || name === '';
}
