import { type OnlineBackfill } from '../../engines/online/online.js';
import { oneOrList } from '../../operations/call.js';
import { existingTableOptions } from '../../operations/kinds/table.operations.js';
import { OperationRegistry } from '../../operations/operation-registry.js';
import { type NamedColumnDefinition } from '../../operations/operation.js';
import { type AnyOperation } from '../../operations/registered-operations.js';
import { type AlterationBatch } from '../schema-comparison.js';
import { argumentSource, type ColumnTexts } from './argument-source.js';
import { printBlock, printComment, printStatement } from './print-statement.js';
import { Code } from './source-value.js';
import { inBatches } from './table-batches.js';

/** Returns a hook's text for the options of a column of an operation; `undefined` leaves them to the tool. */
export type ColumnWriter = (operation: AnyOperation, column: NamedColumnDefinition) => string | undefined;

/**
 * Operations as the statements of a function body, formatted as Prettier does with single quotes, trailing commas and
 * 100 columns. Not indented: the template that they are put into does that, for which two columns are left.
 *
 * Run against `op`, the text produces the same operations again. Only what a script does not contain is missing from
 * them: `previous`, the state that `reverse` needs, and `warning`, which is a comment above. Empty for no operations.
 *
 * @param operations A text among them is written as it is.
 * @param batches The operations that become one batch.
 * @param writeColumn Called for each column that an operation adds.
 *
 * @example
 * renderOperations([{ kind: 'dropTable', table: 'draft' }]) // "await op.dropTable('draft');\n"
 */
export function renderOperations(
  operations: readonly (AnyOperation | string)[],
  registry: OperationRegistry = OperationRegistry.empty,
  batches: readonly AlterationBatch[] = [],
  writeColumn: ColumnWriter = () => undefined,
): string {
  const statements = inBatches(operations, batches).map((step) => {
    if (typeof step === 'string') return step;
    if (!('kind' in step)) return `${renderBatch(step, writeColumn)}\n`;
    return `${renderOperation(step, { registry, textOf: (column) => writeColumn(step, column) })}\n`;
  });
  return statements.join('');
}

/** Operations as the statements of an `op.autocommitBlock`, in the form of {@link renderOperations}. */
export function renderAutocommitBlock(
  operations: readonly (AnyOperation | string)[],
  registry: OperationRegistry = OperationRegistry.empty,
  writeColumn: ColumnWriter = () => undefined,
): string {
  const statements = (depth: number): readonly string[] =>
    operations.map((step) => {
      if (typeof step === 'string') return step.replace(/^(?=.)/gm, '  '.repeat(depth));
      return `${renderOperation(step, { registry, textOf: (column) => writeColumn(step, column), depth })}\n`;
    });
  const block = printBlock('op.autocommitBlock', { before: [], work: { parameter: 'op', statements }, after: [] });
  return `${block}\n`;
}

/** An `op.backfill`. */
export function renderBackfill({ backfill: { key, ...rest } }: OnlineBackfill): string {
  const { schema, table, where, set, batchTime } = rest;
  return `${printStatement('op.backfill', [{ schema, table, key: oneOrList(key), where, set, batchTime }], 0)}\n`;
}

function renderBatch({ existing, alterations }: AlterationBatch, writeColumn: ColumnWriter): string {
  const [{ table, schema, assertion = {} }] = alterations;
  const statements = (depth: number): readonly string[] =>
    alterations.map((operation) => {
      // the batch already knows its schema, and the columns of the table that it is given
      const isKnown = operation.kind === 'alterColumn' && existing !== undefined;
      const bound = { ...operation, schema: undefined, ...(isKnown && { existing: undefined }) } as AnyOperation;
      const textOf: ColumnTexts = (column) => writeColumn(operation, column);
      return `${renderOperation(bound, { registry: OperationRegistry.empty, textOf, on: 'batch', depth })}\n`;
    });
  const known = existing === undefined ? undefined : argumentSource(existingTableOptions(existing));
  const options = { schema, existing: known, ...assertion };
  return printBlock('op.batchAlterTable', {
    before: [table],
    work: { parameter: 'batch', statements },
    after: Object.values(options).some((value) => value !== undefined) ? [options] : [],
  });
}

interface Place {
  readonly registry: OperationRegistry;
  readonly textOf: ColumnTexts;
  /** What the verb is called on. */
  readonly on?: string;
  readonly depth?: number;
}

function renderOperation(operation: AnyOperation, { registry, textOf, on = 'op', depth = 0 }: Place): string {
  const { verb, args } = registry.call(operation);
  const given = args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
  const comment = operation.warning === undefined ? '' : printComment(operation.warning, depth);
  const sources = given.map((arg) => (arg === undefined ? SKIPPED : argumentSource(arg, textOf)));
  return comment + printStatement(`${on}.${verb}`, sources, depth);
}

/** Replaces an argument that is omitted although a later one is given. */
const SKIPPED = new Code('undefined');
