import { nameOf, optionsOf, schemaKinds, type Site, sqlOf } from '../arguments.js';
import { orNothing, SqlText } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { held, missing } from '../previous.js';
import { objectWords } from '../words.js';

/** A view as data. */
export interface ViewDefinition {
  /** The query of the view, without a semicolon. */
  readonly definition: string;
}

/** Creates or replaces a view. */
export interface CreateViewOperation extends InSchema, ViewDefinition {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createView';
  /** The name of the view, without its schema. */
  readonly view: string;
  /** True: a view that is there is replaced. Absent: it is an error. */
  readonly orReplace?: boolean;
  /** The view that it replaces, where it is known. `reverse` restores this. */
  readonly previous?: ViewDefinition;
}

/** Drops a view. */
export interface DropViewOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropView';
  /** The name of the view, without its schema. */
  readonly view: string;
  /** True: a view that is not there is no error. */
  readonly ifExists?: boolean;
  /** The view that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: ViewDefinition;
}

/** A view whose rows are stored, as data. PostgreSQL and PGlite only. */
export interface MaterializedViewDefinition extends ViewDefinition {
  /** False: the view is created empty, and cannot be read until it is refreshed. Absent: true. */
  readonly withData?: boolean;
}

/** Creates a materialized view. PostgreSQL and PGlite only. */
export interface CreateMaterializedViewOperation extends InSchema, MaterializedViewDefinition {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createMaterializedView';
  /** The name of the view, without its schema. */
  readonly view: string;
}

/** Drops a materialized view with its rows and indexes. PostgreSQL and PGlite only. */
export interface DropMaterializedViewOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropMaterializedView';
  /** The name of the view, without its schema. */
  readonly view: string;
  /** True: a view that is not there is no error. */
  readonly ifExists?: boolean;
  /** The view that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: MaterializedViewDefinition;
}

/** Computes the rows of a materialized view again. PostgreSQL and PGlite only. */
export interface RefreshMaterializedViewOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'refreshMaterializedView';
  /** The name of the view, without its schema. */
  readonly view: string;
  /** True: readers are not blocked. The view needs a unique index for it. Absent: false. */
  readonly concurrently?: boolean;
}

/** The operations on a view, materialized or not. */
export type ViewOperation =
  | CreateViewOperation
  | DropViewOperation
  | CreateMaterializedViewOperation
  | DropMaterializedViewOperation
  | RefreshMaterializedViewOperation;

/** The verbs for a view, materialized or not. */
export interface ViewVerbs {
  /**
   * Creates a view. `definition` is the `select`, in the SQL of the engine. `orReplace` replaces a view that is there.
   * On PostgreSQL the new view has to begin with the columns of the old one; SQLite drops the old view first.
   *
   * @example
   * await op.createView('cheap_book', 'select id, title from book where price < 10');
   */
  createView(view: string, definition: string, options?: InSchema & { orReplace?: boolean }): Promise<void>;
  /**
   * Drops a view, without `cascade`: PostgreSQL refuses it while another view uses it.
   *
   * @example
   * await op.dropView('cheap_book');
   */
  dropView(view: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Creates a view whose rows are stored. PostgreSQL and PGlite only. With `withData: false` it is empty, and cannot be
   * read until it is refreshed. It takes indexes like a table: `op.createIndex(view, …)`.
   *
   * @example
   * await op.createMaterializedView('sales_by_day', 'select day, sum(total) as total from sale group by day');
   */
  createMaterializedView(view: string, definition: string, options?: InSchema & { withData?: boolean }): Promise<void>;
  /**
   * Drops a materialized view with its rows and indexes. PostgreSQL and PGlite only.
   *
   * @example
   * await op.dropMaterializedView('sales_by_day');
   */
  dropMaterializedView(view: string, options?: InSchema & { ifExists?: boolean }): Promise<void>;
  /**
   * Computes the rows of a materialized view again. With `concurrently` readers are not blocked; the view needs a
   * unique index for that. PostgreSQL and PGlite only.
   *
   * @example
   * await op.refreshMaterializedView('sales_by_day', { concurrently: true });
   */
  refreshMaterializedView(view: string, options?: InSchema & { concurrently?: boolean }): Promise<void>;
}

const dropKinds = { ...schemaKinds, ifExists: 'boolean' } as const;

const defineOperation = definitionsOf<ViewVerbs, ViewOperation>();

const createView = defineOperation({
  kind: 'createView',
  changes: ({ view }) => ({ does: 'creates', object: 'view', name: view }),
  parse: (view, definition, options) => {
    const site = viewSite('createView', view);
    return {
      ...optionsOf(site, options, { ...schemaKinds, orReplace: 'boolean' }),
      view,
      definition: sqlOf(site, 'its query', definition),
    };
  },
  reverse: (operation) => {
    const { schema, view, definition, previous } = operation;
    if (operation.orReplace !== true) return [{ kind: 'dropView', schema, view, previous: { definition } }];
    if (previous === undefined) throw missing(operation, 'previous', 'it does not hold the view that was there.');
    return [{ kind: 'createView', schema, view, ...previous, orReplace: true, previous: { definition } }];
  },
  call: ({ view, definition, schema, orReplace }) => [view, new SqlText(definition), orNothing({ schema, orReplace })],
  describe: ({ view, schema, orReplace }) =>
    `${orReplace === true ? 'changed' : 'added'} view ${objectWords(schema, view)}`,
});

const dropView = defineOperation({
  kind: 'dropView',
  changes: ({ view }) => ({ does: 'drops', object: 'view', name: view }),
  parse: (view, options) => ({ ...optionsOf(viewSite('dropView', view), options, dropKinds), view }),
  reverse: (operation) => {
    const previous = held(operation, 'previous', 'it does not hold the view that was there.');
    return [{ kind: 'createView', schema: operation.schema, view: operation.view, ...previous }];
  },
  call: ({ view, schema, ifExists }) => [view, orNothing({ schema, ifExists })],
  describe: ({ view, schema }) => `removed view ${objectWords(schema, view)}`,
});

const createMaterializedView = defineOperation({
  kind: 'createMaterializedView',
  changes: ({ view }) => ({ does: 'creates', object: 'materializedView', name: view }),
  parse: (view, definition, options) => {
    const site = viewSite('createMaterializedView', view);
    return {
      ...optionsOf(site, options, { ...schemaKinds, withData: 'boolean' }),
      view,
      definition: sqlOf(site, 'its query', definition),
    };
  },
  reverse: ({ schema, view, definition, withData }) => [
    { kind: 'dropMaterializedView', schema, view, previous: { definition, withData } },
  ],
  call: ({ view, definition, schema, withData }) => [view, new SqlText(definition), orNothing({ schema, withData })],
  describe: ({ view, schema }) => `added materialized view ${objectWords(schema, view)}`,
});

const dropMaterializedView = defineOperation({
  kind: 'dropMaterializedView',
  changes: ({ view }) => ({ does: 'drops', object: 'materializedView', name: view }),
  parse: (view, options) => ({ ...optionsOf(viewSite('dropMaterializedView', view), options, dropKinds), view }),
  reverse: (operation) => {
    const previous = held(operation, 'previous', 'it does not hold the view that was there.');
    return [{ kind: 'createMaterializedView', schema: operation.schema, view: operation.view, ...previous }];
  },
  call: ({ view, schema, ifExists }) => [view, orNothing({ schema, ifExists })],
  describe: ({ view, schema }) => `removed materialized view ${objectWords(schema, view)}`,
});

const refreshMaterializedView = defineOperation({
  kind: 'refreshMaterializedView',
  changes: ({ view }) => ({ does: 'uses', object: 'materializedView', name: view }),
  parse: (view, options) => {
    const site = viewSite('refreshMaterializedView', view);
    return { ...optionsOf(site, options, { ...schemaKinds, concurrently: 'boolean' }), view };
  },
  // its rows are computed from the tables, in either direction
  reverse: () => [],
  call: ({ view, schema, concurrently }) => [view, orNothing({ schema, concurrently })],
  describe: ({ view, schema }) => `stale materialized view ${objectWords(schema, view)}`,
});

export const viewOperations = [
  createView,
  dropView,
  createMaterializedView,
  dropMaterializedView,
  refreshMaterializedView,
] as const;

function viewSite(verb: string, view: unknown): Site {
  return { verb, subject: `view '${nameOf({ verb, subject: 'the view' }, 'a name', view)}'` };
}
