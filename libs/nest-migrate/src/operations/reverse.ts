import { IrreversibleOperationError } from '../errors/operation.errors.js';
import { changeBetween, changedColumn } from './column-change.js';
import { renamedDefault } from './enum-renames.js';
import { frozen } from './frozen.js';
import {
  type AlterColumnOperation,
  type CreateTableOperation,
  type DropConstraintOperation,
  type DropTableOperation,
  type InSchema,
  type Operation,
  type OperationOf,
  type RoutineDefinition,
} from './operation.js';

/**
 * The operations that undo `operation`, in the order in which they have to run: usually one, none where nothing was
 * changed. Works on what the operation holds and asks no database.
 *
 * @throws IrreversibleOperationError saying what the operation would have to hold (`previous`, `existing`, a name);
 *   `bulkInsert` never can be reversed, `execute` only where autogenerate made it.
 *
 * @example
 * reverse({ kind: 'renameTable', from: 'user', to: 'account' });
 * // [{ kind: 'renameTable', from: 'account', to: 'user' }]
 */
export function reverse(operation: Operation): readonly Operation[] {
  const inverse = inverses[operation.kind] as (operation: Operation) => readonly Operation[];
  // what was said about one way is not true of the other
  const { warning: _warning, ...unsaid } = operation;
  return inverse(unsaid).map((reversed) => frozen(reversed));
}

const inverses = {
  createTable: (operation) => [dropOf(operation)],
  dropTable: (operation) => [held(operation, 'previous', 'it does not hold the table that was there.')],
  renameTable: ({ from, to, ...rest }) => [{ ...rest, from: to, to: from }],
  alterTableComment: (operation) => {
    const previous = operation.previous;
    if (previous === undefined) throw missing(operation, 'previous', 'it does not hold the comment that was there.');
    return [{ ...operation, comment: previous, previous: operation.comment }];
  },
  addColumn: ({ table, schema, column, after, first }) => [
    {
      kind: 'dropColumn',
      schema,
      table,
      column: column.name,
      previous: column,
      ...((after !== undefined || first === true) && { previousPlace: { after, first } }),
    },
  ],
  dropColumn: (operation) => {
    const column = held(operation, 'previous', 'it does not hold the column that was there.');
    const { schema, table, previousPlace } = operation;
    return [{ kind: 'addColumn', schema, table, column, ...previousPlace }];
  },
  alterColumn: (operation) => reverseOfAlterColumn(operation),
  renameColumn: ({ from, to, ...rest }) => [{ ...rest, from: to, to: from }],
  createIndex: (operation) => {
    const { schema, table, index, concurrently } = operation;
    return [{ kind: 'dropIndex', schema, table, name: nameIn(operation, index.name), concurrently, previous: index }];
  },
  dropIndex: (operation) => {
    const { schema, table, name, concurrently } = operation;
    const previous = held(operation, 'previous', 'it does not hold the index that was there.');
    return [{ kind: 'createIndex', schema, table, index: { ...previous, name }, concurrently }];
  },
  renameIndex: ({ from, to, ...rest }) => [{ ...rest, from: to, to: from }],
  createPrimaryKey: (operation) => {
    const { primaryKey } = operation;
    return [dropConstraintOf(operation, primaryKey.name, { type: 'primaryKey', primaryKey })];
  },
  createForeignKey: (operation) => {
    const { foreignKey } = operation;
    return [dropConstraintOf(operation, foreignKey.name, { type: 'foreignKey', foreignKey })];
  },
  createUniqueConstraint: (operation) => {
    const { unique } = operation;
    return [dropConstraintOf(operation, unique.name, { type: 'unique', unique })];
  },
  createCheckConstraint: (operation) => {
    const { check } = operation;
    return [dropConstraintOf(operation, check.name, { type: 'check', check })];
  },
  dropConstraint: (operation) => [createOf(operation)],
  createSchema: ({ name }) => [{ kind: 'dropSchema', name }],
  dropSchema: ({ name }) => [{ kind: 'createSchema', name }],
  createEnum: ({ schema, name, items }) => [{ kind: 'dropEnum', schema, name, previous: items }],
  dropEnum: (operation) => {
    const items = held(operation, 'previous', 'it does not hold the items that were there.');
    return [{ kind: 'createEnum', schema: operation.schema, name: operation.name, items }];
  },
  alterEnum: ({ items, existing, renames, columns, ...rest }) => [
    {
      ...rest,
      items: existing,
      existing: items,
      renames: renames?.toReversed().map(({ from, to }) => ({ from: to, to: from })),
      columns: columns.map(({ defaultRaw, ...column }) => ({
        ...column,
        ...(defaultRaw !== undefined && { defaultRaw: renamedDefault(defaultRaw, renames ?? []) }),
      })),
    },
  ],
  createView: (operation) => {
    const { schema, view, definition, previous } = operation;
    if (operation.orReplace !== true) return [{ kind: 'dropView', schema, view, previous: { definition } }];
    if (previous === undefined) throw missing(operation, 'previous', 'it does not hold the view that was there.');
    return [{ kind: 'createView', schema, view, ...previous, orReplace: true, previous: { definition } }];
  },
  dropView: (operation) => {
    const previous = held(operation, 'previous', 'it does not hold the view that was there.');
    return [{ kind: 'createView', schema: operation.schema, view: operation.view, ...previous }];
  },
  createMaterializedView: ({ schema, view, definition, withData }) => [
    { kind: 'dropMaterializedView', schema, view, previous: { definition, withData } },
  ],
  dropMaterializedView: (operation) => {
    const previous = held(operation, 'previous', 'it does not hold the view that was there.');
    return [{ kind: 'createMaterializedView', schema: operation.schema, view: operation.view, ...previous }];
  },
  // its rows are computed from what is there, whichever way one goes
  refreshMaterializedView: () => [],
  createTrigger: ({ schema, table, name, trigger }) => [
    { kind: 'dropTrigger', schema, table, name, events: trigger.events, previous: trigger },
  ],
  dropTrigger: (operation) => {
    const { schema, table, name } = operation;
    const trigger = held(operation, 'previous', 'it does not hold the trigger that was there.');
    return [{ kind: 'createTrigger', schema, table, name, trigger }];
  },
  createPartition: ({ kind: _, bound, ...place }) => [{ kind: 'dropPartition', ...place, previous: bound }],
  dropPartition: (operation) => {
    const bound = held(operation, 'previous', 'it does not hold the bound that was there.');
    const { schema, table, name, partitionSchema } = operation;
    return [{ kind: 'createPartition', schema, table, name, partitionSchema, bound }];
  },
  alterRowLevelSecurity: (operation) => {
    const level = held(operation, 'existing', 'it does not hold what was there.');
    return [{ ...operation, level, existing: operation.level }];
  },
  createPolicy: ({ schema, table, name, policy }) => [{ kind: 'dropPolicy', schema, table, name, previous: policy }],
  dropPolicy: (operation) => {
    const { schema, table, name } = operation;
    const policy = held(operation, 'previous', 'it does not hold the policy that was there.');
    return [{ kind: 'createPolicy', schema, table, name, policy }];
  },
  createRoutine: (operation) => {
    const { schema, name, routine, previous } = operation;
    if (operation.orReplace !== true) return [dropRoutineOf(operation, routine)];
    if (previous === undefined) throw missing(operation, 'previous', 'it does not hold the routine that was there.');
    return [{ kind: 'createRoutine', schema, name, routine: previous, orReplace: true, previous: routine }];
  },
  dropRoutine: (operation) => {
    const { schema, name } = operation;
    const routine = held(operation, 'previous', 'it does not hold the routine that was there.');
    return [{ kind: 'createRoutine', schema, name, routine }];
  },
  // rows that were checked stay as they are
  validateConstraint: () => [],
  execute: (operation) => {
    const { sql, params, previous, repeatable } = operation;
    if (previous === undefined) throw missing(operation, null, 'it is SQL that the tool does not understand.');
    return [{ kind: 'execute', ...previous, repeatable, previous: { sql, params } }];
  },
  bulkInsert: (operation) => {
    throw missing(operation, null, 'rows that look like the inserted ones may have been there before.');
  },
} satisfies { readonly [K in Operation['kind']]: (operation: OperationOf<K>) => readonly Operation[] };

/** Whether `kind` is one of the tool's own, for operations that come from outside. */
export function isOperationKind(kind: unknown): kind is Operation['kind'] {
  return typeof kind === 'string' && Object.hasOwn(inverses, kind);
}

/** The kinds of the tool's own operations. */
export function operationKinds(): readonly string[] {
  return Object.keys(inverses);
}

function dropOf(operation: CreateTableOperation): DropTableOperation {
  const { schema, table } = operation;
  return { kind: 'dropTable', schema, table, previous: operation };
}

function reverseOfAlterColumn(operation: AlterColumnOperation): readonly Operation[] {
  const { schema, table, column, change, previousUsing } = operation;
  const existing = held(operation, 'existing', 'it does not hold the column that was there.');
  const changesType = change.type != null || change.columnType != null;
  if (changesType && existing.type === undefined && existing.columnType === undefined) {
    throw missing(operation, 'existing.type', 'it does not hold the type that was there.');
  }
  const after = changedColumn(existing, change);
  const back = changeBetween(after, existing);
  if (Object.keys(back).length === 0) return [];
  const { using } = change;
  const isBack = previousUsing !== undefined;
  return [
    {
      kind: 'alterColumn',
      schema,
      table,
      column,
      change: isBack ? { ...back, using: previousUsing } : back,
      existing: after,
      ...(isBack && { previousUsing: using }),
    },
  ];
}

function dropRoutineOf(
  { schema, name }: OperationOf<'createRoutine'>,
  routine: RoutineDefinition,
): OperationOf<'dropRoutine'> {
  // of a whole statement they may not be known
  const isKnown = routine.expression === undefined || routine.params.length > 0;
  const parameterTypes = isKnown ? parameterTypesOf(routine) : undefined;
  return { kind: 'dropRoutine', schema, name, type: routine.type, parameterTypes, previous: routine };
}

/** The types that tell a routine from others of its name: those of what it is given. */
function parameterTypesOf({ params }: RoutineDefinition): readonly string[] {
  return params.filter(({ direction }) => direction !== 'out').map(({ type }) => type);
}

function dropConstraintOf(
  operation: Operation & InSchema & { readonly table: string },
  name: string | undefined,
  previous: NonNullable<DropConstraintOperation['previous']>,
): DropConstraintOperation {
  const { schema, table } = operation;
  return { kind: 'dropConstraint', schema, table, name: nameIn(operation, name), type: previous.type, previous };
}

function createOf(operation: DropConstraintOperation): Operation {
  const { schema, table, name } = operation;
  const previous = held(operation, 'previous', 'it does not hold the constraint that was there.');
  switch (previous.type) {
    case 'primaryKey':
      return { kind: 'createPrimaryKey', schema, table, primaryKey: { ...previous.primaryKey, name } };
    case 'foreignKey':
      return { kind: 'createForeignKey', schema, table, foreignKey: { ...previous.foreignKey, name } };
    case 'unique':
      return { kind: 'createUniqueConstraint', schema, table, unique: { ...previous.unique, name } };
    case 'check':
      return { kind: 'createCheckConstraint', schema, table, check: { ...previous.check, name } };
  }
}

/** What is to be dropped needs a name; the one that an engine would make up is not known here. */
function nameIn(operation: Operation, name: string | undefined): string {
  if (name === undefined) throw missing(operation, 'name', 'what it creates has no name yet.');
  return name;
}

function held<O extends Operation, K extends keyof O & string>(
  operation: O,
  key: K,
  reason: string,
): NonNullable<O[K]> {
  const value = operation[key];
  if (value == null) throw missing(operation, key, reason);
  return value;
}

function missing(operation: Operation, what: string | null, reason: string): IrreversibleOperationError {
  return new IrreversibleOperationError(operation.kind, what, reason);
}
