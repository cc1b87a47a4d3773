import { type ColumnWriter } from '../autogenerate/render/render-operations.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type NamedColumnDefinition } from '../operations/operation.js';

/** A column of `op.createTable` or `op.addColumn` that is about to be written into a new revision. */
export interface RenderedColumn {
  /** The name of its table. */
  readonly table: string;
  /** The schema of the table; absent for the connection's own schema. */
  readonly schema?: string;
  /** The column, with its name and its options. */
  readonly column: NamedColumnDefinition;
  /** The function of the revision that it is written into. */
  readonly direction: 'upgrade' | 'downgrade';
  /** The name of the connection; `default` for the one without a `contextName`. */
  readonly connection: string;
  /**
   * Lines for the head of the file, such as `import { money } from '../../columns';`. Add those that the text needs.
   */
  readonly imports: Set<string>;
}

/**
 * Writes the options of a column. It returns an expression in TypeScript, which is written as it stands, or
 * `undefined`, which leaves the column to the tool. Alembic's `render_item` does the same for types.
 *
 * @example
 * MigrationModule.forRoot({
 *   renderColumn: ({ column, imports }) => {
 *     if (column.type !== 'decimal' || column.scale !== 2) return undefined;
 *     imports.add("import { money } from '../../columns';");
 *     return 'money()';
 *   },
 * });
 */
export type RenderColumn = (column: RenderedColumn) => string | undefined;

/**
 * What `renderColumn` writes for the columns of operations.
 *
 * @throws InvalidOptionError (when it is called) where `renderColumn` returns neither a string nor `undefined`.
 */
export function columnWriter(
  renderColumn: RenderColumn,
  about: Omit<RenderedColumn, 'table' | 'schema' | 'column'>,
): ColumnWriter {
  return (operation, column) => {
    if (operation.kind !== 'createTable' && operation.kind !== 'addColumn') return undefined;
    const { table, schema } = operation;
    const text: unknown = renderColumn({ table, ...(schema !== undefined && { schema }), column, ...about });
    if (text !== undefined && typeof text !== 'string')
      throw new InvalidOptionError('renderColumn', `returned ${text === null ? 'null' : typeof text}`);
    return text?.trim();
  };
}
