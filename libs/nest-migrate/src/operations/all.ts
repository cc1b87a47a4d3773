import { type KindDefinition, type Reviewed } from './define.js';
import { columnOperations } from './kinds/column.operations.js';
import { constraintOperations } from './kinds/constraint.operations.js';
import { dataOperations } from './kinds/data.operations.js';
import { enumOperations } from './kinds/enum.operations.js';
import { indexOperations } from './kinds/index.operations.js';
import { partitionOperations } from './kinds/partition.operations.js';
import { policyOperations } from './kinds/policy.operations.js';
import { routineOperations } from './kinds/routine.operations.js';
import { schemaOperations } from './kinds/schema.operations.js';
import { tableOperations } from './kinds/table.operations.js';
import { triggerOperations } from './kinds/trigger.operations.js';
import { viewOperations } from './kinds/view.operations.js';

/** Every operation that the tool has of its own. All that is asked about a kind is asked here. */
const definitions = [
  ...tableOperations,
  ...columnOperations,
  ...indexOperations,
  ...constraintOperations,
  ...schemaOperations,
  ...enumOperations,
  ...viewOperations,
  ...triggerOperations,
  ...partitionOperations,
  ...policyOperations,
  ...routineOperations,
  ...dataOperations,
] as const;

type Definition = (typeof definitions)[number];
type Defined<D> = D extends { readonly reverse: (operation: infer O) => unknown } ? O : never;

/**
 * One verb of a revision as frozen, JSON-serialisable data. What it means in SQL is a dialect's business; all else that is
 * known of it stands in its definition.
 */
export type Operation = Defined<Definition> & Reviewed;

/** The operation of one kind. */
export type OperationOf<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

/** An operation that changes one table, and so can be done by making another one of it. */
export type TableAlteration = Defined<Extract<Definition, { readonly alters: 'table' }>> & Reviewed;

type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (member: infer I) => void
  ? I
  : never;

/** The verbs that make an operation, by name; each returns the operation. */
export const builders = Object.assign({}, ...definitions.map((definition) => definition.builders)) as Readonly<
  Intersection<Definition['builders']>
>;

/** The definition of each kind. */
export const ownDefinitions: ReadonlyMap<string, KindDefinition> = new Map(
  definitions.map((definition: KindDefinition) => [definition.kind, definition]),
);

/** Whether an operation changes one table: what `batchAlterTable` takes. */
export function isTableAlteration(operation: { readonly kind: string }): operation is TableAlteration {
  return ownDefinitions.get(operation.kind)?.alters === 'table';
}

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
  return definitionOf(operation).reverse(operation as never) as readonly Operation[];
}

/** What an operation does in words, one text a line: `added column 'book.isbn'`. */
export function describeOperation(operation: Operation): readonly string[] {
  return definitionOf(operation).describe(operation as never);
}

function definitionOf({ kind }: Operation): KindDefinition {
  const definition = ownDefinitions.get(kind);
  if (definition === undefined) throw new TypeError(`No operation has the kind '${kind}'`);
  return definition;
}
