import { nameOf, optionsOf, schemaKinds, tableSite } from '../arguments.js';
import { orNothing } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import {
  type IndexColumn,
  indexColumnsArgument,
  indexDefinition,
  type IndexDefinition,
  indexKinds,
  indexOptions,
  type IndexOptions,
} from '../index-definition.js';
import { held, nameIn } from '../previous.js';
import { keyWords, tableWords } from '../words.js';

/** Creates an index. */
export interface CreateIndexOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createIndex';
  /** The table that is indexed. */
  readonly table: string;
  /** The index. */
  readonly index: IndexDefinition;
  /** True: PostgreSQL builds it without blocking writes, outside of a transaction. Other engines ignore it. */
  readonly concurrently?: boolean;
  /** True: an index of that name is left as it is. */
  readonly ifNotExists?: boolean;
}

/** Drops an index. */
export interface DropIndexOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropIndex';
  /** The table of the index. */
  readonly table: string;
  /** The name of the index. */
  readonly name: string;
  /** True: PostgreSQL drops it without blocking reads and writes, outside of a transaction. Others ignore it. */
  readonly concurrently?: boolean;
  /** True: an index that is not there is no error. */
  readonly ifExists?: boolean;
  /** The index that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: IndexDefinition;
}

/** Renames an index. */
export interface RenameIndexOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'renameIndex';
  /** The table of the index. */
  readonly table: string;
  /** The name before. */
  readonly from: string;
  /** The name afterwards. */
  readonly to: string;
}

/** The operations on an index. */
export type IndexOperation = CreateIndexOperation | DropIndexOperation | RenameIndexOperation;

/** The verbs for an index. */
export interface IndexVerbs {
  /**
   * Creates an index. `expression` is what to index in place of columns, or a whole `create index` statement; either
   * needs a `name`. A dot inside the name of a column is part of it.
   *
   * PostgreSQL runs `concurrently` outside of a transaction, so it has to be in `autocommitBlock`. MySQL and MariaDB
   * build indexes without blocking writes by themselves, and ignore it, as they ignore `include` and `fillFactor`.
   * MySQL builds an index with `where` from expressions. MariaDB has no `where`, and `expression` only as a whole
   * statement.
   *
   * @example
   * await op.createIndex('book', ['title', { name: 'pages', sort: 'desc' }], { name: 'book_title_pages' });
   */
  createIndex(table: string, columns: readonly (string | IndexColumn)[], options?: IndexOptions): Promise<void>;
  /**
   * Drops an index by its name. `concurrently` is for PostgreSQL, in `autocommitBlock`. MySQL has no `ifExists` for an
   * index.
   *
   * @example
   * await op.dropIndex('book', 'book_title_pages');
   */
  dropIndex(
    table: string,
    name: string,
    options?: InSchema & { concurrently?: boolean; ifExists?: boolean },
  ): Promise<void>;
  /**
   * Renames an index. SQLite creates it again under the new name; other engines do not rebuild it.
   *
   * @example
   * await op.renameIndex('book', 'book_title_pages', 'book_by_title');
   */
  renameIndex(table: string, from: string, to: string, options?: InSchema): Promise<void>;
}

const defineOperation = definitionsOf<IndexVerbs, IndexOperation>();

const createIndex = defineOperation({
  kind: 'createIndex',
  alters: 'table',
  changes: ({ index: { name, columns } }) => ({
    does: 'creates',
    object: 'index',
    name,
    columns: columns.map((column) => column.name),
  }),
  parse: (table, columns, options) => {
    const site = tableSite('createIndex', table);
    const checked = optionsOf(site, options, { ...schemaKinds, ...indexKinds });
    const { schema, concurrently, ifNotExists, ...rest } = checked;
    const index = indexDefinition(site, columns, rest);
    return { schema, table, index, concurrently, ifNotExists };
  },
  reverse: (operation) => {
    const { schema, table, index, concurrently } = operation;
    return [{ kind: 'dropIndex', schema, table, name: nameIn(operation, index.name), concurrently, previous: index }];
  },
  call: ({ table, index, schema, concurrently, ifNotExists }) => [
    table,
    indexColumnsArgument(index.columns),
    orNothing({ ...indexOptions(index), schema, concurrently, ifNotExists }),
  ],
  describe: (operation) => `added index ${keyWords(operation.index)} on ${tableWords(operation)}`,
});

const dropIndex = defineOperation({
  kind: 'dropIndex',
  alters: 'table',
  changes: ({ name, previous }) => ({
    does: 'drops',
    object: 'index',
    name,
    columns: (previous?.columns ?? []).map((column) => column.name),
  }),
  parse: (table, name, options) => {
    const site = tableSite('dropIndex', table);
    nameOf(site, 'the name of the index', name);
    const kinds = { ...schemaKinds, concurrently: 'boolean', ifExists: 'boolean' } as const;
    return { ...optionsOf(site, options, kinds), table, name };
  },
  reverse: (operation) => {
    const { schema, table, name, concurrently } = operation;
    const previous = held(operation, 'previous', 'it does not hold the index that was there.');
    return [{ kind: 'createIndex', schema, table, index: { ...previous, name }, concurrently }];
  },
  call: ({ table, name, schema, concurrently, ifExists }) => [
    table,
    name,
    orNothing({ schema, concurrently, ifExists }),
  ],
  describe: (operation) => `removed index '${operation.name}' on ${tableWords(operation)}`,
});

const renameIndex = defineOperation({
  kind: 'renameIndex',
  alters: 'table',
  changes: ({ from, to }) => ({ does: 'renames', object: 'index', name: from, columns: [], after: { name: to } }),
  parse: (table, from, to, options) => {
    const site = tableSite('renameIndex', table);
    nameOf(site, 'the name of the index', from);
    nameOf(site, 'the new name of the index', to);
    return { ...optionsOf(site, options, schemaKinds), table, from, to };
  },
  reverse: ({ from, to, ...rest }) => [{ ...rest, from: to, to: from }],
  call: ({ table, from, to, schema }) => [table, from, to, orNothing({ schema })],
  describe: (operation) => `renamed index '${operation.from}' to '${operation.to}' on ${tableWords(operation)}`,
});

export const indexOperations = [createIndex, dropIndex, renameIndex] as const;
