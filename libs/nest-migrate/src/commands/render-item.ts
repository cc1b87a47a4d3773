import { type RenderColumn, columnWriter } from './render-column.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { renderAutocommitBlock, renderBackfill, renderOperations } from '../autogenerate/render/render-operations.js';
import { type AlterationBatch } from '../autogenerate/schema-comparison.js';
import { type OnlineWriter } from '../engines/online/online.js';
import { type OperationRegistry } from '../operations/operation-registry.js';
import { type AnyOperation } from '../operations/registered-operations.js';

/** A part of a new revision that is about to be written. */
export interface RenderedItem {
  /** What kind of part it is. At present there is one kind. */
  readonly type: 'operation';
  /** The operation. */
  readonly operation: AnyOperation;
  /** The function of the revision that it is written into. */
  readonly direction: 'upgrade' | 'downgrade';
  /** The name of the connection; `default` for the one without a `contextName`. */
  readonly connection: string;
}

/**
 * Writes a part of a new revision. It returns statements in TypeScript, which are written as they stand, `false`, which
 * leaves the part out, or `undefined`, which leaves it to the tool. Alembic's `render_item`.
 *
 * @example
 * MigrationModule.forRoot({
 *   renderItem: ({ operation }) =>
 *     operation.kind === 'createSchema'
 *       ? `await op.execute('create schema ${operation.name} authorization app');`
 *       : undefined,
 * });
 */
export type RenderItem = (item: RenderedItem) => string | false | undefined;

interface Writers {
  readonly renderItem?: RenderItem;
  readonly renderColumn?: RenderColumn;
  readonly registry?: OperationRegistry;
}

/**
 * The body of a function.
 *
 * @param imports Receives the lines that the file has to import.
 * @param batches Which of the operations are one batch.
 * @param online Writes them so that requests go on meanwhile. Default: each is written as it is.
 * @throws InvalidOptionError where `renderItem` returns anything else.
 */
export function renderBody(
  operations: readonly AnyOperation[],
  {
    batches,
    imports = new Set(),
    online = (all) => [{ operations: all, autocommit: false }],
    ...about
  }: Pick<RenderedItem, 'direction' | 'connection'> & {
    readonly batches?: readonly AlterationBatch[];
    readonly imports?: Set<string>;
    readonly online?: OnlineWriter;
  },
  { renderItem, renderColumn, registry }: Writers,
): string {
  const partOf = (operation: AnyOperation): AnyOperation | string => {
    const text: unknown = renderItem?.({ type: 'operation', operation, ...about });
    if (text === undefined) return operation;
    if (text === false) return '';
    if (typeof text !== 'string')
      throw new InvalidOptionError('renderItem', `returned ${text === null ? 'null' : typeof text}`);
    return text.endsWith('\n') ? text : `${text}\n`;
  };
  const writeColumn = renderColumn && columnWriter(renderColumn, { ...about, imports });
  const steps = online(operations).map((step) => {
    if ('backfill' in step) return renderBackfill(step);
    const parts = step.operations.map(partOf);
    const all = [...(step.batches ?? []).map((alterations) => ({ alterations })), ...(batches ?? [])];
    if (!step.autocommit) return renderOperations(parts, registry, all, writeColumn);
    return parts.every((part) => part === '') ? '' : renderAutocommitBlock(parts, registry, writeColumn);
  });
  return steps.join('');
}
