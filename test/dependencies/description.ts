/** A small description of a schema, from which entities are made. Changes and dependents are functions on it. */
import { defineEntity, p, type Routine } from '@mikro-orm/core';
import { type Entities } from '../integration/autogenerate/live-database.js';

/** What a column holds, and what can be said of it in SQL. */
export interface Kind {
  readonly family: string;
  readonly make: () => object;
  /** The type in the words of SQL, where an engine lets a foreign key refer to it. */
  readonly sql?: string;
  /** A condition that the values below meet. */
  readonly condition: (column: string) => string;
  /** An integer that is computed from the column. */
  readonly number: (column: string) => string;
  /** The values of two rows, as literals. */
  readonly values: readonly [string, string];
}

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly nullable?: boolean;
  readonly primary?: boolean;
  readonly default?: unknown;
  readonly defaultRaw?: string;
  readonly generated?: string;
  readonly comment?: string;
  readonly check?: string;
  readonly collation?: string;
  /** Any other option of the property builder, by its method. */
  readonly options?: Readonly<Record<string, readonly unknown[]>>;
  /** The column belongs to a relation to that table. */
  readonly references?: { readonly table: string; readonly key?: string; readonly columns?: readonly string[] };
}

export interface Table {
  readonly name: string;
  readonly schema?: string;
  readonly columns: readonly Column[];
  readonly options: Readonly<Record<string, unknown>> & {
    readonly indexes?: readonly object[];
    readonly uniques?: readonly object[];
    readonly checks?: readonly object[];
    readonly triggers?: readonly object[];
    readonly policies?: readonly object[];
  };
}

export interface View {
  readonly name: string;
  readonly expression: string;
  readonly columns: readonly Column[];
  readonly options?: object;
}

/** A row to insert, its values as literals. */
export interface Row {
  readonly table: string;
  readonly values: Readonly<Record<string, string>>;
}

/** One version of the schema of a cell. */
export interface Description {
  readonly tables: readonly Table[];
  readonly views: readonly View[];
  readonly routines: readonly (() => Routine)[];
  /** Statements that make what no entity declares. */
  readonly undeclared: readonly string[];
  readonly rows: readonly Row[];
}

/** Where dependents attach themselves. */
export interface Target {
  /** In front of the name of each object of the cell. */
  readonly prefix: string;
  /** The table, by its name in the description; absent in the version that does not have it. */
  readonly table: string | undefined;
  /** The column; absent in the version that does not have it. */
  readonly column: string | undefined;
  readonly kind: Kind;
}

/** The name of a table as SQL says it. */
export function placeOf({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

export function tableOf({ tables }: Description, name: string): Table {
  const found = tables.find((table) => table.name === name);
  if (found === undefined) throw new Error(`No table ${name} in the description.`);
  return found;
}

export function withTable(schema: Description, name: string, change: (table: Table) => Table): Description {
  return { ...schema, tables: schema.tables.map((table) => (table.name === name ? change(table) : table)) };
}

/** The table with one more in a list of its options. */
export function withOption(schema: Description, name: string, option: string, item: object): Description {
  return withTable(schema, name, (table) => ({
    ...table,
    options: {
      ...table.options,
      [option]: [...((table.options[option] as readonly object[] | undefined) ?? []), item],
    },
  }));
}

export function withColumn(schema: Description, name: string, column: Column): Description {
  return withTable(schema, name, (table) => ({ ...table, columns: [...table.columns, column] }));
}

export function withColumnChanged(
  schema: Description,
  name: string,
  column: string,
  change: (column: Column) => Column,
): Description {
  return withTable(schema, name, (table) => ({
    ...table,
    columns: table.columns.map((one) => (one.name === column ? change(one) : one)),
  }));
}

/** The entities of a version, made for one use. */
export function entitiesOf(schema: Description): Entities {
  const made = new Map<string, never>();
  for (const table of schema.tables) {
    const properties = Object.fromEntries(table.columns.map((column) => [column.name, property(column, made)]));
    const { name, schema: place, options } = table;
    made.set(
      name,
      defineEntity({
        name,
        tableName: name,
        ...(place !== undefined && { schema: place }),
        properties,
        ...options,
      } as never) as never,
    );
  }
  const views = schema.views.map(
    ({ name, expression, columns, options }) =>
      defineEntity({
        name,
        tableName: name,
        view: true,
        expression,
        properties: Object.fromEntries(columns.map((column) => [column.name, property(column, made)])),
        ...options,
      } as never) as never,
  );
  return [...made.values(), ...views, ...schema.routines.map((make) => make())];
}

interface Builder {
  [method: string]: (...args: readonly unknown[]) => Builder;
}

function property(column: Column, made: ReadonlyMap<string, never>): object {
  if (column.references === undefined) return built(column.kind.make() as Builder, column);
  const { table, key, columns } = column.references;
  return () => {
    const entity = made.get(table);
    if (entity === undefined) throw new Error(`No table ${table} to refer to.`);
    let relation = p.manyToOne(entity) as unknown as Builder;
    relation = columns === undefined ? relation['fieldName'](column.name) : relation['fieldNames'](...columns);
    if (key !== undefined) relation = relation['targetKey'](key);
    return built(relation, { ...column, generated: undefined });
  };
}

function built(builder: Builder, column: Column | Omit<Column, 'kind'>): object {
  const { primary, nullable, default: value, defaultRaw, generated, comment, check, collation, options = {} } = column;
  let property = builder;
  const say = (method: string, ...args: readonly unknown[]): void => {
    property = property[method](...args);
  };
  if (primary === true) say('primary');
  if (nullable === true) say('nullable');
  if (value !== undefined) say('default', value);
  if (defaultRaw !== undefined) say('defaultRaw', defaultRaw);
  if (generated !== undefined) say('generated', generated);
  if (comment !== undefined) say('comment', comment);
  if (check !== undefined) say('check', check);
  if (collation !== undefined) say('collation', collation);
  for (const [method, args] of Object.entries(options)) say(method, ...args);
  return property;
}
