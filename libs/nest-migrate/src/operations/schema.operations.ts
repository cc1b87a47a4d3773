import { nameOf, optionsOf, refuse, schemaKinds, type OptionKinds, type Site } from './arguments.js';
import { renamedItems } from './enum-renames.js';
import { frozen } from './frozen.js';
import {
  type AlterEnumOperation,
  type CreateEnumOperation,
  type CreateSchemaOperation,
  type DropEnumOperation,
  type DropSchemaOperation,
  type EnumColumn,
  type EnumValueRename,
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
  options: InSchema & {
    existing: readonly string[];
    renames?: readonly EnumValueRename[];
    rebuild?: boolean;
    columns?: readonly EnumColumn[];
  },
): AlterEnumOperation {
  const site = enumSite('alterEnum', name);
  const kinds = { ...schemaKinds, existing: 'any', renames: 'any', rebuild: 'boolean', columns: 'any' } as const;
  const { schema, existing, renames, rebuild, columns } = optionsOf(site, options, kinds);
  if (columns !== undefined && !Array.isArray(columns)) refuse(site, "wants a list as 'columns'.");
  if (renames !== undefined && !Array.isArray(renames)) refuse(site, "wants a list as 'renames'.");
  const before = itemsOf(site, 'existing', existing);
  const after = itemsOf(site, 'items', items);
  return frozen({
    kind: 'alterEnum',
    schema,
    name,
    items: after,
    existing: before,
    renames: renames === undefined ? undefined : renamesOf(site, renames, before, after),
    rebuild,
    columns: ((columns ?? []) as readonly EnumColumn[]).map((column) => enumColumn(site, column)),
  });
}

function renamesOf(
  site: Site,
  renames: readonly EnumValueRename[],
  existing: readonly string[],
  items: readonly string[],
): readonly EnumValueRename[] {
  let current = existing;
  const checked = renames.map((rename) => {
    const { from, to } = optionsOf(site, rename, { from: 'string', to: 'string' });
    if (from === undefined || to === undefined) refuse(site, "has a rename without 'from' and 'to'.");
    if (!current.includes(from)) refuse(site, `renames '${from}', which it does not have.`);
    if (current.includes(to)) refuse(site, `renames '${from}' to '${to}', which it has already.`);
    current = renamedItems(current, [{ from, to }]);
    return { from, to };
  });
  const lost = checked.find(({ to }) => current.includes(to) && !items.includes(to));
  if (lost !== undefined) refuse(site, `renames '${lost.from}' to '${lost.to}', and does not list it in 'items'.`);
  return checked;
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
