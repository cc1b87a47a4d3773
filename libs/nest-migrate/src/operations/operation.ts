/** The types of the operations and of their parts. */
export type * from './all.js';
export type { ColumnChangeDefinition, ColumnDefinition, NamedColumnDefinition, TypeName } from './column-definition.js';
export type {
  CheckDefinition,
  DeferMode,
  ForeignKeyDefinition,
  PrimaryKeyDefinition,
  Rule,
  UniqueDefinition,
} from './constraint-definitions.js';
export type { AlterAssertion, InSchema, Reviewed } from './define.js';
export type { IndexColumn, IndexDefinition } from './index-definition.js';
