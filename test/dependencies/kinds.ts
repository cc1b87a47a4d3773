/** What the columns of the matrix hold. */
import { p } from '@mikro-orm/core';
import { type Kind } from './description.js';

const number = (sql: string, make: () => object): Kind => ({
  family: 'number',
  sql,
  make,
  condition: (column) => `${column} > 0`,
  number: (column) => `${column} + 1`,
  values: ['11', '12'],
});

const text = (sql: string, make: () => object): Kind => ({
  family: 'text',
  sql,
  make,
  condition: (column) => `${column} <> ''`,
  number: (column) => `length(${column})`,
  values: ["'11'", "'12'"],
});

const other = (family: string, values: Kind['values'], make: () => object, sql?: string): Kind => ({
  family,
  ...(sql !== undefined && { sql }),
  make,
  condition: (column) => `${column} is not null`,
  number: (column) => `case when ${column} is null then 0 else 1 end`,
  values,
});

const oneOf = (
  make: () => object,
  items: readonly string[],
  [first = '', second = '']: readonly string[] = ['draft', 'live'],
): Kind => ({
  family: `enum ${first}`,
  sql: `enum(${items.map((item) => `'${item}'`).join(', ')})`,
  make,
  condition: (column) => `${column} = '${first}' or ${column} = '${second}'`,
  number: (column) => `case when ${column} = '${first}' then 1 else 0 end`,
  values: [`'${first}'`, `'${second}'`],
});

export const integer = number('int', () => p.integer());
export const smallint = number('smallint', () => p.smallint());
export const bigint = number('bigint', () => p.bigint());
export const double = number('double precision', () => p.double());
export const unsigned = number('int unsigned', () => p.integer().unsigned());
export const decimal = (precision: number, scale: number): Kind =>
  number(`decimal(${precision}, ${scale})`, () => p.decimal().precision(precision).scale(scale));
export const varchar = (length: number): Kind => text(`varchar(${length})`, () => p.string().length(length));
export const longText = text('text', () => p.text());
export const character = (length: number): Kind => text(`char(${length})`, () => p.character().length(length));
/** Types of extensions, which the bench creates. */
export const citext = text('citext', () => p.string().columnType('citext'));
export const ltree = other('ltree', ["'11'", "'12'"], () => p.string().columnType('ltree'), 'ltree');
export const extensions: readonly string[] = ['citext', 'ltree'];
export const day = other('moment', ["'2026-01-02'", "'2026-02-03'"], () => p.date(), 'date');
export const moment = (digits?: number): Kind =>
  other(
    'moment',
    ["'2026-01-02 03:04:05'", "'2026-02-03 04:05:06'"],
    () => (digits === undefined ? p.datetime() : p.datetime().length(digits)),
    `timestamptz(${digits ?? 0})`,
  );
export const uuid = other(
  'uuid',
  ["'11111111-1111-4111-8111-111111111111'", "'22222222-2222-4222-8222-222222222222'"],
  () => p.uuid(),
);
export const boolean = other('boolean', ['true', 'false'], () => p.boolean());
export const json = other('json', [`'{"a": 1}'`, `'{"a": 2}'`], () => p.json());

/** An enum that is a check, or the engine's own type on MySQL and MariaDB. */
export const enumeration = (...items: readonly string[]): Kind => oneOf(() => p.enum([...items]), items);
/** An enum type of PostgreSQL. */
export const nativeEnum = (type: string, ...items: readonly string[]): Kind => ({
  ...oneOf(() => p.enum([...items]).nativeEnumName(type), items),
  sql: type,
});
/** An enum whose first value has another name. */
export const renamedEnum = (...items: readonly [string, string, ...string[]]): Kind =>
  oneOf(() => p.enum([...items]), items, items);
export const renamedNativeEnum = (type: string, ...items: readonly [string, string, ...string[]]): Kind => ({
  ...oneOf(() => p.enum([...items]).nativeEnumName(type), items, items),
  sql: type,
});

/** A kind of which nothing is said but what holds for every type. */
export function anyType(kind: Kind): Kind {
  return other(kind.family, kind.values, kind.make, kind.sql);
}
