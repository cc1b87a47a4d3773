import { type KindDefinition, type OperationData, type Reviewed } from './define.js';
import { type ColumnOperation, columnOperations } from './kinds/column.operations.js';
import { type ColumnSyncOperation, columnSyncOperations } from './kinds/column-sync.operations.js';
import { type ConstraintOperation, constraintOperations } from './kinds/constraint.operations.js';
import { type DataOperation, dataOperations } from './kinds/data.operations.js';
import { type AttributeOperation, attributeOperations } from './kinds/attribute.operations.js';
import { type DependentOperation, dependentOperations } from './kinds/dependent.operations.js';
import { type EnumOperation, enumOperations } from './kinds/enum.operations.js';
import { type IndexOperation, indexOperations } from './kinds/index.operations.js';
import { type PartitionOperation, partitionOperations } from './kinds/partition.operations.js';
import { type PolicyOperation, policyOperations } from './kinds/policy.operations.js';
import { type RoutineOperation, routineOperations } from './kinds/routine.operations.js';
import { type SchemaOperation, schemaOperations } from './kinds/schema.operations.js';
import { type SequenceOperation, sequenceOperations } from './kinds/sequence.operations.js';
import { type TableOperation, tableOperations } from './kinds/table.operations.js';
import { type TriggerOperation, triggerOperations } from './kinds/trigger.operations.js';
import { type ViewOperation, viewOperations } from './kinds/view.operations.js';
import { type ObjectChange } from './object-change.js';

export type * from './kinds/column.operations.js';
export type * from './kinds/column-sync.operations.js';
export type * from './kinds/constraint.operations.js';
export type * from './kinds/data.operations.js';
export type * from './kinds/attribute.operations.js';
export type * from './kinds/dependent.operations.js';
export type * from './kinds/enum.operations.js';
export type * from './kinds/index.operations.js';
export type * from './kinds/partition.operations.js';
export type * from './kinds/policy.operations.js';
export type * from './kinds/routine.operations.js';
export type * from './kinds/schema.operations.js';
export type * from './kinds/sequence.operations.js';
export type * from './kinds/table.operations.js';
export type * from './kinds/trigger.operations.js';
export type * from './kinds/view.operations.js';

/**
 * The definition of every operation that the library has itself. Whatever depends on the kind of an operation is here.
 */
const definitions = [
  ...tableOperations,
  ...columnOperations,
  ...columnSyncOperations,
  ...indexOperations,
  ...constraintOperations,
  ...schemaOperations,
  ...enumOperations,
  ...sequenceOperations,
  ...viewOperations,
  ...triggerOperations,
  ...partitionOperations,
  ...policyOperations,
  ...routineOperations,
  ...dependentOperations,
  ...attributeOperations,
  ...dataOperations,
] as const;

/**
 * One call of a verb as frozen, JSON-serialisable data. A dialect decides what it means in SQL; its definition holds
 * all else.
 */
export type Operation = (
  | TableOperation
  | ColumnOperation
  | ColumnSyncOperation
  | IndexOperation
  | ConstraintOperation
  | SchemaOperation
  | EnumOperation
  | SequenceOperation
  | ViewOperation
  | TriggerOperation
  | PartitionOperation
  | PolicyOperation
  | RoutineOperation
  | DependentOperation
  | AttributeOperation
  | DataOperation
) &
  Reviewed;

type Definition = (typeof definitions)[number];
type Defined<D> = D extends { readonly reverse: (operation: infer O) => unknown } ? O : never;

/** The operation of the kind `K`. */
export type OperationOf<K extends Operation['kind']> = Extract<
  Operation,
  {
    /** The kind of the operation. */
    readonly kind: K;
  }
>;

/** An operation that changes one table, and that can therefore be done by a rebuild of the table. */
export type TableAlteration = Defined<Extract<Definition, { readonly alters: 'table' }>> & Reviewed;

type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (member: infer I) => void
  ? I
  : never;

/** The functions that build the operations, by the name of the verb; each returns its operation. */
export const builders = Object.assign({}, ...definitions.map((definition) => definition.builders)) as Readonly<
  Intersection<Definition['builders']>
>;

/** The definition of each kind. */
export const ownDefinitions: ReadonlyMap<string, KindDefinition> = new Map(
  definitions.map((definition: KindDefinition) => [definition.kind, definition]),
);

/** Whether an operation changes one table. `batchAlterTable` takes these alone. */
export function isTableAlteration(operation: { readonly kind: string }): operation is TableAlteration {
  return ownDefinitions.get(operation.kind)?.alters === 'table';
}

/**
 * Returns the operations that reverse `operation`, in the order in which they have to run. This is usually one, and
 * none where nothing was changed. It uses what the operation holds, without a database.
 *
 * @throws IrreversibleOperationError naming what the operation would have to hold (`previous`, `existing`, a name).
 *   `bulkInsert` can never be reversed, `execute` only where autogenerate made it.
 *
 * @example
 * reverse({ kind: 'renameTable', from: 'user', to: 'account' });
 * // [{ kind: 'renameTable', from: 'account', to: 'user' }]
 */
export function reverse(operation: Operation): readonly Operation[] {
  return definitionOf(operation).reverse(operation as never) as readonly Operation[];
}

/** Returns what an operation does to the objects of the schema. Empty for an operation of the application. */
export function objectChanges(operation: OperationData): readonly ObjectChange[] {
  return ownDefinitions.get(operation.kind)?.changes(operation as never) ?? [];
}

/** Returns what an operation does in words, one text a line: `added column 'book.isbn'`. */
export function describeOperation(operation: Operation): readonly string[] {
  return definitionOf(operation).describe(operation as never);
}

function definitionOf({ kind }: Operation): KindDefinition {
  const definition = ownDefinitions.get(kind);
  if (definition === undefined) throw new TypeError(`No operation has the kind '${kind}'`);
  return definition;
}
