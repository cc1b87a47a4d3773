import {
  type OptionKinds,
  type Site,
  describe,
  nameOf,
  namesOf,
  optionsOf,
  refuse,
  schemaKinds,
  tableSite,
} from './arguments.js';
import { frozen } from './frozen.js';
import {
  type CheckDefinition,
  type CreateCheckConstraintOperation,
  type CreateForeignKeyOperation,
  type CreatePrimaryKeyOperation,
  type CreateUniqueConstraintOperation,
  type DropConstraintOperation,
  type ForeignKeyDefinition,
  type InSchema,
  type PrimaryKeyDefinition,
  type UniqueDefinition,
  type ValidateConstraintOperation,
} from './operation.js';
import { type ForeignKeyOptions, type Names, type TableOptions } from './verbs.js';

const rules = ['cascade', 'restrict', 'set null', 'set default', 'no action'] as const;
const deferModes = ['immediate', 'deferred'] as const;

const foreignKeyKinds = {
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
export function uniqueDefinition(site: Site, options: NonNullable<TableOptions['uniques']>[number]): UniqueDefinition {
  const { columns, ...rest } = optionsOf(site, options, { name: 'name', columns: 'any', deferMode: deferModes });
  return { ...rest, columns: namesOf(site, 'unique columns', columns) };
}

/** A check of a table's definition. */
export function checkDefinition(site: Site, options: { name?: string; expression: string }): CheckDefinition {
  const { name, expression } = optionsOf(site, options, { name: 'name', expression: 'name' });
  return { name, expression: nameOf(site, 'the expression of a check', expression) };
}

/** A foreign key of a table's definition. */
export function foreignKeyDefinition(
  site: Site,
  options: NonNullable<TableOptions['foreignKeys']>[number],
): ForeignKeyDefinition {
  const kinds = { ...foreignKeyKinds, columns: 'any', referencedTable: 'name', referencedColumns: 'any' } as const;
  const { columns, referencedTable, referencedColumns, notValid, ...rest } = optionsOf(site, options, kinds);
  if (notValid === true) refuse(site, "has a foreign key with 'notValid'.", 'A new table holds no rows to check.');
  return foreignKey(site, { columns, referencedTable, referencedColumns }, rest);
}

function foreignKey(
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

export function createPrimaryKey(
  table: string,
  columns: Names,
  options?: InSchema & { name?: string },
): CreatePrimaryKeyOperation {
  const site = tableSite('createPrimaryKey', table);
  const { schema, name } = optionsOf(site, options, { ...schemaKinds, name: 'name' });
  return frozen({ kind: 'createPrimaryKey', schema, table, primaryKey: primaryKeyDefinition(site, { name, columns }) });
}

export function createForeignKey(
  table: string,
  columns: Names,
  referencedTable: string,
  referencedColumns: Names,
  options?: ForeignKeyOptions,
): CreateForeignKeyOperation {
  const site = tableSite('createForeignKey', table);
  const { schema, notValid, ...rest } = optionsOf(site, options, { ...schemaKinds, ...foreignKeyKinds });
  const definition = foreignKey(site, { columns, referencedTable, referencedColumns }, rest);
  return frozen({ kind: 'createForeignKey', schema, table, foreignKey: definition, notValid });
}

export function createUniqueConstraint(
  table: string,
  columns: Names,
  options?: InSchema & { name?: string; deferMode?: UniqueDefinition['deferMode'] },
): CreateUniqueConstraintOperation {
  const site = tableSite('createUniqueConstraint', table);
  const { schema, ...rest } = optionsOf(site, options, { ...schemaKinds, name: 'name', deferMode: deferModes });
  const unique = { ...rest, columns: namesOf(site, 'unique columns', columns) };
  return frozen({ kind: 'createUniqueConstraint', schema, table, unique });
}

export function createCheckConstraint(
  table: string,
  expression: string,
  options?: InSchema & { name?: string; notValid?: boolean },
): CreateCheckConstraintOperation {
  const site = tableSite('createCheckConstraint', table);
  const { schema, notValid, name } = optionsOf(site, options, { ...schemaKinds, name: 'name', notValid: 'boolean' });
  const check = { name, expression: nameOf(site, 'the expression of a check', expression) };
  return frozen({ kind: 'createCheckConstraint', schema, table, check, notValid });
}

export function dropConstraint(
  table: string,
  name: string,
  options: InSchema & { type: DropConstraintOperation['type']; ifExists?: boolean },
): DropConstraintOperation {
  const site = tableSite('dropConstraint', table);
  nameOf(site, 'the name of the constraint', name);
  const types = ['foreignKey', 'unique', 'check', 'primaryKey'] as const;
  const { schema, type, ifExists } = optionsOf(site, options, { ...schemaKinds, type: types, ifExists: 'boolean' });
  if (type === undefined) {
    refuse(site, `has a constraint ${describe(name)} of no type.`, `Give 'type', one of ${types.join(', ')}.`);
  }
  return frozen({ kind: 'dropConstraint', schema, table, name, type, ifExists });
}

export function validateConstraint(table: string, name: string, options?: InSchema): ValidateConstraintOperation {
  const site = tableSite('validateConstraint', table);
  nameOf(site, 'the name of the constraint', name);
  return frozen({ kind: 'validateConstraint', ...optionsOf(site, options, schemaKinds), table, name });
}

function count(columns: readonly string[]): string {
  return `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
}
