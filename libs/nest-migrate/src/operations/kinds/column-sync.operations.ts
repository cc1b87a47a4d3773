import { nameOf, optionsOf, refuse, schemaKinds, type Site, sqlOf, tableSite } from '../arguments.js';
import { type ArgumentRecord, orNothing, sqlArgument } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { held } from '../previous.js';
import { tableWords } from '../words.js';

/** How the values of two columns become each other. */
export interface ColumnConversion {
  /** The value of the copy, as SQL that may name the columns of the row. Absent: that of the column, converted by the engine. */
  readonly forward?: string;
  /**
   * The value of the column, as SQL that may name the columns of the row. Absent: that of the copy, converted by the
   * engine. False: the copy follows the column, and not the reverse.
   */
  readonly back?: string | false;
}

/** Keeps two columns of a table equal by a trigger. PostgreSQL and PGlite only. */
export interface SyncColumnsOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'syncColumns';
  /** The table of the columns. */
  readonly table: string;
  /** The column that counts where a row has different values. */
  readonly column: string;
  /** The column that is kept equal to it. */
  readonly copy: string;
  /** How a value of one becomes one of the other. */
  readonly conversion: ColumnConversion;
}

/** Ends what {@link SyncColumnsOperation} began. PostgreSQL and PGlite only. */
export interface UnsyncColumnsOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'unsyncColumns';
  /** The table of the columns. */
  readonly table: string;
  /** The column, as `syncColumns` was given it. */
  readonly column: string;
  /** The copy, as `syncColumns` was given it. */
  readonly copy: string;
  /** How the columns are kept equal, where that is known. `reverse` begins it again from this. */
  readonly previous?: ColumnConversion;
}

/** The operations on columns that are kept equal. */
export type ColumnSyncOperation = SyncColumnsOperation | UnsyncColumnsOperation;

/**
 * How a column and its copy are kept equal.
 *
 * @example
 * await op.syncColumns('book', 'pages', 'page_count', { forward: 'pages::integer', back: 'page_count::text' });
 */
export interface SyncColumnsOptions extends InSchema {
  /** SQL for the value of the copy, which may name the columns of the row. Default: that of the column, converted. */
  forward?: string;
  /**
   * SQL for the value of the column, which may name the columns of the row. Default: that of the copy, converted. False:
   * the copy follows the column, and not the reverse.
   */
  back?: string | false;
}

/** The verbs for columns that are kept equal. */
export interface ColumnSyncVerbs {
  /**
   * Keeps a column and its copy equal from now on, whichever of them a row is written with: by a trigger before each insert
   * and update, and its function. So a release that knows the one column and a release that knows the other can work at the
   * same time. Rows that are there get their copy by a backfill. PostgreSQL and PGlite only.
   *
   * A new row gets its copy from the column where the copy is null, and its column from the copy elsewhere: so the copy has
   * no default meanwhile. Where an update changes both, the column counts. A value that cannot be converted is refused.
   *
   * Triggers before a row run by the order of their names. This one is called `zz_sync_…`, so that what others write into
   * the column is copied.
   *
   * @example
   * await op.addColumn('book', 'page_count', { type: 'integer', nullable: true });
   * await op.syncColumns('book', 'pages', 'page_count');
   * await op.backfill({ table: 'book', where: 'page_count is null and pages is not null', set: { page_count: 'pages' } });
   */
  syncColumns(table: string, column: string, copy: string, options?: SyncColumnsOptions): Promise<void>;
  /**
   * Ends it: drops the trigger and its function. Both columns stay as they are.
   *
   * @example
   * await op.unsyncColumns('book', 'pages', 'page_count');
   */
  unsyncColumns(table: string, column: string, copy: string, options?: InSchema): Promise<void>;
}

const defineOperation = definitionsOf<ColumnSyncVerbs, ColumnSyncOperation>();

const syncColumns = defineOperation({
  kind: 'syncColumns',
  changes: ({ table, column, copy }) => ({ does: 'uses', object: 'table', name: table, columns: [column, copy] }),
  parse: (table, column, copy, options) => {
    const site = pairSite('syncColumns', table, column, copy);
    const { schema, forward, back } = optionsOf(site, options, { ...schemaKinds, forward: 'any', back: 'any' });
    return {
      schema,
      table,
      column,
      copy,
      conversion: {
        ...(forward !== undefined && { forward: sqlOf(site, "'forward'", forward) }),
        ...(back !== undefined && { back: back === false ? back : sqlOf(site, "'back'", back) }),
      },
    };
  },
  reverse: ({ schema, table, column, copy, conversion }) => [
    { kind: 'unsyncColumns', schema, table, column, copy, previous: conversion },
  ],
  call: ({ schema, table, column, copy, conversion }) => [table, column, copy, conversionOptions(conversion, schema)],
  describe: (operation) =>
    `began to keep column ${tableWords(operation, operation.copy)} equal to '${operation.column}'`,
});

const unsyncColumns = defineOperation({
  kind: 'unsyncColumns',
  changes: ({ table, column, copy }) => ({ does: 'uses', object: 'table', name: table, columns: [column, copy] }),
  parse: (table, column, copy, options) => {
    const site = pairSite('unsyncColumns', table, column, copy);
    return { schema: optionsOf(site, options, schemaKinds).schema, table, column, copy };
  },
  reverse: (operation) => {
    const { schema, table, column, copy } = operation;
    const conversion = held(operation, 'previous', 'it does not hold how the columns were kept equal.');
    return [{ kind: 'syncColumns', schema, table, column, copy, conversion }];
  },
  call: ({ schema, table, column, copy }) => [table, column, copy, orNothing({ schema })],
  describe: (operation) =>
    `ended to keep column ${tableWords(operation, operation.copy)} equal to '${operation.column}'`,
});

export const columnSyncOperations = [syncColumns, unsyncColumns] as const;

function pairSite(verb: string, table: unknown, column: unknown, copy: unknown): Site {
  const site = tableSite(verb, table);
  nameOf(site, 'the name of a column', column);
  nameOf(site, 'the name of its copy', copy);
  if (column === copy) refuse(site, `can't keep column '${String(column)}' equal to itself.`);
  return { verb, subject: `columns '${String(column)}' and '${String(copy)}' of ${site.subject}` };
}

function conversionOptions(
  { forward, back }: ColumnConversion,
  schema: string | undefined,
): ArgumentRecord | undefined {
  const written = back === undefined || back === false ? back : sqlArgument(back);
  return orNothing({ forward: sqlArgument(forward), back: written, schema });
}
