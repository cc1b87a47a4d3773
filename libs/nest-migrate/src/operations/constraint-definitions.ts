import { type Names, type OptionKinds, type Site, nameOf, namesOf, optionsOf, refuse } from './arguments.js';
import { type ArgumentRecord, oneOrList } from './call.js';
import { type InSchema } from './define.js';
import { type TouchedTable } from './object-change.js';

/**
 * When a deferrable constraint is checked: after each statement (`immediate`), or when the transaction commits
 * (`deferred`). A transaction can switch between the two.
 */
export type DeferMode = 'immediate' | 'deferred';

/** What happens to the rows that refer to a deleted or changed row, in SQL's words. */
export type Rule = 'cascade' | 'restrict' | 'set null' | 'set default' | 'no action';

/** A primary key as data. */
export interface PrimaryKeyDefinition {
  /** The name of the constraint. Absent: the naming strategy of the ORM gives it. MySQL and MariaDB keep no name. */
  readonly name?: string;
  /** The columns of the key, in order; at least one. */
  readonly columns: readonly string[];
}

/** A unique constraint as data. */
export interface UniqueDefinition {
  /** The name of the constraint. Absent: the naming strategy of the ORM gives it. */
  readonly name?: string;
  /** The columns whose values together are unique, in order; at least one. */
  readonly columns: readonly string[];
  /** Makes the constraint deferrable. PostgreSQL. Absent: it is not deferrable. */
  readonly deferMode?: DeferMode;
}

/** A check as data. */
export interface CheckDefinition {
  /** The name of the check. Absent: the naming strategy of the ORM gives it. */
  readonly name?: string;
  /** The condition that every row meets, in the SQL of the engine. */
  readonly expression: string;
}

/** A foreign key as data. */
export interface ForeignKeyDefinition {
  /** The name of the constraint. Absent: the naming strategy of the ORM gives it. */
  readonly name?: string;
  /** The columns that refer to the other table, in the order of `referencedColumns`. */
  readonly columns: readonly string[];
  /** The table that the key refers to. */
  readonly referencedTable: string;
  /** The schema of the referenced table. Absent: that of the connection, not that of the key's table. */
  readonly referencedSchema?: string;
  /** The columns that the key refers to; as many as `columns`. */
  readonly referencedColumns: readonly string[];
  /** What happens to referencing rows when a referenced row is deleted. Absent: `no action`. */
  readonly deleteRule?: Rule;
  /** What happens to referencing rows when a referenced value changes. Absent: `no action`. */
  readonly updateRule?: Rule;
  /** Makes the constraint deferrable. PostgreSQL and SQLite. Absent: it is not deferrable. */
  readonly deferMode?: DeferMode;
}

/**
 * What a foreign key is, beside its columns and what they refer to.
 *
 * @example
 * await op.createForeignKey('book', 'authorId', 'author', 'id', { name: 'book_author_fk', deleteRule: 'cascade' });
 */
export interface ForeignKeyOptions extends InSchema {
  /** The name of the constraint. Default: the one that the naming strategy of the ORM gives it. */
  name?: string;
  /** The schema of the referenced table. Default: that of the connection, not that of the key's table. */
  referencedSchema?: string;
  /** What happens to referencing rows when a referenced row is deleted. Default `no action`. */
  deleteRule?: Rule;
  /** What happens to referencing rows when a referenced value changes. Default `no action`. */
  updateRule?: Rule;
  /** Makes the constraint deferrable. PostgreSQL and SQLite; on MySQL and MariaDB it is an error. */
  deferMode?: DeferMode;
  /**
   * PostgreSQL: leaves the rows that are there unchecked, until `validateConstraint`. On MySQL and MariaDB, and within
   * `createTable`, it is an error.
   */
  notValid?: boolean;
}

/**
 * A unique constraint within `createTable`.
 *
 * @example
 * await op.createTable('book', {
 *   columns: { title: { type: 'string' }, authorId: { type: 'integer' } },
 *   uniques: [{ columns: ['title', 'authorId'], name: 'book_title_author_unique' }],
 * });
 */
export interface TableUniqueOptions {
  /** The name of the constraint. Default: the one that the naming strategy of the ORM gives it. */
  name?: string;
  /** The columns whose values together are unique, in order. The table has to have them. */
  columns: Names;
  /** Makes the constraint deferrable. PostgreSQL; on other engines it is an error. */
  deferMode?: DeferMode;
}

/**
 * A foreign key within `createTable`.
 *
 * @example
 * await op.createTable('book', {
 *   columns: { authorId: { type: 'integer' } },
 *   foreignKeys: [
 *     { columns: 'authorId', referencedTable: 'author', referencedColumns: 'id', deleteRule: 'cascade' },
 *   ],
 * });
 */
export type TableForeignKeyOptions = Omit<ForeignKeyOptions, 'schema'> & {
  /** The columns that refer to the other table. The new table has to have them. */
  columns: Names;
  /** The table that the key refers to. */
  referencedTable: string;
  /** The columns that the key refers to; as many as `columns`, in the same order. */
  referencedColumns: Names;
};

const rules = ['cascade', 'restrict', 'set null', 'set default', 'no action'] as const;
export const deferModes = ['immediate', 'deferred'] as const;

/** The options of a foreign key beside its columns, what they refer to and its schema. */
export const foreignKeyKinds = {
  name: 'name',
  referencedSchema: 'name',
  deleteRule: rules,
  updateRule: rules,
  deferMode: deferModes,
  notValid: 'boolean',
} satisfies OptionKinds<Omit<ForeignKeyOptions, 'schema'>>;

/** The primary key of a table's definition. */
export function primaryKeyDefinition(site: Site, options: { name?: string; columns: Names }): PrimaryKeyDefinition {
  const { name } = optionsOf(site, options, { name: 'name', columns: 'any' });
  return { name, columns: namesOf(site, 'primary key columns', options.columns) };
}

/** A unique constraint of a table's definition. */
export function uniqueDefinition(site: Site, options: TableUniqueOptions): UniqueDefinition {
  const { columns, ...rest } = optionsOf(site, options, { name: 'name', columns: 'any', deferMode: deferModes });
  return { ...rest, columns: namesOf(site, 'unique columns', columns) };
}

/** A check of a table's definition. */
export function checkDefinition(site: Site, options: { name?: string; expression: string }): CheckDefinition {
  const { name, expression } = optionsOf(site, options, { name: 'name', expression: 'name' });
  return { name, expression: nameOf(site, 'the expression of a check', expression) };
}

/** A foreign key of a table's definition. */
export function tableForeignKey(site: Site, options: TableForeignKeyOptions): ForeignKeyDefinition {
  const kinds = { ...foreignKeyKinds, columns: 'any', referencedTable: 'name', referencedColumns: 'any' } as const;
  const { columns, referencedTable, referencedColumns, notValid, ...rest } = optionsOf(site, options, kinds);
  if (notValid === true) refuse(site, "has a foreign key with 'notValid'.", 'A new table holds no rows to check.');
  return foreignKeyDefinition(site, { columns, referencedTable, referencedColumns }, rest);
}

/** A foreign key as data. */
export function foreignKeyDefinition(
  site: Site,
  ends: { columns?: Names; referencedTable?: string; referencedColumns?: Names },
  options: Omit<ForeignKeyDefinition, 'columns' | 'referencedTable' | 'referencedColumns'>,
): ForeignKeyDefinition {
  const columns = namesOf(site, 'foreign key columns', ends.columns);
  const referencedTable = nameOf(site, 'the referenced table', ends.referencedTable);
  const referencedColumns = namesOf(site, 'referenced columns', ends.referencedColumns);
  if (columns.length !== referencedColumns.length) {
    refuse(site, `has a foreign key from ${count(columns)} to ${count(referencedColumns)} of '${referencedTable}'.`);
  }
  return { ...options, columns, referencedTable, referencedColumns };
}

function count(columns: readonly string[]): string {
  return `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
}

/** The options of a primary key inside `createTable`. */
export function primaryKeyOptions(key: PrimaryKeyDefinition): ArgumentRecord {
  return { name: key.name, columns: oneOrList(key.columns) };
}

/** The options of a unique constraint inside `createTable`. */
export function uniqueOptions(unique: UniqueDefinition): ArgumentRecord {
  return { name: unique.name, columns: oneOrList(unique.columns), deferMode: unique.deferMode };
}

/** The options of a check inside `createTable`. */
export function checkOptions(check: CheckDefinition): ArgumentRecord {
  return { name: check.name, expression: check.expression };
}

/** The options of a foreign key beside its columns and what they refer to. */
export function foreignKeyOptions(key: ForeignKeyDefinition): ArgumentRecord {
  return {
    name: key.name,
    referencedSchema: key.referencedSchema,
    deleteRule: key.deleteRule,
    updateRule: key.updateRule,
    deferMode: key.deferMode,
  };
}

/** The options of a foreign key inside `createTable`. */
export function tableForeignKeyOptions(key: ForeignKeyDefinition): ArgumentRecord {
  const { name, referencedSchema, ...rest } = foreignKeyOptions(key);
  return {
    name,
    columns: oneOrList(key.columns),
    referencedTable: key.referencedTable,
    referencedSchema,
    referencedColumns: oneOrList(key.referencedColumns),
    ...rest,
  };
}

/** The columns that a foreign key refers to. */
export function referenceOf({
  referencedTable: table,
  referencedSchema: schema,
  referencedColumns: columns,
}: ForeignKeyDefinition): TouchedTable {
  return { table, columns, ...(schema !== undefined && { schema }) };
}
