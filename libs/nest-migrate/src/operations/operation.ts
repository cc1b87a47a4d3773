/** The operations and what they are made of, as types. */
export type { Operation, OperationOf } from './all.js';
export type { ColumnChangeDefinition, ColumnDefinition, NamedColumnDefinition, TypeName } from './column-definition.js';
export type {
  CheckDefinition,
  DeferMode,
  ForeignKeyDefinition,
  PrimaryKeyDefinition,
  Rule,
  UniqueDefinition,
} from './constraint-definitions.js';
export type { InSchema, Reviewed } from './define.js';
export type { IndexColumn, IndexDefinition } from './index-definition.js';
export type * from './kinds/column.operations.js';
export type * from './kinds/constraint.operations.js';
export type * from './kinds/data.operations.js';
export type * from './kinds/enum.operations.js';
export type * from './kinds/index.operations.js';
export type * from './kinds/partition.operations.js';
export type * from './kinds/policy.operations.js';
export type * from './kinds/routine.operations.js';
export type * from './kinds/schema.operations.js';
export type * from './kinds/table.operations.js';
export type * from './kinds/trigger.operations.js';
export type * from './kinds/view.operations.js';
