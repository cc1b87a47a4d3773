/** What can hang on a column or its table, as entities declare it. */
import { Routine } from '@mikro-orm/core';
import { type Engine } from '../support/databases.js';
import {
  type Column,
  type Description,
  type Kind,
  placeOf,
  tableOf,
  type Target,
  withColumn,
  withColumnChanged,
  withOption,
  withTable,
} from './description.js';
import { integer, longText, varchar } from './kinds.js';

export interface Dependent {
  readonly name: string;
  readonly engines?: readonly Engine[];
  readonly declared: boolean;
  /** What has to be there before, for an object that no entity declares to hang on it. */
  readonly on?: 'column' | 'table';
  /** It cannot come or go with the column: both versions have to have it. */
  readonly stays?: boolean;
  /** Adds itself to a version of a schema; the same schema where there is nothing to hang on. */
  readonly attach: (schema: Description, target: Target, engine: Engine, before: Target) => Description;
  /** What is declared and this hangs on: it is attached before. */
  readonly below?: Dependent;
}

/** Where the dependent attaches itself, in a version that has it. */
export interface Place {
  readonly prefix: string;
  /** The table, by its name in the description. */
  readonly name: string;
  /** The table as SQL says it. */
  readonly table: string;
  readonly column: string;
  readonly kind: Kind;
  readonly condition: string;
  readonly number: string;
  readonly engine: Engine;
}

export const postgres: readonly Engine[] = ['postgres', 'pglite'];
export const mysqls: readonly Engine[] = ['mysql', 'mariadb'];

/** The place on a table that is there; `column` is empty where only the table is. */
export function placeIn(schema: Description, target: Target, engine: Engine): Place | undefined {
  const { prefix, table: name, column = '', kind } = target;
  if (name === undefined) return undefined;
  const table = placeOf(tableOf(schema, name));
  const [condition, number] = [kind.condition(column), kind.number(column)];
  return { prefix, name, table, column, kind, condition, number, engine };
}

type Attach = (schema: Description, place: Place) => Description;

function onColumn(name: string, attach: Attach, engines?: readonly Engine[]): Dependent {
  return {
    name,
    ...(engines && { engines }),
    declared: true,
    attach: (schema, target, engine) => {
      const place = placeIn(schema, target, engine);
      return place === undefined || target.column === undefined ? schema : attach(schema, place);
    },
  };
}

function onTable(name: string, attach: Attach, engines?: readonly Engine[]): Dependent {
  return {
    name,
    ...(engines && { engines }),
    declared: true,
    attach: (schema, target, engine) => {
      const place = placeIn(schema, target, engine);
      return place === undefined ? schema : attach(schema, place);
    },
  };
}

const option =
  (list: string, make: (place: Place) => object): Attach =>
  (schema, place) =>
    withOption(schema, place.name, list, make(place));

const columnOf = (schema: Description, { name, column }: Place): Column => {
  const found = tableOf(schema, name).columns.find((one) => one.name === column);
  if (found === undefined) throw new Error(`No column ${column} in ${name}.`);
  return found;
};

/** A key is never missing: what was has a default in its place. */
const asKey = ({ nullable = false, ...column }: Column): Column => ({
  ...column,
  primary: true,
  ...(nullable && column.generated === undefined && { default: column.default ?? valueOf(column.kind) }),
});

function valueOf({ values: [literal] }: Kind): string | number {
  return /^'.*'$/.test(literal) ? literal.slice(1, -1) : Number(literal);
}

/** A quoted name where the engine wants one. */
const quoted = (engine: Engine, name: string): string => (mysqls.includes(engine) ? `\`${name}\`` : `"${name}"`);

function view(
  name: string,
  expression: (place: Place) => string,
  columns: (schema: Description, place: Place) => readonly Column[],
  options?: (place: Place) => object,
  engines?: readonly Engine[],
): Dependent {
  return onColumn(
    name,
    (schema, place) => ({
      ...schema,
      views: [
        ...schema.views,
        {
          name: `${place.prefix}${name.replaceAll(/\W+/g, '_')}`,
          expression: expression(place),
          columns: columns(schema, place),
          ...(options && { options: options(place) }),
        },
      ],
    }),
    engines,
  );
}

const keyed: Column = { name: 'b', kind: integer, primary: true };
/** The key of a view, and the column. */
const seen = (schema: Description, place: Place): readonly Column[] => [
  keyed,
  { name: place.column, kind: columnOf(schema, place).kind, nullable: true },
];

const computed = (name: string, storage: string, index: boolean): Dependent =>
  onColumn(name, (schema, { prefix, name: table, number }) => {
    const own = `computed_${storage}${index ? '_indexed' : ''}`;
    const made = withColumn(schema, table, {
      name: own,
      kind: integer,
      nullable: true,
      generated: `(${number}) ${storage}`,
    });
    return index ? withOption(made, table, 'indexes', { name: `${prefix}on_computed`, properties: [own] }) : made;
  });

const triggerBody = (engine: Engine, table: string): string => {
  if (postgres.includes(engine)) return "new.c = 'touched'; return new";
  return engine === 'sqlite' ? `update ${table} set c = 'touched' where b = new.b` : "set new.c = 'touched'";
};

export const declaredDependents: readonly Dependent[] = [
  { name: 'nothing', declared: true, attach: (schema) => schema },
  // indexes
  onColumn(
    'index',
    option('indexes', ({ prefix, column }) => ({ name: `${prefix}index`, properties: [column] })),
  ),
  onColumn(
    'index of two columns',
    option('indexes', ({ prefix, column }) => ({ name: `${prefix}index_two`, properties: [column, 'b'] })),
  ),
  onColumn(
    'index of two columns, as the second',
    option('indexes', ({ prefix, column }) => ({ name: `${prefix}index_second`, properties: ['b', column] })),
  ),
  onColumn(
    'unique',
    option('uniques', ({ prefix, column }) => ({ name: `${prefix}unique`, properties: [column] })),
  ),
  onColumn(
    'unique of two columns',
    option('uniques', ({ prefix, column }) => ({ name: `${prefix}unique_two`, properties: [column, 'b'] })),
  ),
  onColumn(
    'partial index',
    option('indexes', ({ prefix, condition }) => ({ name: `${prefix}partial`, properties: ['b'], where: condition })),
    ['postgres', 'pglite', 'mysql', 'sqlite'],
  ),
  onColumn(
    'partial unique',
    option('uniques', ({ prefix, condition }) => ({ name: `${prefix}once`, properties: ['b'], where: condition })),
    ['postgres', 'pglite', 'mysql', 'sqlite'],
  ),
  onColumn(
    'index by expression',
    option('indexes', ({ prefix, table, number, engine }) => ({
      name: `${prefix}expression`,
      expression: `create index ${quoted(engine, `${prefix}expression`)} on ${table} ((${number}))`,
    })),
    ['postgres', 'pglite', 'mysql', 'sqlite'],
  ),
  onColumn(
    'unique by expression, with a condition',
    option('indexes', ({ prefix, table, number, condition }) => ({
      name: `${prefix}unique_expression`,
      expression: `create unique index "${prefix}unique_expression" on ${table} ((${number}), "b") where ${condition}`,
    })),
    ['postgres', 'pglite', 'sqlite'],
  ),
  onColumn(
    'index that includes it',
    option('indexes', ({ prefix, column }) => ({ name: `${prefix}covering`, properties: ['b'], include: [column] })),
    postgres,
  ),
  onColumn(
    'fulltext index',
    option('indexes', ({ prefix, column }) => ({ name: `${prefix}words`, properties: [column], type: 'fulltext' })),
    [...postgres, ...mysqls],
  ),
  onColumn(
    'descending index',
    option('indexes', ({ prefix, column }) => ({
      name: `${prefix}descending`,
      columns: [{ name: column, sort: 'desc' }, { name: 'b' }],
    })),
    ['postgres', 'pglite', 'mysql', 'sqlite'],
  ),
  // checks
  onColumn('check of the property', (schema, { name, column, condition }) =>
    withColumnChanged(schema, name, column, (one) => ({ ...one, check: condition })),
  ),
  onColumn(
    'check',
    option('checks', ({ prefix, condition }) => ({ name: `${prefix}check`, expression: condition })),
  ),
  onColumn(
    'check of two columns',
    option('checks', ({ prefix, condition }) => ({
      name: `${prefix}check_two`,
      expression: `b > 100 or ${condition}`,
    })),
  ),
  // computed columns
  computed('stored computed column', 'stored', false),
  computed('virtual computed column', 'virtual', false),
  computed('stored computed column with an index', 'stored', true),
  onColumn('computed column with a check', (schema, { prefix, name, number }) =>
    withOption(
      withColumn(schema, name, {
        name: 'checked',
        kind: integer,
        nullable: true,
        generated: `(${number}) stored`,
      }),
      name,
      'checks',
      { name: `${prefix}on_checked`, expression: 'checked >= 0' },
    ),
  ),
  // foreign keys
  onTable('foreign key from it', (schema, { prefix, name, column, kind: own }) => {
    const found = tableOf(schema, name).columns.find((one) => one.name === column);
    const kind = found?.kind ?? own;
    const target = `${prefix}target`;
    const key: Column = { name: 'id', kind, primary: true };
    // the table is there before the column is
    const related = withColumnChanged(schema, name, column, (one) => ({ ...one, references: { table: target } }));
    return {
      ...related,
      tables: [{ name: target, columns: [key], options: {} }, ...related.tables],
      rows: [
        // none where no engine converts the values
        ...(related.rows.some(({ table }) => table === name)
          ? kind.values.map((value) => ({ table: target, values: { id: value } }))
          : []),
        // a relation is never computed
        ...related.rows.map((row, index) => {
          const value = kind.values[index];
          if (row.table !== name || value === undefined || found === undefined) return row;
          return { ...row, values: { [column]: value, ...row.values } };
        }),
      ],
    };
  }),
  onColumn('foreign key to it', (schema, place) => {
    const { prefix, name, column, kind, engine } = place;
    const isKey = columnOf(schema, place).primary === true;
    const child = `${prefix}child`;
    const unique = isKey
      ? schema
      : withColumnChanged(schema, name, column, (one) => ({ ...one, options: { ...one.options, unique: [] } }));
    const reference: Column = {
      name: 'parent',
      kind,
      nullable: true,
      references: { table: name, ...(!isKey && { key: column }) },
      // MikroORM takes the sign from the key, whichever column is referred to
      ...(!isKey && mysqls.includes(engine) && { options: { unsigned: [kind.sql === 'int unsigned'] } }),
    };
    return {
      ...unique,
      tables: [
        ...unique.tables,
        { name: child, columns: [{ name: 'id', kind: integer, primary: true }, reference], options: {} },
      ],
      rows: [...unique.rows, { table: child, values: { id: '1', parent: kind.values[0] } }],
    };
  }),
  onColumn('composite foreign key to it', (schema, place) => {
    const { prefix, name, column, kind } = place;
    const [first] = tableOf(schema, name).columns;
    if (first === undefined) return schema;
    const child = `${prefix}part`;
    const composite =
      first.name === column
        ? withColumnChanged(schema, name, 'b', (one) => ({ ...one, primary: true, default: undefined }))
        : withColumnChanged(schema, name, column, asKey);
    const values = first.name === column ? [kind.values[0], '11'] : [first.kind.values[0], kind.values[0]];
    const reference: Column = {
      name: 'whole',
      kind,
      nullable: true,
      references: { table: name, columns: ['whole_1', 'whole_2'] },
    };
    return {
      ...composite,
      tables: [
        ...composite.tables,
        { name: child, columns: [{ name: 'id', kind: integer, primary: true }, reference], options: {} },
      ],
      rows: [
        ...composite.rows,
        { table: child, values: { id: '1', whole_1: values[0] ?? '', whole_2: values[1] ?? '' } },
      ],
    };
  }),
  onTable('foreign key to its table', (schema, { prefix, name }) => {
    const [key] = tableOf(schema, name).columns;
    if (key === undefined) return schema;
    const child = `${prefix}follower`;
    const reference: Column = { name: 'leader', kind: key.kind, nullable: true, references: { table: name } };
    return {
      ...schema,
      tables: [
        ...schema.tables,
        { name: child, columns: [{ name: 'id', kind: integer, primary: true }, reference], options: {} },
      ],
      rows: [...schema.rows, { table: child, values: { id: '1', leader: key.kind.values[0] } }],
    };
  }),
  // views
  view('view', ({ column, table }) => `select b, ${column} from ${table}`, seen),
  view(
    'view with a condition',
    ({ condition, table }) => `select b from ${table} where ${condition}`,
    () => [keyed],
  ),
  view(
    'view that computes',
    ({ number, table }) => `select b, ${number} as n from ${table}`,
    () => [keyed, { name: 'n', kind: integer }],
  ),
  onTable('view of every column', (schema, { prefix, name, table }) => ({
    ...schema,
    views: [
      ...schema.views,
      {
        name: `${prefix}every`,
        expression: `select * from ${table}`,
        columns: tableOf(schema, name).columns.map((one) => ({
          name: one.name,
          kind: one.kind,
          nullable: true,
          ...(one.primary === true && { primary: true, nullable: false }),
        })),
      },
    ],
  })),
  onColumn('view on a view', (schema, place) => {
    const { prefix, table, column } = place;
    const columns = seen(schema, place);
    return {
      ...schema,
      views: [
        ...schema.views,
        { name: `${prefix}upper`, expression: `select b, ${column} from ${prefix}lower`, columns },
        { name: `${prefix}lower`, expression: `select b, ${column} from ${table}`, columns },
      ],
    };
  }),
  view(
    'materialized view with an index',
    ({ column, table }) => `select b, ${column} from ${table}`,
    seen,
    ({ prefix, column }) => ({
      view: { materialized: true },
      indexes: [{ properties: [column], name: `${prefix}on_materialized` }],
    }),
    postgres,
  ),
  onColumn(
    'view on a materialized view',
    (schema, place) => {
      const { prefix, table, column } = place;
      const columns = seen(schema, place);
      return {
        ...schema,
        views: [
          ...schema.views,
          { name: `${prefix}onto`, expression: `select b, ${column} from ${prefix}base`, columns },
          {
            name: `${prefix}base`,
            expression: `select b, ${column} from ${table}`,
            columns,
            options: { view: { materialized: true } },
          },
        ],
      };
    },
    postgres,
  ),
  // triggers
  onTable(
    'trigger',
    option('triggers', ({ prefix, table, engine }) => ({
      name: `${prefix}trigger`,
      timing: engine === 'sqlite' ? 'after' : 'before',
      events: ['insert'],
      body: triggerBody(engine, table),
    })),
  ),
  onColumn(
    'trigger with a condition on it',
    option('triggers', ({ prefix, table, column, engine }) => ({
      name: `${prefix}trigger_when`,
      timing: engine === 'sqlite' ? 'after' : 'before',
      events: ['update'],
      when: `new.${column} is not null`,
      body: triggerBody(engine, table),
    })),
    ['postgres', 'pglite', 'sqlite'],
  ),
  onColumn(
    'trigger whose body reads it',
    option('triggers', ({ prefix, table, column, engine }) => ({
      name: `${prefix}trigger_body`,
      timing: engine === 'sqlite' ? 'after' : 'before',
      events: ['insert'],
      body: postgres.includes(engine)
        ? `if new.${column} is null then new.c = 'none'; end if; return new`
        : engine === 'sqlite'
          ? `update ${table} set c = 'none' where b = new.b and new.${column} is null`
          : `if new.${column} is null then set new.c = 'none'; end if`,
    })),
  ),
  onColumn(
    'trigger of the column',
    option('triggers', ({ prefix, table, column, engine }) => ({
      name: `${prefix}trigger_of`,
      timing: 'after',
      events: ['update'],
      expression:
        engine === 'sqlite'
          ? `create trigger ${prefix}trigger_of after update of ${column} on ${table} begin select 1; end`
          : `create function ${prefix}trigger_of_fn() returns trigger language plpgsql as $f$ begin return new; end $f$;\n` +
            `create trigger ${prefix}trigger_of after update of ${column} on ${table} for each row execute function ${prefix}trigger_of_fn();`,
    })),
    ['postgres', 'pglite', 'sqlite'],
  ),
  // routines
  onColumn(
    'routine that reads it',
    (schema, { prefix, table, condition, engine }) => ({
      ...schema,
      routines: [
        ...schema.routines,
        () =>
          new Routine({
            name: `${prefix}routine`,
            type: 'function',
            params: { n: { type: 'int' } },
            returns: { runtimeType: 'number', columnType: postgres.includes(engine) ? 'bigint' : 'int' },
            deterministic: false,
            dataAccess: 'reads-sql-data',
            body: postgres.includes(engine)
              ? `select n + count(*) from ${table} where ${condition}`
              : `return (select n + count(*) from ${table} where ${condition})`,
          } as never),
      ],
    }),
    [...postgres, ...mysqls],
  ),
  onTable(
    'routine that returns its rows',
    (schema, { prefix, table }) => ({
      ...schema,
      routines: [
        ...schema.routines,
        () =>
          new Routine({
            name: `${prefix}rows`,
            type: 'function',
            params: {},
            returns: { runtimeType: 'any', columnType: `setof ${table}` },
            body: `select * from ${table}`,
          } as never),
      ],
    }),
    postgres,
  ),
  // security
  onColumn(
    'policy',
    (schema, { prefix, name, condition }) =>
      withOption(
        withTable(schema, name, (table) => ({ ...table, options: { ...table.options, rowLevelSecurity: true } })),
        name,
        'policies',
        { name: `${prefix}policy`, using: condition },
      ),
    postgres,
  ),
  onColumn(
    'policy of another table',
    (schema, { prefix, condition, table }) =>
      withOption(
        withTable(schema, `${prefix}other`, (other) => ({
          ...other,
          options: { ...other.options, rowLevelSecurity: 'force' },
        })),
        `${prefix}other`,
        'policies',
        { name: `${prefix}policy_of_other`, using: `exists (select 1 from ${table} where ${condition})` },
      ),
    postgres,
  ),
  // defaults and types
  onColumn('another column of its type', (schema, place) => {
    const { kind, default: _, ...rest } = columnOf(schema, place);
    const twin: Column = { kind, name: 'twin', nullable: true, ...(rest.collation && { collation: rest.collation }) };
    return withColumn(schema, place.name, twin);
  }),
  onColumn('another table with a column of its type, a default and a condition', (schema, place) => {
    const { kind } = columnOf(schema, place);
    const other = `${place.prefix}other`;
    const made = withColumn(schema, other, { name: 'twin', kind, default: valueOf(kind) });
    return withOption(made, other, 'checks', { name: `${place.prefix}on_twin`, expression: kind.condition('twin') });
  }),
  onColumn(
    'comment on it',
    (schema, { name, column }) =>
      withColumnChanged(schema, name, column, (one) => ({ ...one, comment: one.comment ?? 'what it is' })),
    [...postgres, ...mysqls],
  ),
  onTable(
    'comment on its table',
    (schema, { name }) =>
      withTable(schema, name, (table) => ({ ...table, options: { comment: 'what it holds', ...table.options } })),
    [...postgres, ...mysqls],
  ),
  {
    stays: true,
    ...onColumn(
      'partition key',
      (schema, place) =>
        withTable(withColumnChanged(schema, place.name, place.column, asKey), place.name, (table) => ({
          ...table,
          options: { partitionBy: { type: 'hash', expression: place.column, partitions: 2 }, ...table.options },
        })),
      postgres,
    ),
  },
  onColumn('text beside it', (schema, { name }) =>
    withColumn(schema, name, { name: 'beside', kind: longText, nullable: true }),
  ),
  onColumn('long name beside it', (schema, { name, prefix }) =>
    withOption(withColumn(schema, name, { name: 'l'.repeat(50), kind: varchar(9), nullable: true }), name, 'indexes', {
      name: `${prefix}${'i'.repeat(50)}`,
      properties: ['l'.repeat(50)],
    }),
  ),
];
