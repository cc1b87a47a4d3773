import { type RowBatches, type TablePlace } from '../../session/row-batches.js';
import { text } from '../ddl/live-table.js';
import { sqliteSql } from '../lexical-rules.js';

interface Row {
  readonly origin: string;
  readonly index: string | null;
  readonly name: string | null;
  readonly type: string;
  readonly collation: string | null;
  readonly is_nullable: number;
}

/**
 * A column takes values of any type, so each value is kept with its own: `integer 7`, `text 37`, whose text is in
 * hexadecimal, as that of a blob.
 */
const KEPT = /^(?:(integer) (-?\d+)|(real) (-?[\d.]+(?:e[-+]?\d+)?|-?Inf)|(text|blob) ((?:[0-9A-F]{2})*))$/;

export const sqliteRowBatches: RowBatches = {
  async keysOf(session, place) {
    const columns = await session.query<Row & { pk: number }>(
      `select name, type, "notnull" = 0 as is_nullable, pk from pragma_table_info(${own(place)}) order by pk`,
    );
    if (columns.length === 0) return undefined;
    const keyOf = (names: readonly (string | null)[], isPrimary: boolean, problem?: string) => {
      const known = names.map((name) => columns.find((column) => column.name === name));
      // a primary key of one integer is the number of the row, which is never null
      const isNumber = isPrimary && names.length === 1 && /^integer$/i.test(known[0]?.type ?? '');
      const nullable = isNumber ? undefined : known.find((column) => column === undefined || column.is_nullable === 1);
      const why = problem ?? (nullable === undefined ? undefined : `'${nullable.name ?? ''}' may be null`);
      return {
        isPrimary,
        columns: known.map((column, at) => ({ name: names[at] ?? '', type: column?.type ?? '' })),
        ...(why !== undefined && { problem: why }),
      };
    };
    const primary = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
    const indexes = await session.query<Row>(
      `select l.name as "index", l.origin, c.name, c.coll as collation
         from pragma_index_list(${own(place)}) l, pragma_index_xinfo(l.name${schemaOf(place)}) c
        where l."unique" = 1 and l.partial = 0 and c.key = 1 order by l.seq, c.seqno`,
    );
    const others = [...new Set(indexes.filter(({ origin }) => origin !== 'pk').map(({ index }) => index))];
    return [
      ...(primary.length === 0 ? [] : [keyOf(primary, true)]),
      ...others.map((index) => {
        const parts = indexes.filter((row) => row.index === index);
        const isComputed = parts.some(({ name }) => name === null);
        return keyOf(
          parts.map(({ name }) => name),
          false,
          isComputed ? 'it has an expression' : undefined,
        );
      }),
    ];
  },
  text: (_, sql) =>
    `case typeof(${sql}) when 'integer' then 'integer ' || ${sql} when 'real' then 'real ' || printf('%!.17g', ${sql}) ` +
    `else typeof(${sql}) || ' ' || hex(${sql}) end`,
  literal: (_, kept) => {
    const [, integer, digits, real, number, , hex = ''] = KEPT.exec(kept) ?? [];
    if (integer !== undefined) return digits === '-9223372036854775808' ? '(-9223372036854775807 - 1)' : digits;
    if (real !== undefined) return (number ?? '').replace('Inf', '9e999');
    if (kept.startsWith('text ')) return KEPT.test(kept) ? `cast(x'${hex}' as text)` : undefined;
    return KEPT.test(kept) ? `x'${hex}'` : undefined;
  },
  shown: (kept) => {
    const [type, value = ''] = kept.split(' ');
    if (type === 'blob') return `x'${value}'`;
    return type === 'text' ? Buffer.from(value, 'hex').toString() : value;
  },
  comparesRows: true,
  supposedRows: (place) => `select count(*) from ${sqliteSql.quote(place.schema, place.table)}`,
  lock: '',
  isSteady: true,
};

function own(place: TablePlace): string {
  return `${text(place.table)}${schemaOf(place)}`;
}

function schemaOf({ schema }: TablePlace): string {
  return schema === undefined ? '' : `, ${text(schema)}`;
}
