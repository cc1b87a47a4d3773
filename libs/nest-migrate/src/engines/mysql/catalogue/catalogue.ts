import { literal, quoteEscapedString, unquoteIdentifier } from '../../sql/quoting.js';
import { mysqlSql } from '../lexical-rules.js';
import { type AbstractSqlConnection, type AbstractSqlPlatform } from '@mikro-orm/sql';
import { type CheckDefinition } from '../../../operations/operation.js';
import { type Named, type QualifiedName } from '../../../schema/schema-model.js';
import { type CatalogueColumn, type CatalogueTable } from '../../catalogue/catalogue.js';
import { catalogueForeignKeys, type ForeignKeyRow, foreignKeyQuery } from './catalogue-objects.js';
import { withEveryCharacter, withExactDefaults } from './every-character.js';
import { catalogueIndexes, type IndexRow, indexQuery } from './catalogue-indexes.js';
import { readItems, unescapeCatalogueText } from './literals.js';
import { keptParts, withoutKeptParts } from '../kept-parts.js';
import { catalogueTrigger, readTriggerRows } from './triggers.js';

export type MySqlVariant = 'mysql' | 'mariadb';

interface CatalogueRules {
  readonly variant: MySqlVariant;
  readonly canonicalRule: (rule: string | undefined) => string;
}

interface ColumnRow {
  readonly table_name: string;
  readonly column_name: string;
  readonly column_type: string;
  readonly is_nullable: string;
  readonly column_default: string | null;
  readonly extra: string;
  readonly generation_expression: string | null;
  readonly column_comment: string;
  readonly collation_name: string | null;
  readonly table_collation: string | null;
  /** MySQL alone. */
  readonly srs_id?: number | null;
}

interface CheckRow {
  readonly table_name: string;
  readonly name: string;
  readonly expression: string;
}

/** The tables of the current database, from `information_schema`. */
export async function readMySqlCatalogue(
  connection: AbstractSqlConnection,
  platform: AbstractSqlPlatform,
  tables: readonly QualifiedName[],
  { variant, canonicalRule }: CatalogueRules,
): Promise<readonly CatalogueTable[]> {
  if (tables.length === 0) return [];
  const names = tables.map(({ name }) => literal(platform, name)).join(', ');
  const described = await connection.execute<Omit<ColumnRow, 'table_collation'>[]>(columnQuery(names, variant));
  // joined here: MariaDB opens the tables once for each column otherwise
  const collations = await connection.execute<Pick<ColumnRow, 'table_name' | 'table_collation'>[]>(
    `select table_name as table_name, table_collation as table_collation from information_schema.tables
      where table_schema = database() and table_name in (${names})`,
  );
  const collationOf = new Map(collations.map(({ table_name, table_collation }) => [table_name, table_collation]));
  const shownColumns = described.map((row): ColumnRow => ({
    ...row,
    table_collation: collationOf.get(row.table_name) ?? null,
  }));
  const indexes = await connection.execute<IndexRow[]>(indexQuery(names, variant));
  const foreignKeys = await connection.execute<ForeignKeyRow[]>(foreignKeyQuery(names));
  const shownChecks = await readChecks(connection, names, variant);
  const { columns, checks } = await withTexts(connection, variant, shownColumns, shownChecks);
  const triggers = await readTriggerRows(connection, names);
  const of = <T extends { readonly table_name: string }>(rows: readonly T[], table: string): readonly T[] =>
    rows.filter(({ table_name }) => table_name === table);
  return tables.map(({ name }) => {
    const found = of(checks, name).map((row) => catalogueCheck(row, variant));
    const json = new Set(variant === 'mariadb' ? found.map(jsonColumn) : []);
    return {
      columns: of(columns, name).map((row) => catalogueColumn(row, variant, json)),
      indexes: catalogueIndexes(of(indexes, name), variant),
      checks: found.filter((check) => variant === 'mysql' || jsonColumn(check) === undefined),
      foreignKeys: catalogueForeignKeys(of(foreignKeys, name), canonicalRule),
      triggers: of(triggers, name).map(catalogueTrigger),
    };
  });
}

/** The catalogue of MariaDB lacks characters of expressions, MySQL's of plain defaults. */
async function withTexts(
  connection: AbstractSqlConnection,
  variant: MySqlVariant,
  columns: readonly ColumnRow[],
  checks: readonly CheckRow[],
): Promise<{ readonly columns: readonly ColumnRow[]; readonly checks: readonly CheckRow[] }> {
  if (variant === 'mariadb') return withEveryCharacter(connection, columns, checks);
  // the default of an enum is an item as the server keeps it
  const isPlain = (row: ColumnRow): boolean =>
    !isExpression(row) && !isBinary(row) && readItems(row.column_type) === undefined;
  return { checks, columns: await withExactDefaults(connection, columns, isPlain) };
}

function columnQuery(names: string, variant: MySqlVariant): string {
  return `select c.table_name as table_name, c.column_name as column_name, c.column_type as column_type,
      c.is_nullable as is_nullable, c.column_default as column_default, c.extra as extra,
      c.generation_expression as generation_expression, c.column_comment as column_comment,
      c.collation_name as collation_name${variant === 'mysql' ? ', c.srs_id as srs_id' : ''}
    from information_schema.columns c
    where c.table_schema = database() and c.table_name in (${names})
    order by c.table_name, c.ordinal_position`;
}

async function readChecks(
  connection: AbstractSqlConnection,
  names: string,
  variant: MySqlVariant,
): Promise<readonly CheckRow[]> {
  if (variant === 'mariadb') {
    // a check in the definition of a column has no name by which it could be dropped, and goes with the column
    return connection.execute<CheckRow[]>(
      `select table_name as table_name, constraint_name as name, check_clause as expression
        from information_schema.check_constraints
        where constraint_schema = database() and table_name in (${names})
          and (level = 'Table' or check_clause like 'json_valid(%') order by table_name, constraint_name`,
    );
  }
  // joined here: MySQL takes seconds to join the two, where a server has some thousand tables
  const expressions = await connection.execute<Omit<CheckRow, 'table_name'>[]>(
    `select constraint_name as name, check_clause as expression from information_schema.check_constraints
      where constraint_schema = database()`,
  );
  const owners = await connection.execute<Omit<CheckRow, 'expression'>[]>(
    `select table_name as table_name, constraint_name as name from information_schema.table_constraints
      where constraint_schema = database() and constraint_type = 'CHECK' and table_name in (${names})
      order by table_name, constraint_name`,
  );
  const byName = new Map(expressions.map(({ name, expression }) => [name, expression]));
  return owners.flatMap(({ table_name, name }) => {
    const expression = byName.get(name);
    return expression === undefined ? [] : [{ table_name, name, expression }];
  });
}

function catalogueColumn(
  row: ColumnRow,
  variant: MySqlVariant,
  json: ReadonlySet<string | undefined>,
): CatalogueColumn {
  const isJson = json.has(row.column_name);
  const type = isJson ? 'json' : typeOf(row);
  const items = readItems(type);
  const collation = row.collation_name ?? undefined;
  const [, compressed] = /\/\*M!\d+ (compressed)\*\//i.exec(row.column_type) ?? [];
  const own = row.extra
    .replace(/auto_increment|default_generated|(?:stored|virtual|persistent) generated/gi, '')
    .trim();
  const extra = [
    withoutKeptParts(own)
      .replace(/^,\s*/, '')
      .replace(/^on update .*/i, (text) => text.toLowerCase()),
    ...keptParts(`${own} ${compressed ?? ''}`),
  ]
    .filter((part) => part !== '')
    .join(' ');
  return {
    name: row.column_name,
    type: type.replace(/\s+unsigned\b/i, ''),
    nullable: row.is_nullable === 'YES',
    defaultSql: defaultOf(row, variant),
    autoincrement: /\bauto_increment\b/i.test(row.extra),
    unsigned: /\sunsigned\b/i.test(type),
    generated: generatedOf(row, variant),
    comment: row.column_comment === '' ? undefined : row.column_comment,
    // MariaDB keeps JSON in a binary collation that no one asked for
    collation: isJson || collation === row.table_collation ? undefined : collation,
    extra: extra === '' ? undefined : extra,
    ...(items && { items }),
  };
}

/** With the spatial reference system, which belongs to the type, and without the comments of MariaDB. */
function typeOf({ column_type, srs_id }: ColumnRow): string {
  const type = column_type.replace(/\s*\/\*M!.*?\*\//g, '');
  return srs_id == null ? type : `${type} srid ${srs_id}`;
}

/** MariaDB returns the default as SQL. MySQL returns a value without quotes, and an expression as SQL. */
function defaultOf(row: ColumnRow, variant: MySqlVariant): string | undefined {
  const text = row.column_default;
  if (text === null || row.generation_expression) return undefined;
  if (variant === 'mariadb') return text === 'NULL' ? undefined : text;
  if (isExpression(row)) {
    const sql = unescapeCatalogueText(text);
    return /^(?:current_timestamp|now)\b|^'/i.test(sql) ? sql : `(${mysqlSql.stripOuterParentheses(sql)})`;
  }
  if (/^(?:b'|0x)/.test(text) && isBinary(row)) return text;
  return quoteEscapedString(text);
}

function isExpression({ extra }: ColumnRow): boolean {
  return /\bdefault_generated\b/i.test(extra);
}

function isBinary({ column_type: type }: ColumnRow): boolean {
  return /^(?:bit|binary|varbinary)\b/i.test(type);
}

function generatedOf(row: ColumnRow, variant: MySqlVariant): string | undefined {
  if (!row.generation_expression) return undefined;
  const sql = variant === 'mysql' ? unescapeCatalogueText(row.generation_expression) : row.generation_expression;
  return `(${mysqlSql.stripOuterParentheses(sql)}) ${/stored/i.test(row.extra) ? 'stored' : 'virtual'}`;
}

function catalogueCheck(row: CheckRow, variant: MySqlVariant): Named<CheckDefinition> {
  const sql = variant === 'mysql' ? unescapeCatalogueText(row.expression) : row.expression;
  return { name: row.name, expression: mysqlSql.stripOuterParentheses(sql) };
}

/** The column that MariaDB's own check turns into a JSON column. */
function jsonColumn({ name, expression }: Named<CheckDefinition>): string | undefined {
  const column = /^json_valid\((`(?:[^`]|``)+`)\)$/i.exec(expression)?.[1];
  return column !== undefined && unquoteIdentifier(column) === name ? name : undefined;
}
