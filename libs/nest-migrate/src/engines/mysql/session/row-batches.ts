import { type KeyColumn, type RowBatches, type TablePlace } from '../../session/row-batches.js';
import { mysqlSql } from '../lexical-rules.js';

const { text: literal } = mysqlSql;

interface Row {
  readonly key_name: string;
  /** Absent in a part that is an expression. */
  readonly column_name: string | null;
  readonly sub_part: number | string | null;
  readonly type: string | null;
  readonly is_nullable: string | null;
}

const NUMBER = /^(?:tinyint|smallint|mediumint|int|bigint|decimal|year)\b/;
const DOUBLE = /^double\b/;
const TEXT = /^(?:char|varchar|tinytext|text|mediumtext|longtext|uuid)\b/;
const BYTES = /^(?:binary|varbinary|tinyblob|blob|mediumblob|longblob)\b/;
const DATE = /^(?:datetime|date|time)\b/;

/**
 * Values are written in a form that does not depend on the session. Types whose values compare with such a form in
 * another order than with each other are refused: an enum (by number, and as a text), a float (less exact than any
 * literal), a timestamp (by the session's time zone), bits.
 */
export const mysqlRowBatches: RowBatches = {
  async keysOf(session, place) {
    const at = (alias: string): string =>
      `${alias}.table_schema = ${databaseOf(place)} and ${alias}.table_name = ${literal(place.table)}`;
    const [found] = await session.query<{ present: number | string }>(
      `select count(*) as present from information_schema.tables t where ${at('t')}`,
    );
    if (Number(found?.present) === 0) return undefined;
    const rows = await session.query<Row>(
      `select s.index_name as key_name, s.column_name as column_name, s.sub_part as sub_part,
              c.column_type as type, c.is_nullable as is_nullable
         from information_schema.statistics s
              left join information_schema.columns c on ${at('c')} and c.column_name = s.column_name
        where ${at('s')} and s.non_unique = 0
        order by s.index_name <> 'PRIMARY', s.index_name, s.seq_in_index`,
    );
    return [...new Set(rows.map(({ key_name: name }) => name))].map((name) => {
      const parts = rows.filter((row) => row.key_name === name);
      const problem = parts.map(problemOf).find((found) => found !== undefined);
      return {
        isPrimary: name === 'PRIMARY',
        columns: parts.map((part) => ({ name: part.column_name ?? '', type: String(part.type).toLowerCase() })),
        ...(problem !== undefined && { problem }),
      };
    });
  },
  text: ({ type }, sql) => {
    if (BYTES.test(type)) return `hex(${sql})`;
    return TEXT.test(type) && !type.startsWith('uuid') ? sql : `cast(${sql} as char)`;
  },
  literal: ({ type }: KeyColumn, text) => {
    if (NUMBER.test(type)) return /^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined;
    if (DOUBLE.test(type)) return /^-?[\d.]+(?:e[-+]?\d+)?$/i.test(text) ? `(${literal(text)} + 0e0)` : undefined;
    if (BYTES.test(type)) return /^(?:[0-9a-f]{2})*$/i.test(text) ? `x'${text}'` : undefined;
    if (DATE.test(type) && !/^-?[\d :.-]+$/.test(text)) return undefined;
    return literal(text);
  },
  // a comparison of several columns at once reads the whole index
  comparesRows: false,
  supposedRows: (place) =>
    `select table_rows from information_schema.tables where table_schema = ${databaseOf(place)} and table_name = ${literal(place.table)}`,
  lock: ' for update',
  isolation: 'set transaction isolation level repeatable read',
  isSteady: true,
};

function problemOf({ column_name: name, sub_part: part, type, is_nullable: isNullable }: Row): string | undefined {
  if (name === null) return 'it has an expression';
  if (part !== null) return `only a part of '${name}' is in it`;
  if (isNullable !== 'NO') return `'${name}' may be null`;
  const known = [NUMBER, DOUBLE, TEXT, BYTES, DATE].some((types) => types.test(String(type).toLowerCase()));
  return known
    ? undefined
    : `a value of '${name}' (${type ?? ''}) can't be written so that it compares as the column does`;
}

function databaseOf({ schema }: TablePlace): string {
  return schema === undefined ? 'database()' : literal(schema);
}
