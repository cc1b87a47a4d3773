/** Entities that use what MikroORM can say of a table, engine by engine. */
import { defineEntity, p, raw } from '@mikro-orm/core';

const author = defineEntity({
  name: 'Author',
  tableName: 'author',
  comment: 'people who write',
  indexes: [{ properties: ['name', 'age'] }, { name: 'author_sorted', columns: [{ name: 'name', sort: 'desc' }] }],
  uniques: [{ properties: ['name', 'bornOn'] }],
  checks: [{ expression: 'age >= 0' }, { name: 'short_name', expression: 'length(name) < 90' }],
  properties: {
    id: p.integer().primary(),
    name: p.string().length(100).index().comment('as printed'),
    age: p.smallint().default(3),
    bio: p.text().nullable(),
    followers: p.bigint().default('0'),
    bornOn: p.date().nullable(),
    wakesAt: p.time().nullable(),
    createdAt: p.datetime().defaultRaw('current_timestamp'),
    updatedAt: p.datetime().length(3).nullable(),
    settings: p.json<object>().nullable(),
    token: p.uuid().unique(),
    photo: p.blob().nullable(),
    rate: p.decimal().precision(12).scale(3).default('1.5'),
    height: p.double().nullable(),
    weight: p.float().nullable(),
    initials: p.character().length(3).nullable(),
    level: p.tinyint().default(0),
    active: p.boolean().default(true),
    mood: p.enum(['happy', 'sad']).default('happy'),
    moods: p.enum(['x', 'y']).array().nullable(),
    tags: p.array().nullable(),
    shout: p.string().generated('(upper(name)) stored').nullable(),
  },
});

const tag = defineEntity({
  name: 'Tag',
  tableName: 'tag',
  properties: { region: p.string().length(2).primary(), code: p.integer().primary(), label: p.string() },
});

const book = defineEntity({
  name: 'Book',
  tableName: 'book',
  properties: {
    id: p.bigint().primary(),
    author: () => p.manyToOne(author).deleteRule('cascade').updateRule('restrict'),
    editor: () => p.oneToOne(author).nullable(),
    sequel: () => p.manyToOne(book).nullable(),
    tags: () => p.manyToMany(tag),
  },
});

const profile = defineEntity({
  name: 'Profile',
  tableName: 'profile',
  properties: { author: () => p.oneToOne(author).primary(), text: p.text() },
});

export const commonEntities = [author, tag, book, profile];

const postgresThing = defineEntity({
  name: 'Thing',
  tableName: 'thing',
  schema: 'warehouse',
  indexes: [
    { name: 'thing_where', properties: ['name'], where: 'name is not null' },
    { name: 'thing_gin', properties: ['data'], type: 'gin' },
    { name: 'thing_include', properties: ['name'], include: ['size'], fillFactor: 70 },
    { name: 'thing_nulls', columns: [{ name: 'size', sort: 'desc', nulls: 'last' }] },
    { name: 'thing_lower', expression: 'create index "thing_lower" on "warehouse"."thing" (lower(name))' },
  ],
  uniques: [{ properties: ['size'], deferMode: 'deferred' }],
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    serial: p.integer().autoincrement(),
    counted: p.integer().generated('by default as identity'),
    always: p.integer().generated('identity'),
    name: p.string().collation('C').nullable(),
    size: p.integer(),
    data: p.json<object>(),
    state: p.enum(['new', 'old']).nativeEnumName('thing_state').default('new'),
    states: p.enum(['new', 'old']).array().nativeEnumName('thing_state').nullable(),
    duration: p.interval().nullable(),
    vector: p.type('tsvector').nullable(),
    at: p.datetime().columnType('timestamp(0)').defaultRaw('now()'),
    author: () => p.manyToOne(author).deferMode('deferred'),
  },
});

export const postgresEntities = [...commonEntities, postgresThing];

const mysqlThing = defineEntity({
  name: 'Thing',
  tableName: 'thing',
  indexes: [
    { name: 'thing_prefix', columns: [{ name: 'name', length: 10, sort: 'desc' }] },
    { name: 'thing_words', properties: ['text'], type: 'fulltext' },
    { name: 'thing_hidden', properties: ['size'], invisible: true },
  ],
  properties: {
    id: p.integer().primary(),
    name: p.string().collation('utf8mb4_bin'),
    size: p.mediumint().unsigned(),
    text: p.text(),
    at: p.datetime().defaultRaw('current_timestamp').extra('on update current_timestamp'),
    cents: p.integer().unsigned().default(0),
    big: p.text().columnType('longtext').nullable(),
    json: p.json<object>().default('{}'),
    kind: p.enum(['a', 'b']).nullable(),
    half: p.integer().generated('(size div 2) virtual').nullable(),
    raw: p.integer().default(raw('(1 + 1)')),
  },
});

export const mysqlEntities = [...commonEntities, mysqlThing];

const sqliteThing = defineEntity({
  name: 'Thing',
  tableName: 'thing',
  indexes: [
    { name: 'thing_where', properties: ['name'], where: 'name is not null' },
    {
      name: 'thing_sorted',
      columns: [
        { name: 'size', sort: 'desc' },
        { name: 'name', collation: 'nocase' },
      ],
    },
    { name: 'thing_lower', expression: 'create index `thing_lower` on `thing` (lower(name))' },
  ],
  properties: {
    id: p.uuid().primary(),
    name: p.string().collation('nocase').nullable(),
    size: p.integer(),
    data: p.json<object>().default('{}'),
    at: p.datetime().defaultRaw("(strftime('%s', 'now') * 1000)"),
    half: p.integer().generated('(size / 2) virtual').nullable(),
    author: () => p.manyToOne(author).deferMode('deferred'),
  },
});

export const sqliteEntities = [...commonEntities, sqliteThing];
