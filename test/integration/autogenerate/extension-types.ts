/** Rows of both matrices about types that an extension brings, that one engine alone has, and that an application made. */
import { p, Type } from '@mikro-orm/core';
import { type Change, column as changed } from './changes.js';
import { type Entities } from './live-database.js';
import { column, type Feature, postgres, thing } from './single-features.js';

/** A type of an application, as `pgvector/mikro-orm` and the like have them. */
class Embedding extends Type<readonly number[], string> {
  constructor(private readonly dimensions: number) {
    super();
  }

  override getColumnType(): string {
    return `vector(${this.dimensions})`;
  }

  override convertToDatabaseValue(value: readonly number[] | string): string {
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  override convertToJSValue(value: string): readonly number[] {
    return JSON.parse(value) as readonly number[];
  }
}

/** A type whose values are written and read through functions of the database. */
class Point extends Type<string, string> {
  override getColumnType(): string {
    return 'point';
  }

  override convertToDatabaseValueSQL(key: string): string {
    return `point(${key})`;
  }

  override convertToJSValueSQL(key: string): string {
    return `${key}::text`;
  }
}

/** A type whose column is one that an extension keeps in another schema. */
class Label extends Type<string, string> {
  override getColumnType(): string {
    return 'ext.citext';
  }
}

const typed = (columnType: string, type: 'string' | 'text' = 'string'): object => p[type]().columnType(columnType);
const custom = (type: new (...args: never[]) => Type<never>, ...args: readonly unknown[]): object =>
  p.type(new (type as unknown as new (...all: readonly unknown[]) => Type<never>)(...args) as never);
const embedding = (dimensions: number): object => custom(Embedding as never, dimensions);

const onPostgres = (name: string, extensions: readonly string[], property: () => object): Feature => ({
  ...column(`extension ${name}`, property, postgres),
  extensions,
});

const near = (lists: number): Entities =>
  thing(
    { a: embedding(3) },
    {
      indexes: [
        {
          name: 'thing_near',
          expression: `create index thing_near on thing using ivfflat (a vector_l2_ops) with (lists = ${lists})`,
        },
      ],
    },
  );

interface Chain {
  default(value: unknown): object;
  defaultRaw(sql: string): object;
  nullable(): object;
}
const chain = (property: object): Chain => property as Chain;

export const extensionFeatures: readonly Feature[] = [
  onPostgres('citext', ['citext'], () => typed('citext')),
  onPostgres('citext with a default', ['citext'], () => chain(typed('citext')).default("It's Ünï")),
  onPostgres('citext array', ['citext'], () => p.array().columnType('citext[]')),
  onPostgres('citext with a default that is an expression', ['citext'], () =>
    chain(typed('citext')).defaultRaw("lower('A')::citext"),
  ),
  onPostgres('citext in another schema', ['ext.citext'], () => chain(typed('ext.citext')).default('a')),
  onPostgres('citext in another schema, by a custom type', ['ext.citext'], () => custom(Label as never)),
  onPostgres('ltree', ['ltree'], () => chain(typed('ltree')).default('top.sub')),
  onPostgres('hstore', ['hstore'], () => chain(typed('hstore', 'text')).defaultRaw(`'"a"=>"1"'`)),
  onPostgres('hstore that may be null', ['hstore'], () => chain(typed('hstore', 'text')).nullable()),
  {
    name: 'extension citext that is unique, checked and computed from',
    engines: postgres,
    extensions: ['citext'],
    entities: () =>
      thing(
        {
          a: typed('citext'),
          b: p.integer().generated('(length(a::text)) stored').nullable(),
        },
        {
          uniques: [{ name: 'thing_once', properties: ['a'] }],
          checks: [{ name: 'thing_rule', expression: "a <> 'none'" }],
          indexes: [{ name: 'thing_some', properties: ['a'], where: "a <> 'x'" }],
        },
      ),
  },
  {
    name: 'extension ltree with a gist index',
    engines: postgres,
    extensions: ['ltree'],
    entities: () =>
      thing(
        { a: typed('ltree') },
        { indexes: [{ name: 'thing_path', expression: 'create index thing_path on thing using gist (a)' }] },
      ),
  },
  {
    name: 'extension pg_trgm, operator classes of gin and gist',
    engines: postgres,
    extensions: ['pg_trgm'],
    entities: () =>
      thing(
        { a: p.string(), b: p.text() },
        {
          indexes: [
            {
              name: 'thing_gin',
              expression: 'create index thing_gin on thing using gin (a gin_trgm_ops, b gin_trgm_ops)',
            },
            {
              name: 'thing_gist',
              expression: 'create index thing_gist on thing using gist (lower(a) gist_trgm_ops(siglen=32))',
            },
          ],
        },
      ),
  },
  {
    name: 'extension pg_trgm in another schema',
    engines: postgres,
    extensions: ['ext.pg_trgm'],
    entities: () =>
      thing(
        { a: p.string() },
        {
          indexes: [
            { name: 'thing_gin', expression: 'create index thing_gin on thing using gin (a ext.gin_trgm_ops)' },
          ],
        },
      ),
  },
  ...(
    [
      ['vector', () => embedding(3)],
      ['vector with a default', () => chain(embedding(3)).default([1, 2, 3])],
      ['vector of any length', () => typed('vector')],
      ['halfvec', () => typed('halfvec(4)')],
      ['array of vectors', () => typed('vector(3)[]')],
    ] as const
  ).map(([name, property]) => ({
    ...column(`extension ${name}`, property, ['pglite']),
    extensions: ['vector'],
  })),
  {
    name: 'extension vector with an hnsw index',
    engines: ['pglite'],
    extensions: ['vector'],
    entities: () =>
      thing(
        { a: embedding(3) },
        {
          indexes: [
            {
              name: 'thing_near',
              expression:
                'create index thing_near on thing using hnsw (a vector_l2_ops) with (m = 8, ef_construction = 32)',
            },
          ],
        },
      ),
  },
  {
    name: 'extension vector with an ivfflat index, whose operator class is the usual one',
    engines: ['pglite'],
    extensions: ['vector'],
    entities: () => near(10),
  },
  {
    name: 'index with storage parameters, whose operator class is the usual one',
    engines: postgres,
    entities: () =>
      thing(
        { a: p.string(), j: p.json() },
        {
          indexes: [
            {
              name: 'thing_gin',
              expression: 'create index thing_gin on thing using gin (j jsonb_ops) with (fastupdate = off)',
            },
            {
              name: 'thing_text',
              expression: 'create index thing_text on thing (a text_ops desc) with (fillfactor = 70)',
            },
          ],
        },
      ),
  },
  column('custom type with conversions in SQL', () => custom(Point as never), postgres),
  column('custom type of a vector', () => embedding(3), ['mysql']),
  column('vector', () => typed('vector(3)'), ['mysql']),
  column('uuid of the server', () => typed('uuid'), ['mariadb']),
  column(
    'uuid of the server with a default',
    () => chain(typed('uuid')).default('11111111-1111-4111-8111-111111111111'),
    ['mariadb'],
  ),
  column('uuid of the server with a default that is computed', () => chain(typed('uuid')).defaultRaw('uuid()'), [
    'mariadb',
  ]),
  column('inet4', () => chain(typed('inet4')).default('10.0.0.1'), ['mariadb']),
  column('inet6', () => chain(typed('inet6')).default('::1'), ['mariadb']),
];

const change = (
  name: string,
  extensions: readonly string[],
  [before, after]: readonly [() => object, () => object],
  value: string,
  more: Partial<Change> = {},
): Change => ({ ...changed(name, before, after, { engines: postgres, value }), extensions, ...more });

export const extensionChanges: readonly Change[] = [
  change('extension citext out of a text', ['citext'], [() => p.string(), () => typed('citext')], "'Ab'"),
  change('extension citext becomes a text', ['citext'], [() => typed('citext'), () => p.text()], "'Ab'"),
  change(
    'extension citext out of a text, with defaults',
    ['citext'],
    [() => p.string().default('a'), () => chain(typed('citext')).default('b')],
    "'Ab'",
  ),
  change(
    'extension citext: another default',
    ['citext'],
    [() => chain(typed('citext')).default('a'), () => chain(typed('citext')).default('A')],
    "'Ab'",
  ),
  change('extension ltree out of a text', ['ltree'], [() => p.text(), () => typed('ltree')], "'top.sub'"),
  change('extension ltree becomes a text', ['ltree'], [() => typed('ltree'), () => p.string()], "'top.sub'"),
  change(
    'extension ltree: another default',
    ['ltree'],
    [() => chain(typed('ltree')).default('a.b'), () => chain(typed('ltree')).default('a.c')],
    "'top.sub'",
  ),
  change(
    'extension hstore: another default',
    ['hstore'],
    [
      () => chain(typed('hstore', 'text')).defaultRaw(`'"a"=>"1"'`),
      () => chain(typed('hstore', 'text')).defaultRaw(`'"a"=>"2", "b"=>NULL'`),
    ],
    `'"k"=>"v"'`,
  ),
  change('extension hstore out of a text', ['hstore'], [() => p.text(), () => typed('hstore', 'text')], `'"k"=>"v"'`),
  change(
    'extension citext in another schema, out of a text',
    ['ext.citext'],
    [() => p.string(), () => chain(typed('ext.citext')).default('A')],
    "'Ab'",
  ),
  {
    name: 'extension pg_trgm: another operator class',
    engines: postgres,
    extensions: ['pg_trgm'],
    before: () =>
      thing(
        { a: p.string() },
        {
          indexes: [{ name: 'thing_some', expression: 'create index thing_some on thing using gin (a gin_trgm_ops)' }],
        },
      ),
    after: () =>
      thing(
        { a: p.string() },
        {
          indexes: [
            { name: 'thing_some', expression: 'create index thing_some on thing using gist (a gist_trgm_ops)' },
          ],
        },
      ),
    rows: ["insert into thing (a) values ('abc')"],
  },
  {
    name: 'extension pg_trgm: the text that is indexed gets longer',
    engines: postgres,
    extensions: ['pg_trgm'],
    before: () =>
      thing(
        { a: p.string().length(20) },
        {
          indexes: [{ name: 'thing_some', expression: 'create index thing_some on thing using gin (a gin_trgm_ops)' }],
        },
      ),
    after: () =>
      thing(
        { a: p.text() },
        {
          indexes: [{ name: 'thing_some', expression: 'create index thing_some on thing using gin (a gin_trgm_ops)' }],
        },
      ),
    rows: ["insert into thing (a) values ('abc')"],
  },
  change(
    'extension vector: another dimension',
    ['vector'],
    [() => chain(embedding(3)).nullable(), () => chain(embedding(4)).nullable()],
    'null',
    { engines: ['pglite'] },
  ),
  {
    name: 'extension vector: another parameter of its index',
    engines: ['pglite'],
    extensions: ['vector'],
    before: () => near(10),
    after: () => near(20),
    rows: ["insert into thing (a) values ('[1,2,3]')"],
  },
  change(
    'extension vector becomes a halfvec',
    ['vector'],
    [() => embedding(3), () => typed('halfvec(3)')],
    "'[1,2,3]'",
    { engines: ['pglite'] },
  ),
  changed(
    'vector: another dimension',
    () => typed('vector(3)'),
    () => typed('vector(8)'),
    {
      engines: ['mysql'],
      value: "string_to_vector('[1,2,3]')",
    },
  ),
  changed(
    'uuid of the server out of characters',
    () => p.string().length(36),
    () => typed('uuid'),
    {
      engines: ['mariadb'],
      value: "'11111111-1111-4111-8111-111111111111'",
    },
  ),
  changed(
    'inet6: another default',
    () => chain(typed('inet6')).default('::1'),
    () => chain(typed('inet6')).default('::2'),
    {
      engines: ['mariadb'],
      value: "'::3'",
    },
  ),
];
