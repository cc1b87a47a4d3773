/** Two versions of the same entities: what a revision has to make of the one for the other, in both directions. */
import { defineEntity, p } from '@mikro-orm/core';
import { type Engine } from '../../support/databases.js';
import { type Entities } from './live-database.js';
import { mysqls, postgres, thing, viewEntity } from './single-features.js';

export interface Change {
  readonly name: string;
  readonly engines?: readonly Engine[];
  /** As {@link Feature.extensions}. */
  readonly extensions?: readonly string[];
  readonly before: () => Entities;
  readonly after: () => Entities;
  /** A row that is there before: the change has to work on tables with rows. */
  readonly rows?: readonly string[];
  /** Columns of both whose values the change computes anew. */
  readonly recomputed?: readonly string[];
}

/** A column `a` that becomes another. */
export function column(
  name: string,
  before: () => object,
  after: () => object,
  { value, ...more }: Pick<Change, 'engines' | 'recomputed'> & { readonly value?: string } = {},
): Change {
  return {
    name,
    ...more,
    before: () => thing({ a: before() }),
    after: () => thing({ a: after() }),
    rows: value === undefined ? [] : [`insert into thing (a) values (${value})`],
  };
}

/** A table whose rest changes. */
export function table(name: string, before: object, after: object, engines?: readonly Engine[]): Change {
  const properties = () => ({ a: p.integer(), b: p.string().length(40), c: p.text().nullable() });
  return {
    name,
    engines,
    before: () => thing(properties(), before),
    after: () => thing(properties(), after),
    rows: [`insert into thing (a, b) values (2, 'q')`],
  };
}

export function owners(key: () => object, rest: object = {}): never {
  return defineEntity({
    name: 'Owner',
    tableName: 'owner',
    properties: { id: key(), name: p.string(), ...rest } as never,
  }) as never;
}

/** Entities `owner` and `thing`, related in two ways. */
export function relation(
  name: string,
  before: (owner: never) => object,
  after: (owner: never) => object,
  { engines, key = () => p.integer().primary() }: { engines?: readonly Engine[]; key?: () => object } = {},
): Change {
  const version = (property: (owner: never) => object) => (): Entities => {
    const owner = owners(key);
    return [owner, ...thing(property(owner))];
  };
  return { name: `relation ${name}`, engines, before: version(before), after: version(after) };
}

export const changes: readonly Change[] = [
  // columns
  {
    name: 'a column comes',
    before: () => thing({}),
    after: () => thing({ a: p.string().default('x'), b: p.text().nullable() }),
  },
  {
    name: 'a column goes',
    before: () => thing({ a: p.string().index(), b: p.integer().unique() }),
    after: () => thing({}),
  },
  {
    name: 'all columns but one are others',
    before: () => thing({ a: p.string() }),
    after: () => thing({ x: p.integer() }),
  },
  column(
    'a longer text',
    () => p.string().length(40),
    () => p.string().length(80),
    { value: "'x'" },
  ),
  column(
    'a text without limit',
    () => p.string(),
    () => p.text(),
    { value: "'x'" },
  ),
  column(
    'a wider integer',
    () => p.integer(),
    () => p.bigint(),
    { value: '1' },
  ),
  column(
    'a number out of a text',
    () => p.string().length(20),
    () => p.integer(),
    { value: "'12'" },
  ),
  column(
    'a number out of a text, with defaults',
    () => p.string().length(20).default('1'),
    () => p.integer().default(2),
    { value: "'12'" },
  ),
  column(
    'a text out of a number, with the same default',
    () => p.integer().default(1),
    () => p.string().default('1'),
    { value: '12' },
  ),
  column(
    'a boolean out of a number',
    () => p.integer(),
    () => p.boolean(),
    { engines: mysqls, value: '1' },
  ),
  column(
    'a uuid out of a text',
    () => p.string().length(36),
    () => p.uuid(),
    { engines: postgres, value: "'7f3c8f3e-0c5a-4a7e-9f6b-0d7f6b1f2a3c'" },
  ),
  column(
    'more digits',
    () => p.decimal().precision(10).scale(2),
    () => p.decimal().precision(14).scale(4),
    { value: '1.25' },
  ),
  column(
    'a precise moment',
    () => p.datetime().length(0),
    () => p.datetime().length(6),
    { value: "'2020-01-01 00:00:00'" },
  ),
  column(
    'a moment without a zone',
    () => p.datetime().columnType('timestamptz(6)'),
    () => p.datetime().columnType('timestamp(6)'),
    { engines: postgres },
  ),
  column(
    'timestamp and datetime',
    () => p.datetime().columnType('timestamp'),
    () => p.datetime().columnType('datetime'),
    { engines: mysqls, value: "'2020-01-01 00:00:00'" },
  ),
  column(
    'json out of text',
    () => p.text(),
    () => p.json(),
    { value: `'{"a":1}'` },
  ),
  column(
    'an array out of an array',
    () =>
      p
        .array()
        .columnType('int[]')
        .default([1] as never),
    () => p.array().columnType('text[]').default(['1']),
    { engines: postgres },
  ),
  column(
    'signs',
    () => p.integer().unsigned(),
    () => p.integer(),
    { engines: mysqls, value: '1' },
  ),
  column(
    'becomes nullable',
    () => p.string(),
    () => p.string().nullable(),
    { value: "'x'" },
  ),
  column(
    'becomes nullable, with a comment and a default',
    () => p.string().comment('c').default('d'),
    () => p.string().nullable().comment('c').default('d'),
  ),
  column(
    'a default comes',
    () => p.string(),
    () => p.string().default("o'neil"),
    { value: "'x'" },
  ),
  column(
    'a default changes in case only',
    () => p.string().default('Draft'),
    () => p.string().default('draft'),
  ),
  column(
    'a default changes',
    () => p.integer().default(1),
    () => p.integer().default(2),
  ),
  column(
    'a default becomes a function',
    () => p.datetime().default('2020-01-01 00:00:00' as never),
    () => p.datetime().defaultRaw('current_timestamp'),
  ),
  column(
    'a default becomes another function',
    () => p.datetime().nullable().defaultRaw('current_timestamp'),
    () => p.datetime().nullable(),
  ),
  column(
    'a comment comes',
    () => p.string(),
    () => p.string().comment("it's"),
  ),
  column(
    'a comment changes',
    () => p.string().comment('one').default('x'),
    () => p.string().comment('two').default('x'),
  ),
  column(
    'a collation comes',
    () => p.string(),
    () => p.string().collation('C'),
    { engines: postgres },
  ),
  column(
    'a collation comes',
    () => p.string(),
    () => p.string().collation('utf8mb4_bin'),
    { engines: mysqls },
  ),
  column(
    'on update comes',
    () => p.datetime().defaultRaw('current_timestamp'),
    () => p.datetime().defaultRaw('current_timestamp').extra('on update current_timestamp'),
    { engines: mysqls },
  ),
  column(
    'everything at once',
    () => p.string().length(10).default('1').comment('x'),
    () => p.integer().nullable().default(7).comment('y').index(),
    { value: "'5'" },
  ),
  column(
    'a computed column computes something else',
    () => p.integer().generated('(id * 2) stored'),
    () => p.integer().generated('(id * 3) stored'),
    { engines: postgres },
  ),
  {
    name: 'a computed column with an index computes something else',
    before: () => thing({ n: p.integer(), a: p.integer().generated('(n * 2) stored').index() }),
    after: () => thing({ n: p.integer(), a: p.integer().generated('(n + 2) stored').index() }),
    rows: ['insert into thing (n) values (4)'],
    recomputed: ['a'],
  },
  // enums
  column(
    'an enum gets a value',
    () => p.enum(['a', 'b']).default('a'),
    () => p.enum(['a', 'b', "c'd"]).default('a'),
    { value: "'a'" },
  ),
  column(
    'an enum loses a value',
    () => p.enum(['a', 'b', 'c']).default('a'),
    () => p.enum(['a', 'c']).default('c'),
    { value: "'a'" },
  ),
  column(
    'an enum out of a text',
    () => p.string(),
    () => p.enum(['a', 'b']),
    { value: "'a'" },
  ),
  column(
    'a text out of an enum with a default',
    () => p.enum(['a', 'b']).default('a'),
    () => p.text().nullable(),
    { value: "'a'" },
  ),
  column(
    'an enum out of the same type',
    () => p.text(),
    () => p.enum(['a', 'b']),
    { engines: postgres, value: "'a'" },
  ),
  column(
    'a native enum gets a value',
    () => p.enum(['a', 'c']).nativeEnumName('kind'),
    () => p.enum(['a', 'b', 'c']).nativeEnumName('kind'),
    { engines: postgres, value: "'a'" },
  ),
  column(
    'a native enum loses a value and the default moves',
    () => p.enum(['a', 'b']).nativeEnumName('kind').default('a'),
    () => p.enum(['b', 'c']).nativeEnumName('kind').default('b'),
    { engines: postgres, value: "'b'" },
  ),
  column(
    'a native enum is sorted anew',
    () => p.enum(['a', 'b']).nativeEnumName('kind').default('a'),
    () => p.enum(['b', 'a']).nativeEnumName('kind').default('a'),
    { engines: postgres, value: "'a'" },
  ),
  column(
    'a native enum array loses a value',
    () => p.enum(['a', 'b']).array().nativeEnumName('kind').nullable(),
    () => p.enum(['a']).array().nativeEnumName('kind').nullable(),
    { engines: postgres },
  ),
  column(
    'another native enum',
    () => p.enum(['a', 'b']).nativeEnumName('one').default('a'),
    () => p.enum(['a', 'b', 'c']).nativeEnumName('two').default('a'),
    { engines: postgres, value: "'a'" },
  ),
  column(
    'a native enum out of a checked text',
    () => p.enum(['a', 'b']).default('a'),
    () => p.enum(['a', 'b']).nativeEnumName('kind').default('a'),
    { engines: postgres, value: "'a'" },
  ),
  // keys, indexes, checks, comments
  table('an index comes', {}, { indexes: [{ properties: ['a', 'b'] }] }),
  table(
    'an index changes',
    { indexes: [{ name: 'i', properties: ['a'] }] },
    { indexes: [{ name: 'i', properties: ['b', 'a'] }] },
  ),
  table(
    'an index gets another name',
    { indexes: [{ name: 'one', properties: ['a'] }] },
    { indexes: [{ name: 'two', properties: ['a'] }] },
  ),
  table(
    'a unique gets another name',
    { uniques: [{ name: 'one', properties: ['a'] }] },
    { uniques: [{ name: 'two', properties: ['a'] }] },
  ),
  table(
    'an index becomes unique',
    { indexes: [{ name: 'i', properties: ['a'] }] },
    { uniques: [{ name: 'i', properties: ['a'] }] },
  ),
  table(
    'an index becomes partial',
    { indexes: [{ name: 'i', properties: ['a'] }] },
    { indexes: [{ name: 'i', properties: ['a'], where: 'a > 0' }] },
    ['postgres', 'pglite', 'mysql'],
  ),
  table(
    'a partial index changes',
    { indexes: [{ name: 'i', properties: ['a'], where: 'a > 1' }] },
    { indexes: [{ name: 'i', properties: ['a'], where: '(a > 0)' }] },
    ['postgres', 'pglite', 'mysql'],
  ),
  table(
    'a unique becomes deferrable',
    { uniques: [{ name: 'u', properties: ['a'] }] },
    { uniques: [{ name: 'u', properties: ['a'], deferMode: 'deferred' }] },
    postgres,
  ),
  table(
    'an index changes its method',
    { indexes: [{ name: 'i', properties: ['a'] }] },
    { indexes: [{ name: 'i', properties: ['a'], type: 'hash' }] },
    postgres,
  ),
  table(
    'an index turns around',
    { indexes: [{ name: 'i', properties: ['a'] }] },
    { indexes: [{ name: 'i', columns: [{ name: 'a', sort: 'desc' }] }] },
    ['postgres', 'pglite', 'mysql'],
  ),
  table('a check comes', {}, { checks: [{ name: 'k', expression: "b <> 'it''s' and a > 0" }] }),
  table(
    'a check changes',
    { checks: [{ name: 'k', expression: 'a > 0' }] },
    { checks: [{ name: 'k', expression: 'a > 1' }] },
  ),
  table(
    'a check changes in case only',
    { checks: [{ name: 'k', expression: "b <> 'X'" }] },
    { checks: [{ name: 'k', expression: "b <> 'y'" }] },
  ),
  table(
    'a check changes in its parentheses only',
    { checks: [{ name: 'k', expression: 'a > 0 or (a < 5 and a <> 3)' }] },
    { checks: [{ name: 'k', expression: '(a > 0 or a < 5) and a <> 3' }] },
  ),
  table('a table comment comes', {}, { comment: "it's" }),
  table('a table comment changes', { comment: 'one' }, { comment: 'two' }),
  {
    name: 'another column is the key',
    before: () => [
      defineEntity({ name: 'Thing', properties: { id: p.integer().primary(), code: p.string().length(20) } }) as never,
    ],
    after: () => [
      defineEntity({ name: 'Thing', properties: { id: p.integer(), code: p.string().length(20).primary() } }) as never,
    ],
    rows: ["insert into thing (code) values ('x')"],
  },
  {
    name: 'the key gets a second column',
    before: () => [
      defineEntity({
        name: 'Thing',
        properties: { a: p.integer().primary().autoincrement(false), b: p.integer() },
      }) as never,
    ],
    after: () => [
      defineEntity({ name: 'Thing', properties: { a: p.integer().primary(), b: p.integer().primary() } }) as never,
    ],
    rows: ['insert into thing (a, b) values (1, 2)'],
  },
  {
    name: 'a new counting column is the key',
    before: () => [defineEntity({ name: 'Thing', properties: { code: p.string().length(20).primary() } }) as never],
    after: () => [
      defineEntity({ name: 'Thing', properties: { code: p.string().length(20), id: p.integer().primary() } }) as never,
    ],
    rows: ["insert into thing (code) values ('x')", "insert into thing (code) values ('y')"],
  },
  {
    name: 'another counting column is the key',
    before: () => [defineEntity({ name: 'Thing', properties: { id: p.integer().primary(), n: p.integer() } }) as never],
    after: () => [
      defineEntity({ name: 'Thing', properties: { number: p.integer().primary(), n: p.integer() } }) as never,
    ],
    rows: ['insert into thing (n) values (3)'],
  },
  {
    name: 'a key starts to count',
    before: () => [
      defineEntity({ name: 'Thing', properties: { id: p.integer().primary().autoincrement(false) } }) as never,
    ],
    after: () => [defineEntity({ name: 'Thing', properties: { id: p.integer().primary() } }) as never],
    rows: ['insert into thing (id) values (7)'],
  },
  // tables and relations
  {
    name: 'an index goes to another table with its name, and both tables change beside it',
    before: () => [
      defineEntity({
        name: 'Thing',
        indexes: [{ name: 'wanderer', properties: ['a'] }],
        uniques: [{ name: 'walker', properties: ['b'] }],
        properties: { id: p.integer().primary(), a: p.integer(), b: p.integer() },
      }) as never,
      defineEntity({
        name: 'Owner',
        properties: { id: p.integer().primary(), a: p.integer(), b: p.integer() },
      }) as never,
    ],
    after: () => [
      defineEntity({
        name: 'Thing',
        properties: { id: p.integer().primary(), a: p.integer().nullable(), b: p.integer() },
      }) as never,
      defineEntity({
        name: 'Owner',
        indexes: [{ name: 'wanderer', properties: ['a'] }],
        uniques: [{ name: 'walker', properties: ['b'] }],
        properties: { id: p.integer().primary(), a: p.integer().nullable(), b: p.integer() },
      }) as never,
    ],
    rows: ['insert into thing (a, b) values (1, 2)', 'insert into owner (a, b) values (3, 4)'],
  },
  {
    name: 'a table goes, and another gets an index of the same name',
    before: () => [
      defineEntity({
        name: 'Thing',
        indexes: [{ name: 'heritage', properties: ['a'] }],
        properties: { id: p.integer().primary(), a: p.integer() },
      }) as never,
      defineEntity({ name: 'Owner', properties: { id: p.integer().primary(), a: p.integer() } }) as never,
    ],
    after: () => [
      defineEntity({
        name: 'Owner',
        indexes: [{ name: 'heritage', properties: ['a'] }],
        properties: { id: p.integer().primary(), a: p.integer() },
      }) as never,
    ],
    rows: ['insert into owner (a) values (3)'],
  },
  { name: 'a table comes', before: () => thing({}), after: () => [...thing({}), owners(() => p.integer().primary())] },
  {
    name: 'a table goes',
    before: () => [...thing({ a: p.string().index() }), owners(() => p.uuid().primary())],
    after: () => [owners(() => p.uuid().primary())],
  },
  relation(
    'comes',
    () => ({}),
    (owner) => ({ owner: () => p.manyToOne(owner).nullable() }),
  ),
  relation(
    'goes',
    (owner) => ({ owner: () => p.manyToOne(owner) }),
    () => ({ x: p.string() }),
  ),
  relation(
    'changes its rule',
    (owner) => ({ owner: () => p.manyToOne(owner).nullable() }),
    (owner) => ({ owner: () => p.manyToOne(owner).nullable().deleteRule('cascade') }),
  ),
  relation(
    'from restrict to no action',
    (owner) => ({ owner: () => p.manyToOne(owner).deleteRule('restrict') }),
    (owner) => ({ owner: () => p.manyToOne(owner).deleteRule('no action') }),
    { engines: postgres },
  ),
  relation(
    'becomes deferred',
    (owner) => ({ owner: () => p.manyToOne(owner) }),
    (owner) => ({ owner: () => p.manyToOne(owner).deferMode('deferred') }),
    { engines: postgres },
  ),
  relation(
    'gets another name',
    (owner) => ({ owner: () => p.manyToOne(owner) }),
    (owner) => ({ owner: () => p.manyToOne(owner).foreignKeyName('other') }),
  ),
  relation(
    'one to one becomes many to one',
    (owner) => ({ owner: () => p.oneToOne(owner) }),
    (owner) => ({ owner: () => p.manyToOne(owner) }),
  ),
  relation(
    'many to many comes',
    () => ({}),
    (owner) => ({ owners: () => p.manyToMany(owner) }),
  ),
  {
    name: 'the type of a referenced key',
    before: () => related(() => p.integer().primary()),
    after: () => related(() => p.bigint().primary()),
    rows: ["insert into owner (name) values ('x')", 'insert into thing (owner_id) values (1)'],
  },
  {
    name: 'both ends of a relation get another key',
    before: () => related(() => p.integer().primary()),
    after: () => related(() => p.string().length(36).primary()),
  },
  {
    name: 'a table with a relation goes, and one in a circle',
    before: () => circle(),
    after: () => thing({}),
  },
  {
    name: 'an index moves from a table that goes to one that comes',
    engines: postgres,
    before: () => [
      defineEntity({ name: 'Old', properties: { id: p.integer().primary(), a: p.string().index('shared') } }) as never,
    ],
    after: () => [
      defineEntity({ name: 'New', properties: { id: p.integer().primary(), b: p.integer().index('shared') } }) as never,
    ],
  },
  {
    name: 'a table moves to another schema',
    engines: postgres,
    before: () => thing({ e: p.enum(['a']).nativeEnumName('kind') }),
    after: () => thing({ e: p.enum(['a']).nativeEnumName('kind') }, { schema: 'shop' }),
  },
  view('comes', undefined, 'select id, a from thing'),
  view('gets another query', 'select id, a from thing', 'select id, a + 1 as a from thing where a > 2'),
  view('gets other columns', 'select id, a from thing', 'select a, id, a as b from thing'),
  view('gets a column another name', 'select id, a from thing', 'select id, a as b from thing'),
  {
    name: 'a view under another view gets another query',
    before: () => [
      viewEntity('Top', 'select id, a from seen'),
      viewEntity('Seen', 'select id, a from thing'),
      ...thing({ a: p.integer() }),
    ],
    after: () => [
      viewEntity('Top', 'select id, a from seen'),
      viewEntity('Seen', 'select a as id, id as a from thing'),
      ...thing({ a: p.integer() }),
    ],
  },
  {
    name: 'a column under a view gets another type',
    before: () => [viewEntity('Seen', 'select id, a from thing'), ...thing({ a: p.integer() })],
    after: () => [viewEntity('Seen', 'select id, a from thing'), ...thing({ a: p.bigint() })],
    rows: ['insert into thing (a) values (1)'],
  },
  {
    name: 'a column under a view goes, and the view changes with it',
    before: () => [viewEntity('Seen', 'select id, a from thing'), ...thing({ a: p.integer() })],
    after: () => [viewEntity('Seen', 'select id, 0 as a from thing'), ...thing({})],
  },
  {
    name: 'a view becomes materialized',
    engines: postgres,
    before: () => [viewEntity('Seen', 'select id, a from thing'), ...thing({ a: p.integer() })],
    after: () => [
      viewEntity('Seen', 'select id, a from thing', {
        view: { materialized: true },
        indexes: [{ properties: ['a'], name: 'seen_a' }],
      }),
      ...thing({ a: p.integer() }),
    ],
  },
  {
    name: 'a materialized view gets another index',
    engines: postgres,
    before: () => [
      viewEntity('Seen', 'select id, a from thing', {
        view: { materialized: true },
        indexes: [{ properties: ['a'], name: 'seen_a' }],
      }),
      ...thing({ a: p.integer() }),
    ],
    after: () => [
      viewEntity('Seen', 'select id, a from thing', {
        view: { materialized: true },
        indexes: [{ properties: ['a', 'id'], name: 'seen_both' }],
      }),
      ...thing({ a: p.integer() }),
    ],
  },
  {
    name: 'a schema goes with its view',
    engines: postgres,
    before: () => [viewEntity('Seen', 'select id, a from thing', { schema: 'other' }), ...thing({ a: p.integer() })],
    after: () => thing({ a: p.integer() }),
  },
];

/** A view `seen` on `thing` that comes or becomes another. */
export function view(name: string, before: string | undefined, after: string): Change {
  const entities = (query: string | undefined): Entities => [
    ...(query === undefined ? [] : [viewEntity('Seen', query)]),
    ...thing({ a: p.integer() }),
  ];
  return {
    name: `view ${name}`,
    before: () => entities(before),
    after: () => entities(after),
    rows: ['insert into thing (a) values (1)'],
  };
}

export function related(key: () => object): Entities {
  const owner = owners(key);
  return [owner, ...thing({ owner: () => p.manyToOne(owner) })];
}

export function circle(): Entities {
  const Chicken = defineEntity({
    name: 'Chicken',
    properties: {
      id: p.integer().primary(),
      from: () => p.manyToOne(Egg as never).nullable(),
      thing: () => p.manyToOne(Thing as never),
    } as never,
  });
  const Egg = defineEntity({
    name: 'Egg',
    properties: { id: p.integer().primary(), by: () => p.manyToOne(Chicken as never).nullable() } as never,
  });
  const [Thing] = thing({});
  return [Thing as never, Chicken as never, Egg as never];
}
