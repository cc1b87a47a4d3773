/** One column each: sizes, signs, what may be missing, the engine's own types, defaults at their edges, names. */
import { p } from '@mikro-orm/core';
import { column, type Feature, mysqls, postgres, thing } from './single-features.js';

/** A column of the engine's own type. */
const typed = (type: string, engines?: Feature['engines']): Feature =>
  column(`columnType ${type} as it is`, () => p.string().columnType(type), engines);

const sizes: readonly Feature[] = [
  column('string of one character', () => p.string().length(1)),
  column('string as long as an index allows', () => p.string().length(190).index()),
  column('character of one', () => p.character().length(1)),
  column('decimal of whole numbers', () => p.decimal().precision(8).scale(0)),
  column('decimal of many digits', () => p.decimal().precision(38).scale(10)),
  column('uint8array', () => p.uint8array()),
  column('enum array that may be missing', () => p.enum(['a', 'b']).array().nullable()),
  column('smallint without sign', () => p.smallint().unsigned(), mysqls),
  column('bigint without sign', () => p.bigint().unsigned(), mysqls),
  column('tinyint without sign', () => p.tinyint().unsigned(), mysqls),
  column('mediumint without sign', () => p.mediumint().unsigned(), mysqls),
  column('decimal without sign', () => p.decimal().precision(8).scale(2).unsigned(), mysqls),
];

const missing: readonly Feature[] = [
  column('integer that may be missing', () => p.integer().nullable()),
  column('smallint that may be missing', () => p.smallint().nullable()),
  column('bigint that may be missing', () => p.bigint().nullable()),
  column('decimal that may be missing', () => p.decimal().precision(9).scale(3).nullable()),
  column('double that may be missing', () => p.double().nullable()),
  column('boolean that may be missing', () => p.boolean().nullable()),
  column('date that may be missing', () => p.date().nullable()),
  column('time that may be missing', () => p.time().nullable()),
  column('datetime that may be missing', () => p.datetime().nullable()),
  column('uuid that may be missing', () => p.uuid().nullable()),
  column('text that may be missing', () => p.text().nullable()),
  column('blob that may be missing', () => p.blob().nullable()),
  column('array that may be missing', () => p.array().nullable()),
  column('default of what may be missing', () => p.string().nullable().default('x')),
  column('default null', () => p.string().nullable().defaultRaw('null')),
];

const ownTypes: readonly Feature[] = [
  typed('varchar(40)'),
  typed('char(10)'),
  typed('numeric(10,2)'),
  typed('double precision'),
  typed('real'),
  typed('smallint'),
  typed('bigint'),
  typed('date'),
  typed('text'),
  ...[
    'tsvector',
    'cidr',
    'macaddr',
    'money',
    'point',
    'int4range',
    'tstzrange',
    'uuid[]',
    'numeric(10,2)[]',
    'bit(8)',
  ].map((type) => typed(type, postgres)),
  ...['character varying(20)', 'timestamptz(0)', 'interval(3)', 'interval year to month', 'date[]', 'xml'].map((type) =>
    typed(type, postgres),
  ),
  ...['mediumtext', 'tinytext', 'tinyblob', 'longblob', 'binary(16)', 'bit(8)', 'point', 'decimal(10,2) unsigned'].map(
    (type) => typed(type, mysqls),
  ),
  ...['timestamp(3)', 'time(3)', 'tinyint(1)', 'bigint unsigned'].map((type) => typed(type, mysqls)),
];

const defaults: readonly Feature[] = [
  column('default blanks', () => p.string().default('   ')),
  column('default of signs for patterns', () => p.string().default('100%_')),
  column('default text that looks like a number', () => p.string().default('007')),
  column('default text that looks like a boolean', () => p.string().default('true')),
  column('default text that looks like a date', () => p.string().default('2020-01-01')),
  column('default text that looks like a cast', () => p.string().default("'x'::text")),
  column('default of two hundred characters', () => p.string().default('xy'.repeat(100))),
  column('default of letters beyond ASCII', () => p.string().default('žluťoučký 中文 😀')),
  column('default character', () => p.character().length(2).default('ab')),
  column('default small decimal', () => p.decimal().precision(12).scale(6).default('0.000001')),
  column('default largest integer', () => p.integer().default(2147483647)),
  column('default smallest integer', () => p.integer().default(-2147483648)),
  column('default huge double', () => p.double().default(1e21)),
  column('default today', () => p.date().defaultRaw('(current_date)')),
  column('default datetime with six digits', () =>
    p
      .datetime()
      .length(6)
      .default('2020-01-01 00:00:00.123456' as never),
  ),
  column('default empty json array', () => p.json().default('[]')),
  column('default of an enum with an apostrophe', () => p.enum(["o'neil", 'x']).default("o'neil")),
  column('default of an enum of numbers', () => p.enum([1, 2]).default(2)),
  column('default interval', () => p.interval().default('1 day'), postgres),
  column('default inet', () => p.string().columnType('inet').default('127.0.0.1'), postgres),
  column('default array with odd members', () => p.array().default(['', 'a,b', '{}', 'null', '"q"', '\\']), postgres),
  column(
    'default native enum array',
    () => p.enum(['a', 'b']).array().nativeEnumName('state').default(['a']),
    postgres,
  ),
  column('default of a sequence', () => p.integer().defaultRaw('(length(current_user::text))'), postgres),
  column('identity always', () => p.integer().generated('identity'), postgres),
];

const odd = [
  ['with a dash', 'a-b'],
  ['with a dot', 'a.b'],
  ['with a quote', 'a"b'],
  ['with a backtick', 'a`b'],
  ['with letters beyond ASCII', 'größe'],
  ['of sixty characters', 'n'.repeat(60)],
  ['in capitals', 'UPPER'],
] as const;

const names: readonly Feature[] = [
  ...odd.map(([what, name]) => column(`a column's name ${what}`, () => p.string().fieldName(name).default('x'))),
  ...[...odd, ['that is a keyword', 'select'] as const]
    // MikroORM itself reads a dot in a table's name as the end of a schema's
    .filter(([, name]) => !name.includes('.'))
    .map(([what, tableName]): Feature => ({
      name: `a table's name ${what}`,
      entities: () => thing({ a: p.string().length(20).index() }, { tableName }),
    })),
  {
    name: 'odd names of an index, a unique and a check',
    entities: () =>
      thing(
        { a: p.integer(), b: p.integer() },
        {
          indexes: [{ name: "an Index's name", properties: ['a'] }],
          uniques: [{ name: 'a-unique "name"', properties: ['b'] }],
          checks: [{ name: 'check me', expression: 'a > b' }],
        },
      ),
  },
  {
    name: 'odd names of a schema and a native enum',
    engines: postgres,
    entities: () =>
      thing({ a: p.enum(['x', 'y']).nativeEnumName('odd-Kind').default('x') }, { schema: 'my Schema-"1"' }),
  },
];

export const columnFeatures: readonly Feature[] = [...sizes, ...missing, ...ownTypes, ...defaults, ...names];
