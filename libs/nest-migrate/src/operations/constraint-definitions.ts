import { type Names, type OptionKinds, type Site, nameOf, namesOf, optionsOf, refuse } from './arguments.js';
import { type ArgumentRecord, oneOrList } from './call.js';
import { type InSchema } from './define.js';

export type DeferMode = 'immediate' | 'deferred';

/** What happens to referencing rows, in SQL's words. */
export type Rule = 'cascade' | 'restrict' | 'set null' | 'set default' | 'no action';

export interface PrimaryKeyDefinition {
  readonly name?: string;
  readonly columns: readonly string[];
}

export interface UniqueDefinition {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly deferMode?: DeferMode;
}

export interface CheckDefinition {
  readonly name?: string;
  readonly expression: string;
}

export interface ForeignKeyDefinition {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly referencedTable: string;
  readonly referencedSchema?: string;
  readonly referencedColumns: readonly string[];
  readonly deleteRule?: Rule;
  readonly updateRule?: Rule;
  readonly deferMode?: DeferMode;
}

export interface ForeignKeyOptions extends InSchema {
  name?: string;
  referencedSchema?: string;
  deleteRule?: Rule;
  updateRule?: Rule;
  deferMode?: DeferMode;
  notValid?: boolean;
}

/** A unique constraint within `createTable`. */
export interface TableUniqueOptions {
  name?: string;
  columns: Names;
  deferMode?: DeferMode;
}

/** A foreign key within `createTable`. */
export type TableForeignKeyOptions = Omit<ForeignKeyOptions, 'schema'> & {
  columns: Names;
  referencedTable: string;
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
