/** Entities with one feature each: whatever an entity can say, alone. */
import { defineEntity, p } from '@mikro-orm/core';
import { type Engine } from '../../support/databases.js';
import { type Entities } from './live-database.js';

export interface Feature {
  readonly name: string;
  readonly engines?: readonly Engine[];
  /** What somebody has to create before, each with a schema and a dot in front where that is not the usual one. */
  readonly extensions?: readonly string[];
  readonly entities: () => Entities;
}

export const postgres: readonly Engine[] = ['postgres', 'pglite'];
export const mysqls: readonly Engine[] = ['mysql', 'mariadb'];

export type Properties = Parameters<typeof defineEntity>[0]['properties'];

/** An entity `thing` with the given properties beside its key. */
export function thing(properties: object, options: object = {}): Entities {
  return [
    defineEntity({
      name: 'Thing',
      tableName: 'thing',
      properties: { id: p.integer().primary(), ...properties } as Properties,
      ...options,
    }),
  ];
}

export function column(name: string, property: () => object, engines?: readonly Engine[]): Feature {
  return { name, engines, entities: () => thing({ a: property() }) };
}

function generated(name: string, expression: string, engines?: readonly Engine[]): Feature {
  const property = () => (name === 'with a text' ? p.string() : p.integer()).generated(expression);
  return { name: `generated ${name}`, engines, entities: () => thing({ n: p.integer(), a: property() }) };
}

export function check(expression: string, engines?: readonly Engine[]): Feature {
  return {
    name: `check ${expression}`,
    engines,
    entities: () =>
      thing(
        { a: p.integer(), s: p.string().length(50), t: p.text().nullable(), d: p.datetime().nullable() },
        { checks: [{ name: 'thing_rule', expression }] },
      ),
  };
}

export function index(name: string, options: object, engines?: readonly Engine[]): Feature {
  const properties = () => ({
    a: p.integer(),
    b: p.string().length(40),
    c: p.text().nullable(),
    j: p.json().nullable(),
    ar: p.array().nullable(),
  });
  return { name: `index ${name}`, engines, entities: () => thing(properties(), options) };
}

/** An entity `owner` and a `thing` that belongs to one. */
export function relation(name: string, property: (owner: () => never) => object, engines?: readonly Engine[]): Feature {
  return {
    name: `relation ${name}`,
    engines,
    entities: () => {
      const Owner = defineEntity({
        name: 'Owner',
        tableName: 'owner',
        properties: { id: p.integer().primary(), name: p.string() },
      });
      return [Owner as never, ...thing({ owner: property(() => Owner as never) })];
    },
  };
}

export const features: readonly Feature[] = [
  // types
  column('string', () => p.string()),
  column('string with a length', () => p.string().length(80)),
  column('text', () => p.text()),
  column('character', () => p.character().length(3)),
  column('integer', () => p.integer()),
  column('smallint', () => p.smallint()),
  column('tinyint', () => p.tinyint()),
  column('mediumint', () => p.mediumint(), mysqls),
  column('bigint', () => p.bigint()),
  column('unsigned', () => p.integer().unsigned(), mysqls),
  column('decimal', () => p.decimal().precision(12).scale(4)),
  column('decimal without size', () => p.decimal()),
  column('float', () => p.float()),
  column('double', () => p.double()),
  column('boolean', () => p.boolean()),
  column('date', () => p.date()),
  column('time', () => p.time()),
  column('time with digits', () => p.time().length(3)),
  column('datetime', () => p.datetime()),
  column('datetime without digits', () => p.datetime().length(0)),
  column('datetime with six digits', () => p.datetime().length(6)),
  column('datetime with three digits', () => p.datetime().length(3)),
  column('interval', () => p.interval(), postgres),
  column('uuid', () => p.uuid()),
  column('json', () => p.json()),
  column('json that may be missing', () => p.json().nullable()),
  column('blob', () => p.blob()),
  column('array', () => p.array()),
  column('columnType timestamp', () => p.datetime().columnType('timestamp'), postgres),
  column('columnType timestamp(3)', () => p.datetime().columnType('timestamp(3)')),
  column('columnType time with time zone', () => p.string().columnType('time with time zone'), postgres),
  column('columnType varchar', () => p.string().columnType('varchar'), postgres),
  column('columnType int[]', () => p.array().columnType('int[]'), postgres),
  column('columnType inet', () => p.string().columnType('inet'), postgres),
  column('columnType bit varying(5)', () => p.string().columnType('bit varying(5)'), postgres),
  column('columnType json', () => p.json().columnType('json'), postgres),
  column('columnType int unsigned', () => p.integer().columnType('int unsigned'), mysqls),
  column('columnType integer', () => p.integer().columnType('integer')),
  column('columnType bool', () => p.boolean().columnType('bool')),
  column('columnType longtext', () => p.text().columnType('longtext'), mysqls),
  column('columnType varbinary(16)', () => p.blob().columnType('varbinary(16)'), mysqls),
  column('columnType year', () => p.integer().columnType('year'), mysqls),
  column("columnType set('a','b')", () => p.string().columnType("set('a','b')"), mysqls),
  column('nullable', () => p.string().nullable()),
  column('comment', () => p.string().comment('what it is')),
  column('comment with quotes', () => p.string().comment(`it's "this" \\ that`)),
  column('collation', () => p.string().collation('C'), postgres),
  column('collation', () => p.string().collation('utf8mb4_bin'), mysqls),
  column('a name with a capital', () => p.string().fieldName('camelCase')),
  column('a name that is a keyword', () => p.string().fieldName('order')),
  column('a name with a blank and an apostrophe', () => p.string().fieldName(`it's a name`)),
  // defaults
  column('default string', () => p.string().default('draft')),
  column('default empty string', () => p.string().default('')),
  column('default string with an apostrophe', () => p.string().default("o'neil")),
  column('default string with a backslash', () => p.string().default('a\\b')),
  column('default string with everything', () => p.string().default(`\\'"%_?\n\t\`ä😀--/*`)),
  column('default string that looks like a function', () => p.string().default('now()')),
  column('default string null', () => p.string().default('null')),
  column('default text', () => p.text().default('draft')),
  column('default text with an apostrophe', () => p.text().default("o'neil")),
  column('default raw text', () => p.string().defaultRaw("'o''neil'")),
  column('default integer', () => p.integer().default(3)),
  column('default zero', () => p.integer().default(0)),
  column('default negative integer', () => p.integer().default(-3)),
  column('default smallint', () => p.smallint().default(-1)),
  column('default bigint as a bigint', () => p.bigint().default(7n as never)),
  column('default bigint as a number', () => p.bigint('number').default(7)),
  column('default bigint as a string', () => p.bigint('string').default('7')),
  column('default large bigint', () => p.bigint().default(9007199254740993n as never)),
  column('default bigint raw', () => p.bigint().defaultRaw('7')),
  column('default double', () => p.double().default(-1.5)),
  column('default float', () => p.float().default(0.1)),
  column('default decimal', () => p.decimal().precision(10).scale(2).default('1.50')),
  column('default decimal as a number', () => p.decimal('number').precision(10).scale(2).default(1.5)),
  column('default true', () => p.boolean().default(true)),
  column('default false', () => p.boolean().default(false)),
  column('default boolean raw', () => p.boolean().defaultRaw('true')),
  column('default now', () => p.datetime().defaultRaw('current_timestamp')),
  column('default now()', () => p.datetime().defaultRaw('now()')),
  column('default now with six digits', () => p.datetime().length(6).defaultRaw('current_timestamp(6)')),
  column('default datetime literal', () => p.datetime().default('2020-01-01 00:00:00' as never)),
  column('default short datetime literal', () => p.datetime().default('2020-01-01' as never)),
  column('default datetime as a Date', () => p.datetime().default(new Date('2020-01-02T03:04:05.000Z'))),
  column('default date literal', () => p.date().default('2020-01-01')),
  column('default time literal', () => p.time().default('10:00')),
  column('default json', () => p.json().default('{"a": 1, "b": [true, null]}')),
  column('default json as an object', () => p.json().default({ a: "it's", b: ['x'] } as never)),
  column('default json raw', () => p.json().defaultRaw(`'{"a":1}'`), ['postgres', 'pglite', 'mariadb']),
  column('default array', () => p.array().default(['a', "b'c"]), postgres),
  column('default empty array', () => p.array().default([]), postgres),
  column('default uuid', () => p.uuid().defaultRaw('gen_random_uuid()'), postgres),
  column('default uuid', () => p.uuid().defaultRaw('(uuid())'), mysqls),
  column('default function call', () => p.string().defaultRaw("upper('a'::text)"), postgres),
  column('default expression', () => p.integer().defaultRaw('(1 + 2)')),
  column('default blob', () => p.blob().defaultRaw(`'\\x6162'::bytea`), postgres),
  column('on update', () => p.datetime().defaultRaw('current_timestamp').extra('on update current_timestamp'), mysqls),
  column(
    'on update with digits',
    () => p.datetime().length(6).defaultRaw('current_timestamp(6)').extra('ON UPDATE current_timestamp(6)'),
    mysqls,
  ),
  // enums
  column('enum', () => p.enum(['draft', 'live'])),
  column('enum with one value', () => p.enum(['only'])),
  column('enum that may be missing', () => p.enum(['draft', 'live']).nullable()),
  column('enum with a default', () => p.enum(['draft', 'live']).default('draft')),
  column('enum with apostrophe, comma and backslash', () => p.enum(["o'neil", 'a,b', 'c\\d', 'ä)(']).default("o'neil")),
  column('enum of numbers', () => p.enum([1, 2, 3])),
  column('enum array', () => p.enum(['a', "b'c"]).array()),
  column('native enum', () => p.enum(['draft', 'live']).nativeEnumName('state'), postgres),
  column(
    'native enum with a default',
    () => p.enum(['draft', "o'neil"]).nativeEnumName('state').default("o'neil"),
    postgres,
  ),
  column('native enum with capitals', () => p.enum(['Draft', 'Live']).nativeEnumName('ThingState'), postgres),
  column('native enum array', () => p.enum(['a', 'b']).array().nativeEnumName('state').nullable(), postgres),
  // generated
  generated('stored', '(n * 2) stored'),
  generated('virtual', '(n * 2) virtual', mysqls),
  generated('with a text', `(concat('it''s "', n)) stored`, mysqls),
  column('generated text', () => p.string().generated(`(upper('it''s ' || id::text)) stored`), postgres),
  column('identity', () => p.integer().generated('by default as identity'), postgres),
  // checks
  check('a > 0'),
  check('a between 1 and 10'),
  check('a between -5 and 10'),
  check("s like 'a%'"),
  check("s not like 'a%'"),
  check("s not in ('a', 'b')"),
  check("s in ('a', 'b')"),
  check("s in ('a')"),
  check('length(s) > 3'),
  check("s <> 'text'"),
  check("s <> 'it''s'"),
  check('a is not null and (t is null or a > 3)'),
  check('(a > 3) or (a < 0 and not (a = 5))'),
  check('coalesce(a, 0) >= 0'),
  check("case when a > 0 then s <> '' else true end", ['postgres', 'pglite', 'mariadb']),
  check("d > '2020-01-01'"),
  check('a % 2 = 0'),
  check("s ~ '^[a-z]+$'", postgres),
  check('s::text = lower(s)', postgres),
  check("s regexp '^[a-z]+$'", mysqls),
  check('true'),
  {
    name: 'check of a property',
    entities: () => thing({ a: p.integer().check('a >= 0') }),
  },
  // keys and indexes
  column('unique', () => p.string().unique()),
  column('unique with a name', () => p.string().unique('my_unique')),
  column('index', () => p.string().index()),
  column('index with a name', () => p.string().index('my_index')),
  index('of two columns', { indexes: [{ properties: ['a', 'b'] }] }),
  index('descending', { indexes: [{ name: 'down', columns: [{ name: 'a', sort: 'desc' }, { name: 'b' }] }] }, [
    'postgres',
    'pglite',
    'mysql',
  ]),
  index('nulls first', { indexes: [{ name: 'nulls', columns: [{ name: 'a', nulls: 'first' }] }] }, postgres),
  index(
    'descending, nulls last',
    { indexes: [{ name: 'nulls', columns: [{ name: 'a', sort: 'desc', nulls: 'last' }] }] },
    postgres,
  ),
  index('with a collation', { indexes: [{ name: 'coll', columns: [{ name: 'b', collation: 'C' }] }] }, postgres),
  index('on a prefix', { indexes: [{ name: 'prefix', columns: [{ name: 'b', length: 10 }] }] }, mysqls),
  index('including', { indexes: [{ name: 'covering', properties: ['a'], include: ['b'] }] }, postgres),
  index('with a fill factor', { indexes: [{ name: 'loose', properties: ['a'], fillFactor: 70 }] }, postgres),
  index('hash', { indexes: [{ name: 'hashed', properties: ['a'], type: 'hash' }] }, postgres),
  index('gin', { indexes: [{ name: 'inverted', properties: ['j'], type: 'gin' }] }, postgres),
  index('partial', { indexes: [{ name: 'part', properties: ['a'], where: "b <> 'x' and a > 3" }] }, [
    'postgres',
    'pglite',
    'mysql',
  ]),
  index('unique partial', { uniques: [{ name: 'part', properties: ['b'], where: 'a between 1 and 3' }] }, [
    'postgres',
    'pglite',
    'mysql',
  ]),
  index(
    'by expression',
    { indexes: [{ name: 'expr', expression: 'create index "expr" on "thing" (lower("b"))' }] },
    postgres,
  ),
  index('by expression', { indexes: [{ name: 'expr', expression: 'create index `expr` on `thing` ((lower(`b`)))' }] }, [
    'mysql',
  ]),
  index('fulltext', { indexes: [{ name: 'words', properties: ['c'], type: 'fulltext' }] }),
  index('invisible', { indexes: [{ name: 'hidden', properties: ['a'], invisible: true }] }, mysqls),
  index('inside json', { indexes: [{ name: 'deep', properties: ['j.name'] }] }, ['postgres', 'pglite', 'mysql']),
  index('unique of two columns', { uniques: [{ properties: ['a', 'b'] }] }),
  index('unique deferrable', { uniques: [{ name: 'late', properties: ['a'], deferMode: 'deferred' }] }, postgres),
  index('with a very long name', { indexes: [{ name: 'i'.repeat(70), properties: ['a'] }] }, postgres),
  index('with a name of many bytes', { indexes: [{ name: 'é'.repeat(40), properties: ['a'] }] }, postgres),
  {
    name: 'composite primary key',
    entities: () => [
      defineEntity({
        name: 'Pair',
        properties: { a: p.integer().primary(), b: p.string().length(20).primary() },
      }) as never,
    ],
  },
  {
    name: 'uuid primary key',
    entities: () => [defineEntity({ name: 'Keyed', properties: { id: p.uuid().primary() } }) as never],
  },
  {
    name: 'bigint primary key',
    entities: () => [defineEntity({ name: 'Big', properties: { id: p.bigint().primary() } }) as never],
  },
  {
    name: 'smallint primary key',
    entities: () => [defineEntity({ name: 'Small', properties: { id: p.smallint().primary() } }) as never],
  },
  {
    name: 'integer primary key that does not count',
    entities: () => [
      defineEntity({ name: 'Plain', properties: { id: p.integer().primary().autoincrement(false) } }) as never,
    ],
  },
  {
    name: 'column names that look like numbers',
    entities: () => thing({ x: p.string().fieldName('2'), y: p.string().fieldName('10').nullable() }),
  },
  { name: 'table comment', entities: () => thing({}, { comment: `it's a "thing"` }) },
  { name: 'embedded', entities: () => thing({ a: () => p.embedded(Address()) }) },
  { name: 'embedded as json', entities: () => thing({ a: () => p.embedded(Address()).object() }) },
  // relations
  relation('many to one', (owner) => () => p.manyToOne(owner())),
  relation('that may be missing', (owner) => () => p.manyToOne(owner()).nullable()),
  relation('on delete cascade', (owner) => () => p.manyToOne(owner()).deleteRule('cascade')),
  relation('on delete set null', (owner) => () => p.manyToOne(owner()).nullable().deleteRule('set null')),
  relation('on delete restrict', (owner) => () => p.manyToOne(owner()).deleteRule('restrict')),
  relation('on delete no action', (owner) => () => p.manyToOne(owner()).deleteRule('no action')),
  relation('on delete set default', (owner) => () => p.manyToOne(owner()).deleteRule('set default'), [
    'postgres',
    'pglite',
    'mariadb',
  ]),
  relation('on update cascade', (owner) => () => p.manyToOne(owner()).updateRule('cascade')),
  relation('on update no action', (owner) => () => p.manyToOne(owner()).updateRule('no action')),
  relation('deferred', (owner) => () => p.manyToOne(owner()).deferMode('deferred'), postgres),
  relation('with a name', (owner) => () => p.manyToOne(owner()).foreignKeyName('belongs_to')),
  relation('without a constraint', (owner) => () => p.manyToOne(owner()).createForeignKeyConstraint(false)),
  relation('one to one', (owner) => () => p.oneToOne(owner())),
  relation('many to many', (owner) => () => p.manyToMany(owner())),
  {
    name: 'relation to itself',
    entities: () => {
      const Node = defineEntity({
        name: 'Node',
        properties: { id: p.integer().primary(), parent: () => p.manyToOne(Node as never).nullable() } as Properties,
      });
      return [Node as never];
    },
  },
  {
    name: 'relations in a circle',
    entities: () => {
      const Chicken = defineEntity({
        name: 'Chicken',
        properties: { id: p.integer().primary(), from: () => p.manyToOne(Egg as never).nullable() } as Properties,
      });
      const Egg = defineEntity({
        name: 'Egg',
        properties: { id: p.integer().primary(), by: () => p.manyToOne(Chicken as never).nullable() } as Properties,
      });
      return [Chicken as never, Egg as never];
    },
  },
  {
    name: 'relation to a composite key',
    entities: () => {
      const Pair = defineEntity({
        name: 'Pair',
        properties: { a: p.integer().primary(), b: p.string().length(20).primary() },
      });
      return [Pair as never, ...thing({ pair: () => p.manyToOne(Pair) })];
    },
  },
  // inheritance and what else makes columns
  {
    name: 'one table for several entities',
    entities: () => {
      const Animal = defineEntity({
        name: 'Animal',
        abstract: true,
        discriminatorColumn: 'kind',
        properties: { id: p.integer().primary(), kind: p.enum(['cat', 'dog']) },
      });
      const Cat = defineEntity({
        name: 'Cat',
        extends: Animal,
        discriminatorValue: 'cat',
        properties: { lives: p.integer().default(9).nullable() },
      });
      const Dog = defineEntity({
        name: 'Dog',
        extends: Animal,
        discriminatorValue: 'dog',
        properties: { tricks: p.array().nullable() },
      });
      return [Animal, Cat, Dog] as never;
    },
  },
  {
    name: 'a table for each of several entities',
    entities: () => {
      const Vehicle = defineEntity({
        name: 'Vehicle',
        inheritance: 'tpt',
        properties: { id: p.integer().primary(), wheels: p.integer().default(4) },
      });
      const Car = defineEntity({ name: 'Car', extends: Vehicle, properties: { doors: p.integer().default(5) } });
      return [Vehicle, Car] as never;
    },
  },
  column('version number', () => p.integer().version()),
  column('version moment', () => p.datetime().version()),
  column('not persisted', () => p.string().persist(false)),
  column('lazy', () => p.text().lazy().nullable()),
  column('hidden', () => p.string().hidden().comment('secret')),
  {
    name: 'unique of a relation and a column',
    entities: () => {
      const Owner = defineEntity({ name: 'Owner', properties: { id: p.integer().primary() } });
      return [
        Owner as never,
        ...thing(
          { owner: () => p.manyToOne(Owner), a: p.string().length(30) },
          { uniques: [{ properties: ['owner', 'a'] }] },
        ),
      ];
    },
  },
  {
    name: 'many to many with itself, in order',
    entities: () => {
      const Node = defineEntity({
        name: 'Node',
        properties: { id: p.integer().primary(), next: () => p.manyToMany(Node as never).fixedOrder() } as Properties,
      });
      return [Node as never];
    },
  },
  // schemas
  {
    name: 'a schema of its own',
    engines: postgres,
    entities: () => thing({ s: p.enum(['a', 'b']).nativeEnumName('kind'), e: p.enum(['x', 'y']) }, { schema: 'shop' }),
  },
  {
    name: 'one table name in two schemas',
    engines: postgres,
    entities: () => [
      ...thing({ a: p.string().comment('here') }),
      defineEntity({
        name: 'OtherThing',
        tableName: 'thing',
        schema: 'other',
        properties: { id: p.integer().primary(), a: p.text().nullable().comment('there').unique() },
      }) as never,
    ],
  },
  {
    name: 'a relation between schemas',
    engines: postgres,
    entities: () => {
      const Home = defineEntity({ name: 'Home', properties: { id: p.integer().primary() } });
      const There = defineEntity({
        name: 'There',
        schema: 'far',
        properties: { id: p.integer().primary(), home: () => p.manyToOne(Home) },
      });
      const Near = defineEntity({
        name: 'Near',
        schema: 'far',
        properties: { id: p.integer().primary(), there: () => p.manyToOne(There) },
      });
      return [Home as never, There as never, Near as never];
    },
  },
  view('plain', 'select id, a from thing'),
  view(
    'with literals, functions and a condition',
    "select id, upper(s) as a from thing where s like 'x%' and a > 1 + 2",
  ),
  view(
    'with a join, groups and an order',
    'select s.id, count(*) as a from thing s join thing t on t.a = s.a group by s.id order by s.id desc',
  ),
  view(
    'with a case, a cast and a subquery',
    "select id, case when a in (1, 2) then cast(s as char(3)) else 'it''s' end as a from thing where a = (select max(a) from thing)",
  ),
  view(
    'with an outer join and coalesce',
    'select t.id, coalesce(o.a, 0) as a from thing t left join thing o on o.id = t.a',
  ),
  view('with a union', 'select id, a from thing union all select a, id from thing'),
  view('of every column', 'select * from thing'),
  view('with a common table', 'with few as (select id, a from thing) select id, a from few'),
  view('with a window', 'select id, sum(a) over (order by id) as a from thing', [
    'postgres',
    'pglite',
    'mysql',
    'mariadb',
  ]),
  {
    name: 'view on a view, listed before it',
    entities: () => {
      const [first, second] = [
        viewEntity('AView', 'select id, a from bview'),
        viewEntity('BView', 'select id, a from thing'),
      ];
      return [first, second, ...thing({ a: p.integer() })];
    },
  },
  {
    name: 'view materialized with an index',
    engines: postgres,
    entities: () => [
      viewEntity('Total', 'select id, count(*) as a from thing group by id', {
        view: { materialized: true },
        uniques: [{ properties: ['id'], name: 'total_id' }],
        indexes: [{ properties: ['a'], name: 'total_a' }],
      }),
      ...thing({ a: p.integer() }),
    ],
  },
  {
    name: 'view materialized without data',
    engines: postgres,
    entities: () => [
      viewEntity('Total', 'select id, a from thing', { view: { materialized: true, withData: false } }),
      ...thing({ a: p.integer() }),
    ],
  },
  {
    name: 'view in another schema',
    engines: postgres,
    entities: () => [viewEntity('Total', 'select id, a from thing', { schema: 'other' }), ...thing({ a: p.integer() })],
  },
];

/** A view entity with the columns `id` and `a`. */
export function viewEntity(name: string, expression: string, options: object = {}): never {
  return defineEntity({
    name,
    view: true,
    expression,
    properties: { id: p.integer().primary(), a: p.integer() },
    ...options,
  } as never) as never;
}

export function view(name: string, expression: string, engines?: readonly Engine[]): Feature {
  return {
    name: `view ${name}`,
    engines,
    entities: () => [viewEntity('Seen', expression), ...thing({ a: p.integer(), s: p.string().length(20) })],
  };
}

function Address() {
  return defineEntity({ name: 'Address', embeddable: true, properties: { street: p.string(), city: p.string() } });
}
