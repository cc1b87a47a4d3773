import { nameOf, optionsOf, refuse, schemaKinds, type OptionKinds, type Site } from '../arguments.js';
import { listOrNothing, orNothing } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { renamedDefault, renamedItems } from '../enum-renames.js';
import { columnUse } from '../object-change.js';
import { held } from '../previous.js';
import { objectWords } from '../words.js';

/** Creates a native enum type. PostgreSQL and PGlite only. */
export interface CreateEnumOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createEnum';
  /** The name of the type, without its schema. */
  readonly name: string;
  /** Its values, in order; at least one. */
  readonly items: readonly string[];
}

/** Drops a native enum type that no column uses. PostgreSQL and PGlite only. */
export interface DropEnumOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropEnum';
  /** The name of the type, without its schema. */
  readonly name: string;
  /** The values of the type, where they are known. `reverse` creates it again from these. */
  readonly previous?: readonly string[];
}

/**
 * A column that uses an enum type. A rebuild of the type converts it.
 *
 * @example
 * await op.alterEnum('mood', ['happy', 'sad'], {
 *   existing: ['happy', 'sad', 'angry'],
 *   columns: [{ table: 'person', column: 'mood', defaultRaw: "'happy'::mood" }],
 * });
 */
export interface EnumColumn extends InSchema {
  /** The table of the column. */
  readonly table: string;
  /** The name of the column. */
  readonly column: string;
  /** True: the column holds a list of values. Default false. */
  readonly array?: boolean;
  /**
   * The default of the column as SQL. It is dropped before the rebuild and set again after it; renames are applied to
   * it.
   */
  readonly defaultRaw?: string;
}

/** A value of an enum type that gets another name. Rows that hold it follow. */
export interface EnumValueRename {
  /** The value before. The type has to have it. */
  readonly from: string;
  /** The value afterwards. The type must not have it yet, and `items` has to list it. */
  readonly to: string;
}

/**
 * Sets the items of an enum type. Where all of `existing`, renames applied, keep their order, the new values are added.
 * Otherwise the type is rebuilt and the `columns` that use it are converted through text.
 */
export interface AlterEnumOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'alterEnum';
  /** The name of the type, without its schema. */
  readonly name: string;
  /** The values afterwards, in order. */
  readonly items: readonly string[];
  /** The values before, in order and before any rename. */
  readonly existing: readonly string[];
  /** Values that get another name. They run first, one after the other. Absent: none. */
  readonly renames?: readonly EnumValueRename[];
  /** True: the type is rebuilt even where values are only added, so that the same transaction can use them. */
  readonly rebuild?: boolean;
  /** All columns that use the type; a rebuild converts them. Empty: none. */
  readonly columns: readonly EnumColumn[];
}

/** The operations on a native enum type. */
export type EnumOperation = CreateEnumOperation | DropEnumOperation | AlterEnumOperation;

/** The verbs for a native enum type. */
export interface EnumVerbs {
  /**
   * Creates a native enum type for columns with `nativeEnumName`. PostgreSQL and PGlite only.
   *
   * @example
   * await op.createEnum('mood', ['happy', 'sad']);
   */
  createEnum(name: string, items: readonly string[], options?: InSchema): Promise<void>;
  /**
   * Drops a native enum type that no column uses. PostgreSQL and PGlite only.
   *
   * @example
   * await op.dropEnum('mood');
   */
  dropEnum(name: string, options?: InSchema): Promise<void>;
  /**
   * Sets the items of a native enum type. `renames` run first, one after the other; rows and defaults follow them.
   * Where all of `existing` keep their order, values are added in place, and PostgreSQL accepts them after the
   * transaction. Otherwise, and with `rebuild`, the type is rebuilt, and its values can be used at once. `columns` has
   * to list all columns that use the type; a rebuild converts them through text. PostgreSQL and PGlite only.
   *
   * @example
   * await op.alterEnum('mood', ['happy', 'calm', 'blue'], {
   *   existing: ['happy', 'sad'],
   *   renames: [{ from: 'sad', to: 'blue' }],
   * });
   */
  alterEnum(
    name: string,
    items: readonly string[],
    options: InSchema & {
      existing: readonly string[];
      renames?: readonly EnumValueRename[];
      /** Rebuilds the type even where values are only added: the values of a new type can be used at once. */
      rebuild?: boolean;
      columns?: readonly EnumColumn[];
    },
  ): Promise<void>;
}

const enumColumnKinds = {
  ...schemaKinds,
  table: 'name',
  column: 'name',
  array: 'boolean',
  defaultRaw: 'name',
} satisfies OptionKinds<EnumColumn>;

const alterKinds = { ...schemaKinds, existing: 'any', renames: 'any', rebuild: 'boolean', columns: 'any' } as const;

const defineOperation = definitionsOf<EnumVerbs, EnumOperation>();

const createEnum = defineOperation({
  kind: 'createEnum',
  changes: ({ name }) => ({ does: 'creates', object: 'enum', name }),
  parse: (name, items, options) => {
    const site = enumSite('createEnum', name);
    return { ...optionsOf(site, options, schemaKinds), name, items: itemsOf(site, 'items', items) };
  },
  reverse: ({ schema, name, items }) => [{ kind: 'dropEnum', schema, name, previous: items }],
  call: ({ name, items, schema }) => [name, items, orNothing({ schema })],
  describe: ({ name, schema }) => `added enum ${objectWords(schema, name)}`,
});

const dropEnum = defineOperation({
  kind: 'dropEnum',
  changes: ({ name }) => ({ does: 'drops', object: 'enum', name }),
  parse: (name, options) => ({ ...optionsOf(enumSite('dropEnum', name), options, schemaKinds), name }),
  reverse: (operation) => {
    const items = held(operation, 'previous', 'it does not hold the items that were there.');
    return [{ kind: 'createEnum', schema: operation.schema, name: operation.name, items }];
  },
  call: ({ name, schema }) => [name, orNothing({ schema })],
  describe: ({ name, schema }) => `removed enum ${objectWords(schema, name)}`,
});

const alterEnum = defineOperation({
  kind: 'alterEnum',
  changes: ({ name, columns, renames = [] }) => [
    { does: 'alters', object: 'enum', name },
    ...columns.map(columnUse),
    ...renames.map(
      ({ from, to }) => ({ does: 'renames', object: 'enumValue', name: from, after: { name: to } }) as const,
    ),
  ],
  parse: (name, items, options) => {
    const site = enumSite('alterEnum', name);
    const { schema, existing, renames, rebuild, columns } = optionsOf(site, options, alterKinds);
    if (columns !== undefined && !Array.isArray(columns)) refuse(site, "wants a list as 'columns'.");
    if (renames !== undefined && !Array.isArray(renames)) refuse(site, "wants a list as 'renames'.");
    const before = itemsOf(site, 'existing', existing);
    const after = itemsOf(site, 'items', items);
    return {
      schema,
      name,
      items: after,
      existing: before,
      renames: renames === undefined ? undefined : renamesOf(site, renames, before, after),
      rebuild,
      columns: ((columns ?? []) as readonly EnumColumn[]).map((column) => enumColumn(site, column)),
    };
  },
  reverse: ({ items, existing, renames, columns, ...rest }) => [
    {
      ...rest,
      items: existing,
      existing: items,
      renames: renames?.toReversed().map(({ from, to }) => ({ from: to, to: from })),
      columns: columns.map(({ defaultRaw, ...column }) => ({
        ...column,
        ...(defaultRaw !== undefined && { defaultRaw: renamedDefault(defaultRaw, renames ?? []) }),
      })),
    },
  ],
  call: ({ name, items, existing, renames = [], rebuild, columns, schema }) => [
    name,
    items,
    {
      existing,
      renames: listOrNothing(renames.map(({ from, to }) => ({ from, to }))),
      rebuild,
      columns: listOrNothing(
        columns.map(({ table, column, array, defaultRaw, schema: tableSchema }) => ({
          table,
          column,
          array,
          defaultRaw,
          schema: tableSchema,
        })),
      ),
      schema,
    },
  ],
  describe: ({ name, schema, existing, items, renames = [] }) => {
    const renamed = renames.map(({ from, to }) => `'${from}' is '${to}'`);
    const isNew = (item: string): boolean => !existing.includes(item) && !renames.some(({ to }) => to === item);
    const isGone = (item: string): boolean => !items.includes(item) && !renames.some(({ from }) => from === item);
    const added = items.filter(isNew).map((item) => `+'${item}'`);
    const removed = existing.filter(isGone).map((item) => `-'${item}'`);
    const changes = [...renamed, ...added, ...removed].join(', ') || 'another order';
    return `changed enum ${objectWords(schema, name)}: ${changes}`;
  },
});

export const enumOperations = [createEnum, dropEnum, alterEnum] as const;

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
