import { mysqlSql } from '../lexical-rules.js';
import { type IndexColumn } from '../../../operations/operation.js';
import { type CatalogueIndex } from '../../catalogue/catalogue.js';
import { type MySqlVariant } from './catalogue.js';
import { unescapeCatalogueText } from './literals.js';

export interface IndexRow {
  readonly table_name: string;
  readonly name: string;
  readonly non_unique: number | string;
  readonly column_name: string | null;
  readonly sort_order: string | null;
  readonly sub_part: number | string | null;
  readonly index_type: string;
  readonly expression: string | null;
  readonly hidden: number | string;
}

export function indexQuery(names: string, variant: MySqlVariant): string {
  const own =
    variant === 'mysql' ? `expression as expression, is_visible = 'NO'` : `null as expression, ignored = 'YES'`;
  return `select table_name as table_name, index_name as name, non_unique as non_unique, column_name as column_name,
      collation as sort_order, sub_part as sub_part, index_type as index_type, ${own} as hidden
    from information_schema.statistics
    where table_schema = database() and table_name in (${names})
    order by table_name, index_name, seq_in_index`;
}

export function catalogueIndexes(rows: readonly IndexRow[], variant: MySqlVariant): readonly CatalogueIndex[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  return names.map((name) =>
    catalogueIndex(
      name,
      rows.filter((row) => row.name === name),
      variant,
    ),
  );
}

function catalogueIndex(name: string, rows: readonly IndexRow[], variant: MySqlVariant): CatalogueIndex {
  const [first] = rows;
  const names = rows.map((row) => row.column_name ?? '');
  if (name === 'PRIMARY') return { kind: 'primaryKey', name, columns: names };
  const type =
    first?.index_type === 'FULLTEXT' || first?.index_type === 'SPATIAL' ? first.index_type.toLowerCase() : undefined;
  const unique = Number(first?.non_unique) === 0;
  const hidden = Number(first?.hidden) === 1;
  const columns = rows.map((row) => indexColumn(row, type));
  const isPlain = columns.every((column) => Object.keys(column).length === 1);
  if (unique && !hidden && isPlain && rows.every((row) => row.column_name !== null)) {
    return { kind: 'unique', name, columns: names };
  }
  const rest = { ...(unique && { unique }), ...(type !== undefined && { type }), ...(hidden && { invisible: true }) };
  if (rows.every((row) => row.column_name !== null)) return { kind: 'index', index: { name, columns, ...rest } };

  const partial = partialIndex(rows, variant);
  if (partial) return { kind: 'index', index: { name, ...partial, ...rest } };
  const expression = rows
    .map((row) => (row.column_name === null ? `(${expressionOf(row, variant)})` : `\`${row.column_name}\``))
    .join(', ');
  return { kind: 'index', index: { name, columns: [], ...rest, expression } };
}

function indexColumn(
  { column_name: name, sub_part: part, sort_order: sort }: IndexRow,
  type: string | undefined,
): IndexColumn {
  return {
    name: name ?? '',
    ...(sort === 'D' && { sort: 'desc' as const }),
    // in spatial indexes the server lists a prefix length of its own
    ...(part !== null && type === undefined && { length: Number(part) }),
  };
}

function expressionOf({ expression }: IndexRow, variant: MySqlVariant): string {
  const text = expression ?? '';
  return mysqlSql.stripOuterParentheses(variant === 'mysql' ? unescapeCatalogueText(text) : text);
}

/** MikroORM implements a partial index by expressions that are null where the condition does not hold. */
function partialIndex(
  rows: readonly IndexRow[],
  variant: MySqlVariant,
): { readonly columns: readonly IndexColumn[]; readonly where: string } | undefined {
  const parts = rows.map((row) => /^case when (.+) then `([^`]+)` end$/is.exec(expressionOf(row, variant)));
  const [where] = parts.map((part) => part?.[1]);
  if (where === undefined || parts.some((part) => part?.[1] !== where)) return undefined;
  return { columns: parts.map((part) => ({ name: part?.[2] ?? '' })), where: mysqlSql.stripOuterParentheses(where) };
}
