import { type KeyColumn, type RowBatches, type TablePlace } from '../../session/row-batches.js';
import { postgresSql } from '../lexical-rules.js';

const { quote, text: literal } = postgresSql;

interface Row {
  readonly index: string;
  readonly is_primary: boolean;
  readonly name: string;
  readonly type: string;
  readonly is_nullable: boolean;
}

/**
 * The types whose text depends on a setting of the session, by which another session would misread it. JSON has one form
 * of them.
 */
const DATES = /^(?:date|time|timestamp)\b/;

/** Values are written as texts of their types, which the server itself reads and compares. */
export const postgresRowBatches: RowBatches = {
  async keysOf(session, place) {
    const [found] = await session.query<{ present: boolean }>(`select ${relation(place)} is not null as present`);
    if (found?.present !== true) return undefined;
    const rows = await session.query<Row>(
      `select i.indexrelid::text as index, i.indisprimary as is_primary, a.attname as name,
              format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as is_nullable
         from pg_index i cross join lateral unnest(i.indkey::int2[]) with ordinality as part (attnum, place)
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.attnum
        where i.indrelid = ${relation(place)} and i.indisunique and i.indisvalid
          and i.indpred is null and i.indexprs is null and part.place <= i.indnkeyatts
        order by i.indisprimary desc, i.indexrelid, part.place`,
    );
    return [...new Set(rows.map(({ index }) => index))].map((index) => {
      const own = rows.filter((row) => row.index === index);
      const nullable = own.find(({ is_nullable: isNullable }) => isNullable);
      return {
        isPrimary: own[0]?.is_primary === true,
        columns: own.map(({ name, type }) => ({ name, type })),
        ...(nullable !== undefined && { problem: `'${nullable.name}' may be null` }),
      };
    });
  },
  text: ({ type }, sql) => (DATES.test(type) ? `to_json(${sql}) #>> '{}'` : `${sql}::text`),
  literal: ({ type }: KeyColumn, text) => (text.includes('\0') ? undefined : `${literal(text)}::${type}`),
  comparesRows: true,
  supposedRows: (place) =>
    `select case when reltuples >= 0 then reltuples::bigint::text end from pg_class where oid = ${relation(place)}`,
  lock: ' for update',
  isSteady: false,
};

function relation({ schema, table }: TablePlace): string {
  return `to_regclass(${literal(quote(schema, table))})`;
}
