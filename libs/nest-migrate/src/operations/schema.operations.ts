import { nameOf, optionsOf, refuse, schemaKinds, type OptionKinds, type Site } from './arguments.js';
import { frozen } from './frozen.js';
import {
  type AlterEnumOperation,
  type CreateEnumOperation,
  type CreateSchemaOperation,
  type DropEnumOperation,
  type DropSchemaOperation,
  type EnumColumn,
  type InSchema,
} from './operation.js';

const enumColumnKinds = {
  ...schemaKinds,
  table: 'name',
  column: 'name',
  array: 'boolean',
  defaultRaw: 'name',
} satisfies OptionKinds<EnumColumn>;

export function createSchema(name: string): CreateSchemaOperation {
  return frozen({
    kind: 'createSchema',
    name: nameOf({ verb: 'createSchema', subject: 'the schema' }, 'a name', name),
  });
}

export function dropSchema(name: string): DropSchemaOperation {
  return frozen({ kind: 'dropSchema', name: nameOf({ verb: 'dropSchema', subject: 'the schema' }, 'a name', name) });
}

export function createEnum(name: string, items: readonly string[], options?: InSchema): CreateEnumOperation {
  const site = enumSite('createEnum', name);
  return frozen({
    kind: 'createEnum',
    ...optionsOf(site, options, schemaKinds),
    name,
    items: itemsOf(site, 'items', items),
  });
}

export function dropEnum(name: string, options?: InSchema): DropEnumOperation {
  return frozen({ kind: 'dropEnum', ...optionsOf(enumSite('dropEnum', name), options, schemaKinds), name });
}

export function alterEnum(
  name: string,
  items: readonly string[],
  options: InSchema & { existing: readonly string[]; columns?: readonly EnumColumn[] },
): AlterEnumOperation {
  const site = enumSite('alterEnum', name);
  const { schema, existing, columns } = optionsOf(site, options, { ...schemaKinds, existing: 'any', columns: 'any' });
  if (columns !== undefined && !Array.isArray(columns)) refuse(site, "wants a list as 'columns'.");
  return frozen({
    kind: 'alterEnum',
    schema,
    name,
    items: itemsOf(site, 'items', items),
    existing: itemsOf(site, 'existing', existing),
    columns: ((columns ?? []) as readonly EnumColumn[]).map((column) => enumColumn(site, column)),
  });
}

function enumColumn(site: Site, column: EnumColumn): EnumColumn {
  const { table, column: name, ...rest } = optionsOf(site, column, enumColumnKinds);
  return { ...rest, table: nameOf(site, 'the table of a column', table), column: nameOf(site, 'a column', name) };
}

function itemsOf(site: Site, key: string, items: readonly string[] | undefined): readonly string[] {
  return optionsOf(site, { [key]: items }, { [key]: 'strings' })[key] ?? refuse(site, `has no '${key}'.`);
}

function enumSite(verb: string, name: unknown): Site {
  return { verb, subject: `enum '${nameOf({ verb, subject: 'the enum' }, 'a name', name)}'` };
}
