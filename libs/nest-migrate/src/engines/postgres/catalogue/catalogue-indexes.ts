import { postgresSql } from '../lexical-rules.js';
import { type IndexColumn } from '../../../operations/operation.js';
import { type CatalogueIndex } from '../../catalogue/catalogue.js';

interface IndexColumnRow {
  /** Absent for an expression. */
  readonly name: string | null;
  /** Bit 1: descending, bit 2: nulls first. */
  readonly option: number | null;
  readonly collation: string | null;
  /** False where an operator class was chosen, which no operation can express. */
  readonly plain: boolean | null;
}

export interface IndexRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly name: string;
  readonly is_unique: boolean;
  readonly constraint_kind: string | null;
  readonly deferrable: boolean | null;
  readonly deferred: boolean | null;
  readonly method: string;
  readonly options: readonly string[] | string | null;
  readonly definition: string;
  readonly predicate: string | null;
  readonly key_count: number;
  readonly columns: readonly IndexColumnRow[] | string;
}

export function indexQuery(filter: string): string {
  return `select n.nspname as schema_name, c.relname as table_name, i.relname as name, ix.indisunique as is_unique,
      con.contype as constraint_kind, con.condeferrable as deferrable, con.condeferred as deferred,
      am.amname as method, array_to_string(i.reloptions, ',') as options, pg_get_indexdef(i.oid) as definition,
      pg_get_expr(ix.indpred, ix.indrelid) as predicate, ix.indnkeyatts::int as key_count,
      (select json_agg(json_build_object(
          'name', a.attname, 'option', ix.indoption[k.n - 1],
          'collation', case when ix.indcollation[k.n - 1] not in (0, coalesce(a.attcollation, 0)) then co.collname end,
          'plain', coalesce(opc.opcdefault, true)) order by k.n)
        from generate_series(1, ix.indnatts) as k(n)
        left join pg_attribute a on a.attrelid = ix.indrelid and a.attnum = ix.indkey[k.n - 1]
        left join pg_collation co on co.oid = ix.indcollation[k.n - 1]
        left join pg_opclass opc on opc.oid = ix.indclass[k.n - 1]) as columns
    from pg_index ix
    join pg_class i on i.oid = ix.indexrelid
    join pg_class c on c.oid = ix.indrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_am am on am.oid = i.relam
    left join pg_constraint con on con.conindid = ix.indexrelid and con.conrelid = ix.indrelid
      and con.contype in ('p', 'u', 'x')
    where ${filter} and con.contype is distinct from 'x'
    order by n.nspname, c.relname, i.relname`;
}

export function catalogueIndex(row: IndexRow): CatalogueIndex {
  const columns = typeof row.columns === 'string' ? (JSON.parse(row.columns) as IndexColumnRow[]) : row.columns;
  const keys = columns.slice(0, row.key_count);
  const names = keys.map(({ name }) => name ?? '');
  if (row.constraint_kind === 'p') return { kind: 'primaryKey', name: row.name, columns: names };
  if (row.constraint_kind === 'u') {
    const deferMode = row.deferrable === true ? (row.deferred === true ? 'deferred' : 'immediate') : undefined;
    return { kind: 'unique', name: row.name, columns: names, ...(deferMode && { deferMode }) };
  }
  const unique = row.is_unique ? { unique: true } : {};
  const options = String(row.options ?? '');
  const hasOthers = options.split(',').some((option) => option !== '' && !option.startsWith('fillfactor='));
  if (hasOthers || keys.some(({ name, plain }) => name === null || plain === false)) {
    return { kind: 'index', index: { name: row.name, columns: [], ...unique, expression: row.definition } };
  }
  const fillFactor = /fillfactor=(\d+)/.exec(options)?.[1];
  const include = columns.slice(row.key_count).map(({ name }) => name ?? '');
  return {
    kind: 'index',
    index: {
      name: row.name,
      columns: keys.map(indexColumn),
      ...unique,
      ...(row.method !== 'btree' && { type: row.method }),
      ...(row.predicate !== null && { where: postgresSql.stripOuterParentheses(row.predicate) }),
      ...(include.length > 0 && { include }),
      ...(fillFactor !== undefined && { fillFactor: Number(fillFactor) }),
    },
  };
}

function indexColumn({ name, option, collation }: IndexColumnRow): IndexColumn {
  const descending = ((option ?? 0) & 1) !== 0;
  const nullsFirst = ((option ?? 0) & 2) !== 0;
  return {
    name: name ?? '',
    ...(descending && { sort: 'desc' as const }),
    ...(nullsFirst !== descending && { nulls: nullsFirst ? ('first' as const) : ('last' as const) }),
    ...(collation !== null && { collation }),
  };
}
