/** What an entity says beyond one column: keys, indexes, checks, relations, embedded objects, inheritance, views. */
import { defineEntity, p } from '@mikro-orm/core';
import { type Entities } from './live-database.js';
import {
  check,
  column,
  type Feature,
  index,
  mysqls,
  postgres,
  type Properties,
  relation,
  thing,
  view,
  viewEntity,
} from './single-features.js';

function entity(name: string, properties: object, options: object = {}): never {
  return defineEntity({ name, properties: properties as Properties, ...options } as never) as never;
}

const feature = (name: string, entities: () => Entities, engines?: Feature['engines']): Feature => ({
  name,
  engines,
  entities,
});

const keys: readonly Feature[] = [
  feature('string primary key', () => [entity('Keyed', { code: p.string().length(30).primary() })]),
  feature('character primary key', () => [entity('Keyed', { code: p.character().length(2).primary() })]),
  feature('primary key with another name', () => [entity('Keyed', { id: p.integer().primary().fieldName('Number') })]),
  feature('primary key of three columns', () => [
    entity('Keyed', { a: p.integer().primary(), b: p.integer().primary(), c: p.string().length(9).primary() }),
  ]),
  feature(
    'uuid primary key with a default',
    () => [entity('Keyed', { id: p.uuid().primary().defaultRaw('gen_random_uuid()') })],
    postgres,
  ),
  feature('primary key without sign', () => [entity('Keyed', { id: p.integer().primary().unsigned() })], mysqls),
];

const Owner = (key: () => object = () => p.integer().primary()): never =>
  entity('Owner', { id: key(), name: p.string().nullable() });

const toKey = (what: string, key: () => object, engines?: Feature['engines']): Feature =>
  feature(
    `relation to a ${what} key`,
    () => {
      const owner = Owner(key);
      return [owner, ...thing({ owner: () => p.manyToOne(owner) })];
    },
    engines,
  );

const relations: readonly Feature[] = [
  toKey('bigint', () => p.bigint().primary()),
  toKey('uuid', () => p.uuid().primary()),
  toKey('string', () => p.string().length(20).primary()),
  toKey('smallint', () => p.smallint().primary()),
  relation('with both rules', (owner) => () => p.manyToOne(owner()).deleteRule('cascade').updateRule('cascade')),
  relation('on update set null', (owner) => () => p.manyToOne(owner()).nullable().updateRule('set null')),
  relation('on update restrict', (owner) => () => p.manyToOne(owner()).updateRule('restrict')),
  relation('one to one that may be missing', (owner) => () => p.oneToOne(owner()).nullable()),
  relation('one to one with a rule', (owner) => () => p.oneToOne(owner()).deleteRule('cascade')),
  relation('with another column', (owner) => () => p.manyToOne(owner()).fieldName('whose')),
  relation('deferrable, at once', (owner) => () => p.manyToOne(owner()).deferMode('immediate'), postgres),
  relation('many to many with a name of its own', (owner) => () => p.manyToMany(owner()).pivotTable('belongs')),
  relation('many to many in order', (owner) => () => p.manyToMany(owner()).fixedOrder()),
  feature('two relations to one table', () => {
    const owner = Owner();
    return [owner, ...thing({ owner: () => p.manyToOne(owner), lender: () => p.manyToOne(owner).nullable() })];
  }),
  feature('relation that is the key', () => {
    const owner = Owner();
    return [owner, entity('Profile', { owner: () => p.oneToOne(owner).primary(), text: p.text().nullable() })];
  }),
  feature('relation that is part of the key', () => {
    const owner = Owner();
    return [owner, entity('Line', { owner: () => p.manyToOne(owner).primary(), number: p.integer().primary() })];
  }),
  feature('relation to a composite key with rules', () => {
    const pair = entity('Pair', { a: p.integer().primary(), b: p.integer().primary() });
    return [pair, ...thing({ pair: () => p.manyToOne(pair).nullable().deleteRule('cascade').updateRule('cascade') })];
  }),
  feature('relations in a chain, listed backwards', () => {
    const first = entity('First', { id: p.integer().primary() });
    const second = entity('Second', { id: p.integer().primary(), first: () => p.manyToOne(first) });
    const third = entity('Third', { id: p.integer().primary(), second: () => p.manyToOne(second) });
    return [third, second, first];
  }),
  feature('many to many of composite keys', () => {
    const pair = entity('Pair', { a: p.integer().primary(), b: p.integer().primary() });
    return [pair, ...thing({ pairs: () => p.manyToMany(pair) })];
  }),
  feature('many to many through an entity', () => {
    const owner = Owner();
    const [item] = thing({ owners: () => p.manyToMany(owner).pivotEntity(() => link) });
    const link: never = entity('Link', {
      thing: () => p.manyToOne(item as never).primary(),
      owner: () => p.manyToOne(owner).primary(),
      since: p.datetime().defaultRaw('current_timestamp'),
    });
    return [owner, item, link];
  }),
];

const indexes: readonly Feature[] = [
  column('index beside a unique', () => p.string().length(30).index('one').unique('two')),
  column('unique that may be missing', () => p.string().nullable().unique()),
  index('of three columns', { indexes: [{ name: 'three', properties: ['b', 'a', 'id'] }] }),
  index('twice', {
    indexes: [
      { name: 'one', properties: ['a', 'b'] },
      { name: 'two', properties: ['b', 'a'] },
    ],
  }),
  index('unique twice', {
    uniques: [
      { name: 'one', properties: ['a'] },
      { name: 'two', properties: ['b', 'a'] },
    ],
  }),
  index(
    'in both directions',
    {
      indexes: [
        {
          name: 'mixed',
          columns: [
            { name: 'a', sort: 'asc' },
            { name: 'b', sort: 'desc' },
          ],
        },
      ],
    },
    ['postgres', 'pglite', 'mysql', 'sqlite'],
  ),
  index('brin', { indexes: [{ name: 'ranges', properties: ['a'], type: 'brin' }] }, postgres),
  index('gin of an array', { indexes: [{ name: 'inverted', properties: ['ar'], type: 'gin' }] }, postgres),
  index('partial where something is missing', { indexes: [{ name: 'part', properties: ['a'], where: 'c is null' }] }, [
    'postgres',
    'pglite',
    'mysql',
    'sqlite',
  ]),
  index('unique including', { uniques: [{ name: 'covering', properties: ['a'], include: ['b'] }] }, postgres),
  index(
    'unique by expression',
    { indexes: [{ name: 'expr', expression: 'create unique index "expr" on "thing" (lower("b"), "a")' }] },
    ['postgres', 'pglite', 'sqlite'],
  ),
  index(
    'by expression with a condition',
    { indexes: [{ name: 'expr', expression: `create index "expr" on "thing" (("a" + 1)) where "b" <> 'x''y'` }] },
    ['postgres', 'pglite', 'sqlite'],
  ),
  index(
    'gist',
    { indexes: [{ name: 'near', expression: 'create index "near" on "thing" using gist (point("a", "a"))' }] },
    ['postgres', 'pglite'],
  ),
];

const checks: readonly Feature[] = [
  ...[
    'a in (1, 2, 3)',
    'a not between 1 and 5',
    'a = 1 or a = 2 or a is null',
    'a <> -1',
    'not (a > 3)',
    'abs(a) < 10',
    'a * 2 + 1 > 3',
    'a > length(s)',
    'upper(s) = s',
    't is null',
    "s <> '' and s is not null",
    "d >= '2020-01-01' and d < '2030-01-01'",
    "s like '%''%'",
    "s <> 'a\\b'",
    "coalesce(t, 'x') <> 'y'",
  ].map((expression) => check(expression)),
  feature('two checks', () =>
    thing(
      { a: p.integer() },
      {
        checks: [
          { name: 'low', expression: 'a > 0' },
          { name: 'high', expression: 'a < 100' },
        ],
      },
    ),
  ),
];

const Part = (): never =>
  defineEntity({
    name: 'Part',
    embeddable: true,
    properties: { weight: p.double().nullable(), label: p.string().length(20).index() },
  }) as never;
const Whole = (): never =>
  defineEntity({
    name: 'Whole',
    embeddable: true,
    properties: { size: p.integer().default(1), part: () => p.embedded(Part()) },
  }) as never;

const composition: readonly Feature[] = [
  column('embedded with an index', () => p.embedded(Part())),
  column('embedded that may be missing', () => p.embedded(Part()).nullable()),
  column('embedded with a prefix', () => p.embedded(Part()).prefix('x_')),
  column('embedded without a prefix', () => p.embedded(Part()).prefix(false)),
  column('embedded in an embedded', () => p.embedded(Whole())),
  column('embedded, several', () => p.embedded(Part()).array()),
  feature('properties of an abstract entity', () => {
    const base = defineEntity({
      name: 'Base',
      abstract: true,
      properties: { id: p.integer().primary(), madeAt: p.datetime().defaultRaw('current_timestamp') },
    });
    return [base as never, defineEntity({ name: 'Real', extends: base, properties: { a: p.string() } }) as never];
  }),
  feature('one table for entities of three levels, with a relation', () => {
    const owner = Owner();
    const animal = defineEntity({
      name: 'Animal',
      discriminatorColumn: 'kind',
      discriminatorValue: 'animal',
      properties: { id: p.integer().primary(), kind: p.enum(['animal', 'dog', 'puppy']) },
    });
    const dog = defineEntity({
      name: 'Dog',
      extends: animal,
      discriminatorValue: 'dog',
      properties: { owner: () => p.manyToOne(owner).nullable() } as Properties,
    });
    const puppy = defineEntity({
      name: 'Puppy',
      extends: dog,
      discriminatorValue: 'puppy',
      properties: { weeks: p.integer().nullable() },
    });
    return [owner, animal, dog, puppy] as never;
  }),
];

const views: readonly Feature[] = [
  view('with distinct', 'select distinct id, a from thing'),
  view('with having', 'select min(id) as id, a from thing group by a having count(*) > 1'),
  view('with exists', 'select id, a from thing t where exists (select 1 from thing o where o.a = t.id)'),
  view('with between and null', "select id, a from thing where a between 1 and 5 and s is not null and s <> ''"),
  view('with a limit', 'select id, a from thing order by id desc limit 3'),
  view('with arithmetic and a nested function', 'select id, coalesce(abs(a) * 2 + 1, 0) as a from thing'),
  feature('two views of one table', () => [
    viewEntity('One', 'select id, a from thing'),
    viewEntity('Two', 'select id, a + 1 as a from thing'),
    ...thing({ a: p.integer() }),
  ]),
];

export const tableFeatures: readonly Feature[] = [
  ...keys,
  ...relations,
  ...indexes,
  ...checks,
  ...composition,
  ...views,
];
