import { describe, nameOf, type Names, namesOf, optionsOf, refuse, schemaKinds, tableSite } from '../arguments.js';
import { oneOrList, orNothing } from '../call.js';
import {
  type CheckDefinition,
  type DeferMode,
  deferModes,
  foreignKeyDefinition,
  type ForeignKeyDefinition,
  foreignKeyKinds,
  foreignKeyOptions,
  type ForeignKeyOptions,
  type PrimaryKeyDefinition,
  primaryKeyDefinition,
  referenceOf,
  type UniqueDefinition,
} from '../constraint-definitions.js';
import { definitionsOf, type InSchema, type OperationData } from '../define.js';
import { held, nameIn } from '../previous.js';
import { keyWords, tableWords } from '../words.js';

/** Gives a table its primary key. */
export interface CreatePrimaryKeyOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createPrimaryKey';
  /** The table that gets the key. */
  readonly table: string;
  /** The key. */
  readonly primaryKey: PrimaryKeyDefinition;
  /** The unique index that becomes the key's. PostgreSQL. Absent: the key builds one. */
  readonly usingIndex?: string;
}

/** Creates a foreign key. */
export interface CreateForeignKeyOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createForeignKey';
  /** The table that refers to the other one. */
  readonly table: string;
  /** The key. */
  readonly foreignKey: ForeignKeyDefinition;
  /** True: PostgreSQL leaves the rows that are there unchecked. On MySQL and MariaDB it is an error. */
  readonly notValid?: boolean;
}

/** Creates a unique constraint; on MySQL, MariaDB and SQLite that is a unique index. */
export interface CreateUniqueConstraintOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createUniqueConstraint';
  /** The table that gets the constraint. */
  readonly table: string;
  /** The constraint. */
  readonly unique: UniqueDefinition;
  /** The unique index that becomes the constraint's. PostgreSQL. Absent: the constraint builds one. */
  readonly usingIndex?: string;
}

/** Creates a check. */
export interface CreateCheckConstraintOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createCheckConstraint';
  /** The table that gets the check. */
  readonly table: string;
  /** The check. */
  readonly check: CheckDefinition;
  /** True: PostgreSQL leaves the rows that are there unchecked. On MySQL and MariaDB it is an error. */
  readonly notValid?: boolean;
}

/** A constraint that was dropped, by its kind. `reverse` creates it again from this. */
export type PreviousConstraint =
  | {
      /** The kind of the constraint. It decides which definition is there. */
      readonly type: 'primaryKey';
      /** The primary key that was dropped. */
      readonly primaryKey: PrimaryKeyDefinition;
    }
  | {
      readonly type: 'foreignKey';
      /** The foreign key that was dropped. */
      readonly foreignKey: ForeignKeyDefinition;
    }
  | {
      readonly type: 'unique';
      /** The unique constraint that was dropped. */
      readonly unique: UniqueDefinition;
    }
  | {
      readonly type: 'check';
      /** The check that was dropped. */
      readonly check: CheckDefinition;
    };

/** Drops a key, a constraint or a check. */
export interface DropConstraintOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropConstraint';
  /** The table of the constraint. */
  readonly table: string;
  /** The name of the constraint. MySQL and MariaDB ignore it where `type` is `primaryKey`. */
  readonly name: string;
  /** What kind of constraint it is. MySQL, MariaDB and SQLite drop each kind in another way. */
  readonly type: 'foreignKey' | 'unique' | 'check' | 'primaryKey';
  /** True: a constraint that is not there is no error. */
  readonly ifExists?: boolean;
  /** The constraint that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: PreviousConstraint;
}

/** Checks the rows that a constraint with `notValid` left unchecked. PostgreSQL and PGlite only. */
export interface ValidateConstraintOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'validateConstraint';
  /** The table of the constraint. */
  readonly table: string;
  /** The name of the foreign key or check. */
  readonly name: string;
}

/** The operations on a key, a constraint or a check. */
export type ConstraintOperation =
  | CreatePrimaryKeyOperation
  | CreateForeignKeyOperation
  | CreateUniqueConstraintOperation
  | CreateCheckConstraintOperation
  | DropConstraintOperation
  | ValidateConstraintOperation;

/** The verbs for a key, a constraint or a check. */
export interface ConstraintVerbs {
  /**
   * Gives a table its primary key. MySQL and MariaDB ignore `name`. `usingIndex` is for PostgreSQL, as with
   * `createUniqueConstraint`.
   *
   * @example
   * await op.createPrimaryKey('book_tag', ['bookId', 'tagId']);
   */
  createPrimaryKey(
    table: string,
    columns: Names,
    options?: InSchema & { name?: string; usingIndex?: string },
  ): Promise<void>;
  /**
   * Creates a foreign key. Without `referencedSchema` the referenced table is in the schema of the connection, not in
   * that of the table.
   *
   * PostgreSQL: `notValid` leaves the rows that are there unchecked, `deferMode` makes the constraint deferrable. On
   * MySQL and MariaDB both are an error; these engines create an index on the columns where there is none.
   *
   * @example
   * await op.createForeignKey('book', 'authorId', 'author', 'id', { deleteRule: 'set null' });
   */
  createForeignKey(
    table: string,
    columns: Names,
    referencedTable: string,
    referencedColumns: Names,
    options?: ForeignKeyOptions,
  ): Promise<void>;
  /**
   * Creates a unique constraint; on MySQL, MariaDB and SQLite that is a unique index. `deferMode` is for PostgreSQL.
   *
   * PostgreSQL: `usingIndex` names a unique index of the same columns, which becomes the constraint's own and gets its
   * name. The table is locked for a moment only, since nothing is built. On other engines it is an error.
   *
   * @example
   * await op.autocommitBlock(async (op) => {
   *   await op.createIndex('book', ['isbn'], { name: 'book_isbn_unique', unique: true, concurrently: true });
   *   await op.createUniqueConstraint('book', 'isbn', { name: 'book_isbn_unique', usingIndex: 'book_isbn_unique' });
   * });
   */
  createUniqueConstraint(
    table: string,
    columns: Names,
    options?: InSchema & { name?: string; deferMode?: DeferMode; usingIndex?: string },
  ): Promise<void>;
  /**
   * Creates a check. PostgreSQL: `notValid` leaves the rows that are there unchecked, and an expression that begins
   * with `exclude` is an exclusion constraint.
   *
   * @example
   * await op.createCheckConstraint('book', 'pages > 0', { name: 'book_pages_check' });
   */
  createCheckConstraint(
    table: string,
    expression: string,
    options?: InSchema & { name?: string; notValid?: boolean },
  ): Promise<void>;
  /**
   * Drops a constraint by its name. MySQL and MariaDB have a statement of its own for each `type`, and ignore the name
   * of a primary key. There, an auto-increment column has to lose that property before its primary key is dropped.
   * MySQL has no `ifExists`, nor has MariaDB for the primary key.
   *
   * @example
   * await op.dropConstraint('book', 'book_author_id_foreign', { type: 'foreignKey' });
   */
  dropConstraint(
    table: string,
    name: string,
    options: InSchema & { type: 'foreignKey' | 'unique' | 'check' | 'primaryKey'; ifExists?: boolean },
  ): Promise<void>;
  /**
   * Checks the rows that a foreign key or check with `notValid` left unchecked, without blocking writes. PostgreSQL and
   * PGlite only.
   *
   * @example
   * await op.validateConstraint('book', 'book_author_id_foreign');
   */
  validateConstraint(table: string, name: string, options?: InSchema): Promise<void>;
}

const defineOperation = definitionsOf<ConstraintVerbs, ConstraintOperation>();

const createPrimaryKey = defineOperation({
  kind: 'createPrimaryKey',
  alters: 'table',
  changes: ({ primaryKey: { name, columns } }) => ({ does: 'creates', object: 'primaryKey', name, columns }),
  parse: (table, columns, options) => {
    const site = tableSite('createPrimaryKey', table);
    const kinds = { ...schemaKinds, name: 'name', usingIndex: 'name' } as const;
    const { schema, name, usingIndex } = optionsOf(site, options, kinds);
    return { schema, table, primaryKey: primaryKeyDefinition(site, { name, columns }), usingIndex };
  },
  reverse: (operation) => {
    const { primaryKey } = operation;
    return [dropConstraintOf(operation, primaryKey.name, { type: 'primaryKey', primaryKey })];
  },
  call: ({ table, primaryKey, schema, usingIndex }) => [
    table,
    oneOrList(primaryKey.columns),
    orNothing({ name: primaryKey.name, schema, usingIndex }),
  ],
  describe: (operation) => `added primary key (${operation.primaryKey.columns.join(', ')}) on ${tableWords(operation)}`,
});

const createForeignKey = defineOperation({
  kind: 'createForeignKey',
  alters: 'table',
  changes: ({ foreignKey }) => {
    const { name, columns } = foreignKey;
    return { does: 'creates', object: 'foreignKey', name, columns, references: [referenceOf(foreignKey)] };
  },
  parse: (table, columns, referencedTable, referencedColumns, options) => {
    const site = tableSite('createForeignKey', table);
    const { schema, notValid, ...rest } = optionsOf(site, options, { ...schemaKinds, ...foreignKeyKinds });
    const foreignKey = foreignKeyDefinition(site, { columns, referencedTable, referencedColumns }, rest);
    return { schema, table, foreignKey, notValid };
  },
  reverse: (operation) => {
    const { foreignKey } = operation;
    return [dropConstraintOf(operation, foreignKey.name, { type: 'foreignKey', foreignKey })];
  },
  call: ({ table, foreignKey, schema, notValid }) => [
    table,
    oneOrList(foreignKey.columns),
    foreignKey.referencedTable,
    oneOrList(foreignKey.referencedColumns),
    orNothing({ ...foreignKeyOptions(foreignKey), schema, notValid }),
  ],
  describe: (operation) => {
    const { columns, referencedColumns, referencedSchema, referencedTable } = operation.foreignKey;
    const target = referencedSchema === undefined ? referencedTable : `${referencedSchema}.${referencedTable}`;
    const ends = `(${columns.join(', ')}) to ${target}(${referencedColumns.join(', ')})`;
    return `added foreign key ${ends} on table ${tableWords(operation)}`;
  },
});

const createUniqueConstraint = defineOperation({
  kind: 'createUniqueConstraint',
  alters: 'table',
  changes: ({ unique: { name, columns } }) => ({ does: 'creates', object: 'unique', name, columns }),
  parse: (table, columns, options) => {
    const site = tableSite('createUniqueConstraint', table);
    const kinds = { ...schemaKinds, name: 'name', deferMode: deferModes, usingIndex: 'name' } as const;
    const { schema, usingIndex, ...rest } = optionsOf(site, options, kinds);
    return { schema, table, unique: { ...rest, columns: namesOf(site, 'unique columns', columns) }, usingIndex };
  },
  reverse: (operation) => {
    const { unique } = operation;
    return [dropConstraintOf(operation, unique.name, { type: 'unique', unique })];
  },
  call: ({ table, unique, schema, usingIndex }) => [
    table,
    oneOrList(unique.columns),
    orNothing({ name: unique.name, deferMode: unique.deferMode, schema, usingIndex }),
  ],
  describe: (operation) => `added unique constraint ${keyWords(operation.unique)} on ${tableWords(operation)}`,
});

const createCheckConstraint = defineOperation({
  kind: 'createCheckConstraint',
  alters: 'table',
  changes: ({ check: { name } }) => ({ does: 'creates', object: 'check', name, columns: [] }),
  parse: (table, expression, options) => {
    const site = tableSite('createCheckConstraint', table);
    const { schema, notValid, name } = optionsOf(site, options, { ...schemaKinds, name: 'name', notValid: 'boolean' });
    const check = { name, expression: nameOf(site, 'the expression of a check', expression) };
    return { schema, table, check, notValid };
  },
  reverse: (operation) => {
    const { check } = operation;
    return [dropConstraintOf(operation, check.name, { type: 'check', check })];
  },
  call: ({ table, check, schema, notValid }) => [
    table,
    check.expression,
    orNothing({ name: check.name, schema, notValid }),
  ],
  describe: (operation) =>
    `added check constraint '${operation.check.name ?? operation.check.expression}' on table ${tableWords(operation)}`,
});

const constraintTypes = {
  foreignKey: 'foreign key',
  unique: 'unique constraint',
  check: 'check constraint',
  primaryKey: 'primary key',
} as const;

const dropConstraint = defineOperation({
  kind: 'dropConstraint',
  alters: 'table',
  changes: ({ type, name, previous }) => ({
    does: 'drops',
    object: type,
    name,
    columns: constrainedColumns(previous),
    ...(previous?.type === 'foreignKey' && { references: [referenceOf(previous.foreignKey)] }),
  }),
  parse: (table, name, options) => {
    const site = tableSite('dropConstraint', table);
    nameOf(site, 'the name of the constraint', name);
    const types = Object.keys(constraintTypes);
    const { schema, type, ifExists } = optionsOf(site, options, { ...schemaKinds, type: types, ifExists: 'boolean' });
    if (type === undefined) {
      refuse(site, `has a constraint ${describe(name)} of no type.`, `Give 'type', one of ${types.join(', ')}.`);
    }
    return { schema, table, name, type, ifExists };
  },
  reverse: (operation) => [createOf(operation)],
  call: ({ table, name, type, schema, ifExists }) => [table, name, { type, schema, ifExists }],
  describe: (operation) =>
    `removed ${constraintTypes[operation.type]} '${operation.name}' on table ${tableWords(operation)}`,
});

const validateConstraint = defineOperation({
  kind: 'validateConstraint',
  changes: ({ table }) => ({ does: 'uses', object: 'table', name: table, columns: [] }),
  parse: (table, name, options) => {
    const site = tableSite('validateConstraint', table);
    nameOf(site, 'the name of the constraint', name);
    return { ...optionsOf(site, options, schemaKinds), table, name };
  },
  // a check of rows changes nothing
  reverse: () => [],
  call: ({ table, name, schema }) => [table, name, orNothing({ schema })],
  describe: (operation) => `unvalidated constraint '${operation.name}' on table ${tableWords(operation)}`,
});

export const constraintOperations = [
  createPrimaryKey,
  createForeignKey,
  createUniqueConstraint,
  createCheckConstraint,
  dropConstraint,
  validateConstraint,
] as const;

function constrainedColumns(previous: PreviousConstraint | undefined): readonly string[] {
  switch (previous?.type) {
    case 'primaryKey':
      return previous.primaryKey.columns;
    case 'foreignKey':
      return previous.foreignKey.columns;
    case 'unique':
      return previous.unique.columns;
    default:
      return [];
  }
}

function dropConstraintOf(
  operation: OperationData & InSchema & { readonly table: string },
  name: string | undefined,
  previous: PreviousConstraint,
): DropConstraintOperation {
  const { schema, table } = operation;
  return { kind: 'dropConstraint', schema, table, name: nameIn(operation, name), type: previous.type, previous };
}

function createOf(operation: DropConstraintOperation): ConstraintOperation {
  const { schema, table, name } = operation;
  const previous = held(operation, 'previous', 'it does not hold the constraint that was there.');
  switch (previous.type) {
    case 'primaryKey':
      return { kind: 'createPrimaryKey', schema, table, primaryKey: { ...previous.primaryKey, name } };
    case 'foreignKey':
      return { kind: 'createForeignKey', schema, table, foreignKey: { ...previous.foreignKey, name } };
    case 'unique':
      return { kind: 'createUniqueConstraint', schema, table, unique: { ...previous.unique, name } };
    case 'check':
      return { kind: 'createCheckConstraint', schema, table, check: { ...previous.check, name } };
  }
}
