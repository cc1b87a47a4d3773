/** Changes of tables that hold rows: what a change keeps is looked for after the upgrade, and after the downgrade. */
import { defineEntity, p } from '@mikro-orm/core';
import { type Change, column, owners, relation, table, view } from './changes.js';
import { type Entities } from './live-database.js';
import { mysqls, postgres, type Properties, thing, viewEntity } from './single-features.js';

const idKey = (): object => p.integer().primary();

/** Properties beside the key of `thing`, with a row that is there before. */
function properties(name: string, before: () => object, after: () => object, row: string, more: object = {}): Change {
  return {
    name,
    before: () => thing(before()),
    after: () => thing(after()),
    rows: [`insert into thing ${row}`],
    ...more,
  };
}

/** Owner 1, and thing 1 that is theirs. */
const ownedRows = ["insert into owner (name) values ('x')", 'insert into thing (owner_id) values (1)'];

const columns: readonly Change[] = [
  properties(
    'a column with a default comes on rows',
    () => ({ a: p.integer() }),
    () => ({ a: p.integer(), b: p.string().default("o'neil") }),
    '(a) values (3)',
  ),
  properties(
    'a column that may be missing comes on rows',
    () => ({ a: p.integer() }),
    () => ({ a: p.integer(), b: p.blob().nullable() }),
    '(a) values (3)',
  ),
  properties(
    'several columns come at once',
    () => ({ a: p.integer() }),
    () => ({
      a: p.integer(),
      b: p.boolean().default(true),
      c: p.date().nullable(),
      d: p.decimal().precision(8).scale(2).default('1.50'),
      e: p.json().nullable(),
    }),
    '(a) values (3)',
  ),
  properties(
    'several columns go at once, with what is on them',
    () => ({
      a: p.integer(),
      b: p.string().nullable().index(),
      c: p.integer().nullable().unique(),
      d: p.text().nullable(),
    }),
    () => ({ a: p.integer() }),
    "(a, b, c) values (3, 'x', 4)",
  ),
  properties(
    'a column with a check comes',
    () => ({ a: p.integer() }),
    () => ({ a: p.integer(), b: p.integer().default(5).check('b > 0') }),
    '(a) values (3)',
  ),
  properties(
    'a column with an index comes',
    () => ({ a: p.integer() }),
    () => ({ a: p.integer(), b: p.string().length(20).nullable().index() }),
    '(a) values (3)',
  ),
  properties(
    'a column in the middle comes and another goes',
    () => ({ a: p.integer(), b: p.integer().nullable(), z: p.string() }),
    () => ({ a: p.integer(), c: p.text().nullable(), z: p.string() }),
    "(a, b, z) values (1, 2, 'z')",
  ),
  properties(
    'a computed column comes on rows',
    () => ({ n: p.integer() }),
    () => ({ n: p.integer(), a: p.integer().generated('(n * 2) stored') }),
    '(n) values (4)',
  ),
  properties(
    'a computed column goes',
    () => ({ n: p.integer(), a: p.integer().generated('(n * 2) stored') }),
    () => ({ n: p.integer() }),
    '(n) values (4)',
  ),
  column(
    'becomes required',
    () => p.string().nullable(),
    () => p.string(),
    { value: "'x'" },
  ),
  column(
    'becomes required, with a default',
    () => p.integer().nullable(),
    () => p.integer().default(4),
    { value: '3' },
  ),
  column(
    'a wider small integer',
    () => p.smallint(),
    () => p.integer(),
    { value: '-7' },
  ),
  column(
    'a double out of an integer',
    () => p.integer(),
    () => p.double(),
    { value: '7' },
  ),
  column(
    'a decimal out of an integer',
    () => p.integer(),
    () => p.decimal().precision(12).scale(2),
    { value: '7' },
  ),
  column(
    'a text out of a number',
    () => p.integer(),
    () => p.string().length(20),
    { value: '7' },
  ),
  column(
    'a moment out of a date',
    () => p.date(),
    () => p.datetime(),
    { value: "'2020-01-02'", recomputed: ['a'] },
  ),
  column(
    'a longer unique text',
    () => p.string().length(20).unique(),
    () => p.string().length(40).unique(),
    { value: "'x'" },
  ),
  column(
    'a longer text with an index and a default',
    () => p.string().length(20).index().default('q'),
    () => p.string().length(40).index().default('q'),
    { value: "'x'" },
  ),
  column(
    'a default goes',
    () => p.string().default('x'),
    () => p.string(),
    { value: "'y'" },
  ),
  column(
    'a default turns over',
    () => p.boolean().default(true),
    () => p.boolean().default(false),
    { value: 'true' },
  ),
  column(
    'a default changes its expression',
    () => p.integer().defaultRaw('(1 + 2)'),
    () => p.integer().defaultRaw('(1 + 3)'),
    { value: '9' },
  ),
  column(
    'a default changes its quotes',
    () => p.string().default("a'b"),
    () => p.string().default("a''b"),
    { value: "'x'" },
  ),
  column(
    'a default becomes empty',
    () => p.string().default('x'),
    () => p.string().default(''),
    { value: "'y'" },
  ),
  column(
    'a default of json changes',
    () => p.json().default('{"a":1}'),
    () => p.json().default('{"a":2}'),
    { value: `'{"b":1}'` },
  ),
  column(
    'a default of a moment comes',
    () => p.datetime(),
    () => p.datetime().defaultRaw('current_timestamp'),
    { value: "'2020-01-01 00:00:00'" },
  ),
  column(
    'a default of a decimal changes',
    () => p.decimal().precision(8).scale(2).default('1.50'),
    () => p.decimal().precision(8).scale(2).default('-2.25'),
    { value: '3.75' },
  ),
  column(
    'a smaller text that fits',
    () => p.string().length(80),
    () => p.string().length(40),
    { value: "'x'" },
  ),
  column(
    'a check of a property comes',
    () => p.integer(),
    () => p.integer().check('a > 0'),
    { value: '3' },
  ),
  column(
    'a check of a property goes',
    () => p.integer().check('a > 0'),
    () => p.integer(),
    { value: '3' },
  ),
  column(
    'a column gets another name',
    () => p.text().nullable().fieldName('one'),
    () => p.text().nullable().fieldName('two'),
  ),
  column(
    'a sign goes',
    () => p.bigint(),
    () => p.bigint().unsigned(),
    { engines: mysqls, value: '12' },
  ),
];

const enums: readonly Change[] = [
  column(
    'an enum gets values in the middle',
    () => p.enum(['a', 'd']),
    () => p.enum(['a', 'b', 'c', 'd']),
    { value: "'d'" },
  ),
  column(
    'an enum changes the values that no row has',
    () => p.enum(['a', 'b', 'c']),
    () => p.enum(['a', 'x', 'y']),
    { value: "'a'" },
  ),
  column(
    'an enum is sorted anew',
    () => p.enum(['a', 'b', 'c']).default('b'),
    () => p.enum(['c', 'a', 'b']).default('b'),
    { value: "'c'", engines: mysqls },
  ),
  column(
    'an enum becomes nullable',
    () => p.enum(['a', 'b']),
    () => p.enum(['a', 'b']).nullable(),
    { value: "'a'" },
  ),
  column(
    'the default of an enum changes',
    () => p.enum(['a', 'b']).default('a'),
    () => p.enum(['a', 'b']).default('b'),
    { value: "'a'" },
  ),
  properties(
    'an enum comes on rows',
    () => ({ n: p.integer() }),
    () => ({ n: p.integer(), a: p.enum(['a', "b'c"]).default('a') }),
    '(n) values (1)',
  ),
  properties(
    'an enum goes',
    () => ({ n: p.integer(), a: p.enum(['a', 'b']).nullable() }),
    () => ({ n: p.integer() }),
    "(n, a) values (1, 'a')",
  ),
  properties(
    'a native enum comes on rows',
    () => ({ n: p.integer() }),
    () => ({ n: p.integer(), a: p.enum(['a', 'b']).nativeEnumName('kind').default('a') }),
    '(n) values (1)',
    { engines: postgres },
  ),
];

const parts: readonly Change[] = [
  table('a unique comes', {}, { uniques: [{ name: 'u', properties: ['b'] }] }),
  table('a unique goes', { uniques: [{ name: 'u', properties: ['b'] }] }, {}),
  table(
    'a unique gets a second column',
    { uniques: [{ name: 'u', properties: ['b'] }] },
    { uniques: [{ name: 'u', properties: ['b', 'a'] }] },
  ),
  table('an index goes', { indexes: [{ name: 'i', properties: ['a'] }] }, {}),
  table(
    'a unique becomes an index',
    { uniques: [{ name: 'i', properties: ['a'] }] },
    { indexes: [{ name: 'i', properties: ['a'] }] },
  ),
  table(
    'two indexes change places',
    {
      indexes: [
        { name: 'one', properties: ['a'] },
        { name: 'two', properties: ['b'] },
      ],
    },
    {
      indexes: [
        { name: 'one', properties: ['b'] },
        { name: 'two', properties: ['a'] },
      ],
    },
  ),
  table('a check goes', { checks: [{ name: 'k', expression: 'a > 0' }] }, {}),
  table(
    'a check gets another name',
    { checks: [{ name: 'one', expression: 'a > 0' }] },
    { checks: [{ name: 'two', expression: 'a > 0' }] },
  ),
  table(
    'two checks change places',
    {
      checks: [
        { name: 'one', expression: 'a > 0' },
        { name: 'two', expression: 'a < 9' },
      ],
    },
    {
      checks: [
        { name: 'one', expression: 'a < 9' },
        { name: 'two', expression: 'a > 0' },
      ],
    },
  ),
  table(
    'a check changes what is quoted',
    { checks: [{ name: 'k', expression: "b <> 'x'" }] },
    { checks: [{ name: 'k', expression: "b <> 'x''y'" }] },
  ),
  properties(
    'an index moves with its column to another',
    () => ({ a: p.integer().nullable().index('i'), b: p.integer().nullable() }),
    () => ({ a: p.integer().nullable(), b: p.integer().nullable().index('i') }),
    '(a, b) values (1, 2)',
  ),
];

const keyed = (properties: Properties): Entities => [defineEntity({ name: 'Thing', properties }) as never];

const keys: readonly Change[] = [
  {
    name: 'a wider key',
    before: () => keyed({ id: p.integer().primary(), a: p.string() }),
    after: () => keyed({ id: p.bigint().primary(), a: p.string() }),
    rows: ["insert into thing (a) values ('x')"],
  },
  {
    name: 'a longer key',
    before: () => keyed({ code: p.string().length(10).primary(), a: p.string() }),
    after: () => keyed({ code: p.string().length(30).primary(), a: p.string() }),
    rows: ["insert into thing (code, a) values ('x', 'y')"],
  },
  {
    name: 'a key loses a column, which stays',
    before: () => keyed({ a: p.integer().primary(), b: p.integer().primary() }),
    after: () => keyed({ a: p.integer().primary().autoincrement(false), b: p.integer() }),
    rows: ['insert into thing (a, b) values (1, 2)'],
  },
  {
    name: 'the columns of a key change places',
    before: () => keyed({ a: p.integer().primary(), b: p.integer().primary() }),
    after: () => keyed({ b: p.integer().primary(), a: p.integer().primary() }),
    rows: ['insert into thing (a, b) values (1, 2)'],
  },
];

/** A relation of `thing` that becomes another, on rows. */
function owned(
  name: string,
  before: (owner: never) => object,
  after: (owner: never) => object,
  more: object = {},
): Change {
  return { ...relation(name, before, after), rows: ownedRows, ...more };
}

const relations: readonly Change[] = [
  owned(
    'becomes required',
    (owner) => ({ owner: () => p.manyToOne(owner).nullable() }),
    (owner) => ({ owner: () => p.manyToOne(owner) }),
  ),
  owned(
    'becomes one that may be missing',
    (owner) => ({ owner: () => p.manyToOne(owner) }),
    (owner) => ({ owner: () => p.manyToOne(owner).nullable() }),
  ),
  owned(
    'loses its rule',
    (owner) => ({ owner: () => p.manyToOne(owner).deleteRule('cascade') }),
    (owner) => ({ owner: () => p.manyToOne(owner).deleteRule('no action') }),
  ),
  owned(
    'changes what an update does',
    (owner) => ({ owner: () => p.manyToOne(owner).updateRule('cascade') }),
    (owner) => ({ owner: () => p.manyToOne(owner).updateRule('no action') }),
  ),
  owned(
    'many to one becomes one to one',
    (owner) => ({ owner: () => p.manyToOne(owner) }),
    (owner) => ({ owner: () => p.oneToOne(owner) }),
  ),
  owned(
    'gets its constraint',
    (owner) => ({ owner: () => p.manyToOne(owner).createForeignKeyConstraint(false) }),
    (owner) => ({ owner: () => p.manyToOne(owner) }),
  ),
  owned(
    'gets a sister',
    (owner) => ({ owner: () => p.manyToOne(owner) }),
    (owner) => ({ owner: () => p.manyToOne(owner), lender: () => p.manyToOne(owner).nullable() }),
  ),
  owned(
    'many to many comes on rows',
    (owner) => ({ owner: () => p.manyToOne(owner) }),
    (owner) => ({ owner: () => p.manyToOne(owner), owners: () => p.manyToMany(owner) }),
  ),
  relation(
    'many to many goes',
    (owner) => ({ owners: () => p.manyToMany(owner) }),
    () => ({}),
  ),
  relation(
    'many to many gets an order',
    (owner) => ({ owners: () => p.manyToMany(owner) }),
    (owner) => ({ owners: () => p.manyToMany(owner).fixedOrder() }),
  ),
  {
    name: 'relation to another table',
    before: () => twoTargets('One'),
    after: () => twoTargets('Two'),
    rows: [
      'insert into one (id) values (1)',
      'insert into two (id) values (1)',
      'insert into thing (to_id) values (1)',
    ],
  },
  {
    name: 'a relation to itself comes on rows',
    before: () => [defineEntity({ name: 'Node', properties: { id: p.integer().primary(), a: p.integer() } }) as never],
    after: () => {
      const Node = defineEntity({
        name: 'Node',
        properties: {
          id: p.integer().primary(),
          a: p.integer(),
          parent: () => p.manyToOne(Node as never).nullable(),
        } as Properties,
      });
      return [Node as never];
    },
    rows: ['insert into node (a) values (1)'],
  },
  {
    name: 'a table with rows goes, and what belonged to it stays',
    before: () => {
      const owner = owners(idKey);
      return [owner, ...thing({ n: p.integer(), owner: () => p.manyToOne(owner).nullable() })];
    },
    after: () => thing({ n: p.integer() }),
    rows: ["insert into owner (name) values ('x')", 'insert into thing (n, owner_id) values (5, 1)'],
  },
  {
    name: 'two tables come, related to one that has rows',
    before: () => thing({ n: p.integer() }),
    after: () => {
      const [item] = thing({ n: p.integer() });
      const part: never = defineEntity({
        name: 'Part',
        properties: { id: p.integer().primary(), item: () => p.manyToOne(item as never) } as Properties,
      }) as never;
      const grain = defineEntity({
        name: 'Grain',
        properties: { id: p.integer().primary(), part: () => p.manyToOne(part) } as Properties,
      });
      return [grain as never, part, item];
    },
    rows: ['insert into thing (n) values (5)'],
  },
];

function twoTargets(to: 'One' | 'Two'): Entities {
  const one = defineEntity({ name: 'One', properties: { id: p.integer().primary() } });
  const two = defineEntity({ name: 'Two', properties: { id: p.integer().primary() } });
  return [one as never, two as never, ...thing({ to: () => p.manyToOne((to === 'One' ? one : two) as never) })];
}

const Address = (more: object = {}): never =>
  defineEntity({
    name: 'Address',
    embeddable: true,
    properties: { street: p.string().nullable(), ...more } as Properties,
  }) as never;

const animals = (kinds: readonly ('cat' | 'dog')[]): Entities => {
  const animal = defineEntity({
    name: 'Animal',
    abstract: true,
    discriminatorColumn: 'kind',
    properties: { id: p.integer().primary(), kind: p.enum([...kinds]) },
  });
  const cat = defineEntity({
    name: 'Cat',
    extends: animal,
    discriminatorValue: 'cat',
    properties: { lives: p.integer().nullable() },
  });
  const dog = defineEntity({
    name: 'Dog',
    extends: animal,
    discriminatorValue: 'dog',
    properties: { tricks: p.text().nullable() },
  });
  return [animal, ...(kinds.includes('cat') ? [cat] : []), ...(kinds.includes('dog') ? [dog] : [])] as never;
};

const vehicles = (withTruck: boolean): Entities => {
  const vehicle = defineEntity({
    name: 'Vehicle',
    inheritance: 'tpt',
    properties: { id: p.integer().primary(), wheels: p.integer() },
  });
  const car = defineEntity({ name: 'Car', extends: vehicle, properties: { doors: p.integer() } });
  const truck = defineEntity({ name: 'Truck', extends: vehicle, properties: { load: p.double() } });
  return [vehicle, car, ...(withTruck ? [truck] : [])] as never;
};

const composition: readonly Change[] = [
  properties(
    'an embedded object comes on rows',
    () => ({ n: p.integer() }),
    () => ({ n: p.integer(), a: () => p.embedded(Address()) }),
    '(n) values (1)',
  ),
  properties(
    'an embedded object gets a property',
    () => ({ a: () => p.embedded(Address()) }),
    () => ({ a: () => p.embedded(Address({ city: p.string().default('x') })) }),
    "(a_street) values ('s')",
  ),
  properties(
    'an embedded object becomes json',
    () => ({ n: p.integer(), a: () => p.embedded(Address()).nullable() }),
    () => ({ n: p.integer(), a: () => p.embedded(Address()).object().nullable() }),
    "(n, a_street) values (1, 's')",
  ),
  {
    name: 'one table gets a kind of entity more',
    before: () => animals(['cat']),
    after: () => animals(['cat', 'dog']),
    rows: ["insert into animal (kind, lives) values ('cat', 9)"],
  },
  {
    name: 'one table loses a kind of entity',
    before: () => animals(['cat', 'dog']),
    after: () => animals(['dog']),
    rows: ["insert into animal (kind, tricks) values ('dog', 'sit')"],
  },
  {
    name: 'a table for a kind of entity more comes',
    before: () => vehicles(false),
    after: () => vehicles(true),
    rows: ['insert into vehicle (wheels) values (4)', 'insert into car (id, doors) values (1, 5)'],
  },
];

const seen = (expression: string): Entities => [
  viewEntity('Seen', expression),
  ...thing({ a: p.integer(), s: p.string().length(20).nullable() }),
];
const seenRows = ["insert into thing (a, s) values (1, 'x')"];

const views: readonly Change[] = [
  {
    name: 'a view goes',
    before: () => seen('select id, a from thing'),
    after: () => thing({ a: p.integer(), s: p.string().length(20).nullable() }),
    rows: seenRows,
  },
  {
    name: 'a view changes a literal only',
    before: () => seen("select id, a from thing where s = 'x'"),
    after: () => seen("select id, a from thing where s = 'X'"),
    rows: seenRows,
  },
  {
    name: 'a view gets a join',
    before: () => seen('select id, a from thing'),
    after: () => seen('select t.id, count(*) as a from thing t left join thing o on o.a = t.id group by t.id'),
    rows: seenRows,
  },
  {
    name: 'a column beside those of a view comes',
    before: () => [viewEntity('Seen', 'select id, a from thing'), ...thing({ a: p.integer() })],
    after: () => [viewEntity('Seen', 'select id, a from thing'), ...thing({ a: p.integer(), b: p.text().nullable() })],
    rows: ['insert into thing (a) values (1)'],
  },
  view('with a condition gets none', 'select id, a from thing where a > 0', 'select id, a from thing'),
];

const odd: readonly Change[] = [
  {
    name: 'a table with an odd name gets a column with one',
    before: () => thing({ a: p.integer() }, { tableName: "it's a-Table" }),
    after: () =>
      thing({ a: p.integer(), b: p.string().fieldName("order's").default('x').index() }, { tableName: "it's a-Table" }),
  },
  column(
    'a column named by a keyword becomes another type',
    () => p.integer().fieldName('order'),
    () => p.bigint().fieldName('order'),
  ),
];

export const changesWithRows: readonly Change[] = [
  ...columns,
  ...enums,
  ...parts,
  ...keys,
  ...relations,
  ...composition,
  ...views,
  ...odd,
];
