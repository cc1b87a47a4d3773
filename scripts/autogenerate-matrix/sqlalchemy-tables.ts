/** A description of the matrix of dependencies as SQLAlchemy's tables, in JSON: `alembic/description.py` declares them. */
import { parseIndex } from '../../libs/nest-migrate/src/engines/sql/index-statement.js';
import { postgresSql } from '../../libs/nest-migrate/src/engines/postgres/lexical-rules.js';
import { type Column, type Description, type Table } from '../../test/dependencies/description.js';

/** What SQLAlchemy has no word for, or what is no model there: views, triggers, routines, policies, partitions. */
export class NotSaid extends Error {}

type Json = Readonly<Record<string, unknown>>;

export type SqlAlchemyTables = readonly Json[];

export function sqlAlchemyTables({ tables, views, routines }: Description): SqlAlchemyTables {
  if (views.length > 0) throw new NotSaid('a view');
  if (routines.length > 0) throw new NotSaid('a routine');
  return tables.map((table) => tableOf(table, tables));
}

interface Index {
  readonly name: string;
  readonly properties?: readonly string[];
  readonly columns?: readonly { readonly name: string; readonly sort?: string }[];
  readonly expression?: string;
  readonly where?: string;
  readonly include?: readonly string[];
  readonly type?: string;
}

function tableOf({ name, schema, columns, options }: Table, tables: readonly Table[]): Json {
  const { indexes = [], uniques = [], checks = [], comment, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new NotSaid(unknown);
  const conditional = (uniques as readonly Index[]).filter(({ where }) => where !== undefined);
  return {
    name,
    schema,
    comment,
    columns: columns.flatMap((column) => columnsOf(column, name, tables)),
    foreignKeys: columns.flatMap((column) => keysOf(column, name, tables)),
    checks,
    uniques: (uniques as readonly Index[])
      .filter(({ where }) => where === undefined)
      .map((unique) => ({ name: unique.name, columns: unique.properties })),
    indexes: [
      ...(indexes as readonly Index[]).map((index) => indexOf(index)),
      ...conditional.map((unique) => ({ ...indexOf(unique), unique: true })),
    ],
  };
}

function indexOf({ name, properties = [], columns, expression, where, include, type }: Index): Json {
  if (type !== undefined) throw new NotSaid(`an index of the type ${type}`);
  if (expression !== undefined) {
    const statement = parseIndex(postgresSql, expression);
    if (statement === undefined || statement.more !== '') throw new NotSaid('an index by statement');
    const parts = statement.parts.map((part) => ['sql', `(${part.expression}) ${part.options}`.trim()]);
    return { name, parts, unique: statement.unique, where: statement.where };
  }
  const plain = properties.map((column) => ['column', column]);
  const parts = columns?.map((column) =>
    column.sort === undefined ? ['column', column.name] : ['sql', `${column.name} ${column.sort}`],
  );
  return { name, parts: parts ?? plain, where, include };
}

function columnsOf(column: Column, table: string, tables: readonly Table[]): readonly Json[] {
  const { name, kind, references, options = {}, ...rest } = column;
  const { autoincrement, unique, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new NotSaid(unknown);
  const { check, default: value, defaultRaw, ...plain } = rest;
  if (defaultRaw !== undefined) throw new NotSaid('a default as SQL');
  const made = {
    ...plain,
    name,
    ...typeOf(kind),
    default: value,
    ...(autoincrement !== undefined && { autoincrement: autoincrement[0] }),
    ...(unique !== undefined && { unique: `${table}_${name}_unique` }),
    ...(check !== undefined && { check: { name: `${table}_${name}_check`, expression: check } }),
  };
  if (references?.columns === undefined) return [made];
  const keys = keysIn(references.table, tables);
  return references.columns.map((own, index) => ({ ...made, name: own, ...typeOf(keys[index].kind) }));
}

function keysOf({ name, references }: Column, table: string, tables: readonly Table[]): readonly Json[] {
  if (references === undefined) return [];
  const { table: target, key, columns = [name] } = references;
  const place = tables.find((one) => one.name === target)?.schema;
  const referred = key === undefined ? keysIn(target, tables).map((column) => column.name) : [key];
  return [
    {
      name: `${table}_${columns.join('_')}_foreign`,
      columns,
      references: referred.map((column) => [...(place === undefined ? [] : [place]), target, column].join('.')),
    },
  ];
}

function keysIn(name: string, tables: readonly Table[]): readonly Column[] {
  return tables.find((table) => table.name === name)?.columns.filter(({ primary }) => primary === true) ?? [];
}

/** The type in the words of SQL, or by the name of what the kind holds; with its items, and whether it is a type of its own. */
function typeOf({ sql, family, make }: Column['kind']): Json {
  const { items } =
    (make() as { readonly '~options'?: { readonly items?: readonly string[] | (() => object) } })['~options'] ?? {};
  if (sql !== undefined && /^(?:ltree|vector)\b/.test(sql)) throw new NotSaid(`the type ${sql}`);
  if (items === undefined) return { type: sql ?? family };
  const list = typeof items === 'function' ? Object.values(items()) : items;
  return { type: sql, items: list, native: sql !== undefined && !sql.startsWith('enum(') };
}
