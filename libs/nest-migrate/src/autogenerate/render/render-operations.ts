import { existingTableOptions } from '../../operations/kinds/table.operations.js';
import { OperationRegistry } from '../../operations/operation-registry.js';
import { type AnyOperation } from '../../operations/registered-operations.js';
import { type TableRebuild } from '../schema-comparison.js';
import { argumentSource } from './argument-source.js';
import { printBlock, printComment, printStatement } from './print-statement.js';
import { Code } from './source-value.js';
import { inBatches } from './table-batches.js';

/**
 * Operations as the statements of a function body, formatted as Prettier does with single quotes, trailing commas and
 * 100 columns. Not indented: the template that they are put into does that, for which two columns are left.
 *
 * Run against `op`, the text produces the same operations again. Only what a script does not contain is missing from
 * them: `previous`, the state that `reverse` needs, and `warning`, which is a comment above. Empty for no operations.
 *
 * @param operations A text among them is written as it is.
 * @param rebuilds The operations that become one batch.
 *
 * @example
 * renderOperations([{ kind: 'dropTable', table: 'draft' }]) // "await op.dropTable('draft');\n"
 */
export function renderOperations(
  operations: readonly (AnyOperation | string)[],
  registry: OperationRegistry = OperationRegistry.empty,
  rebuilds: readonly TableRebuild[] = [],
): string {
  const statements = inBatches(operations, rebuilds).map((step) => {
    if (typeof step === 'string') return step;
    return `${'kind' in step ? renderOperation(step, registry) : renderBatch(step)}\n`;
  });
  return statements.join('');
}

function renderBatch({ existing, alterations }: TableRebuild): string {
  const { table, schema } = existing;
  const bound = alterations.map((operation): AnyOperation => {
    // the batch already knows its schema and its columns
    const isKnown = operation.kind === 'alterColumn';
    return { ...operation, schema: undefined, ...(isKnown && { existing: undefined }) } as AnyOperation;
  });
  const statements = (depth: number): readonly string[] =>
    bound.map((operation) => `${renderOperation(operation, OperationRegistry.empty, 'batch', depth)}\n`);
  return printBlock('op.batchAlterTable', {
    before: [table],
    work: { parameter: 'batch', statements },
    after: [{ schema, existing: argumentSource(existingTableOptions(existing)) }],
  });
}

function renderOperation(operation: AnyOperation, registry: OperationRegistry, on = 'op', depth = 0): string {
  const { verb, args } = registry.call(operation);
  const given = args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
  const comment = operation.warning === undefined ? '' : printComment(operation.warning, depth);
  const sources = given.map((arg) => (arg === undefined ? SKIPPED : argumentSource(arg)));
  return comment + printStatement(`${on}.${verb}`, sources, depth);
}

/** Replaces an argument that is omitted although a later one is given. */
const SKIPPED = new Code('undefined');
