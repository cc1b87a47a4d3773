import { type RenderColumn, withColumnTexts } from './render-column.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { renderOperations } from '../autogenerate/render/render-operations.js';
import { type TableRebuild } from '../autogenerate/schema-comparison.js';
import { type OperationRegistry } from '../operations/operation-registry.js';
import { type AnyOperation } from '../operations/registered-operations.js';

/** Something that is about to be written into a new revision. */
export interface RenderedItem {
  readonly type: 'operation';
  readonly operation: AnyOperation;
  readonly direction: 'upgrade' | 'downgrade';
  readonly connection: string;
}

/**
 * Writes a part of a new revision: a text is written as it stands, as statements in TypeScript; `false` leaves the part
 * out; `undefined` leaves it to the tool. Alembic's `render_item`.
 *
 * @example
 * renderItem: ({ operation }) =>
 *   operation.kind === 'createSchema' ? `await op.execute('create schema ${operation.name} authorization app');` : undefined
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
 * @param imports what the file has to import gets in there.
 * @param rebuilds what of the operations makes a table anew.
 * @throws InvalidOptionError where `renderItem` answers something else than it may.
 */
export function renderBody(
  operations: readonly AnyOperation[],
  {
    rebuilds,
    imports = new Set(),
    ...about
  }: Pick<RenderedItem, 'direction' | 'connection'> & {
    readonly rebuilds?: readonly TableRebuild[];
    readonly imports?: Set<string>;
  },
  { renderItem, renderColumn, registry }: Writers,
): string {
  const parts = operations.map((operation) => {
    const text: unknown = renderItem?.({ type: 'operation', operation, ...about });
    if (text === undefined)
      return renderColumn === undefined ? operation : withColumnTexts(operation, renderColumn, { ...about, imports });
    if (text === false) return '';
    if (typeof text !== 'string')
      throw new InvalidOptionError('renderItem', `answered ${text === null ? 'null' : typeof text}`);
    return text.endsWith('\n') ? text : `${text}\n`;
  });
  return renderOperations(parts, registry, rebuilds);
}
