import { quoteIdentifier } from '../../sql/quoting.js';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type ForeignKeyDefinition, type Rule } from '../../../operations/operation.js';
import { type Named, type Unreadable } from '../../../schema/schema-model.js';
import { queryWithEveryCharacter } from './every-character.js';
import {
  type ListedForeignKey,
  type ListedTable,
  type ListedView,
  type UnsaidPart,
} from '../../catalogue/catalogue.js';

/** The tables of the current database, including those with system versioning (MariaDB), but no views. */
export async function listMySqlTables(connection: AbstractSqlConnection): Promise<readonly ListedTable[]> {
  interface Row {
    readonly table_name: string;
    readonly comment: string;
    readonly collation: string | null;
    readonly options: string | null;
    readonly type: string;
  }
  const rows = await connection.execute<Row[]>(
    `select table_name as table_name, table_comment as comment, table_collation as collation, create_options as options,
        table_type as type
      from information_schema.tables
      where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED') order by table_name`,
  );
  return rows.map((row) => {
    const unreadable = whyUnreadable(row);
    return {
      name: row.table_name,
      ...(row.comment !== '' && { comment: row.comment }),
      ...(row.collation !== null && { collation: row.collation }),
      ...(unreadable && { unreadable }),
    };
  });
}

function whyUnreadable({
  type,
  options,
}: {
  readonly type: string;
  readonly options: string | null;
}): Unreadable | undefined {
  if (type === 'SYSTEM VERSIONED') return { why: 'has system versioning' };
  return /\bpartitioned\b/i.test(options ?? '') ? { why: 'has partitions' } : undefined;
}

/** The views of the current database. The server hides the query of a view from users without `show view`. */
export async function listMySqlViews(connection: AbstractSqlConnection): Promise<readonly ListedView[]> {
  interface Row {
    readonly name: string;
    readonly home: string;
    readonly definition: string | null;
  }
  const rows = await connection.execute<Row[]>(
    `select table_name as name, view_definition as definition, database() as home
      from information_schema.views where table_schema = database() order by table_name`,
  );
  const views: ListedView[] = [];
  for (const { name, home, definition } of rows) {
    const known =
      definition !== null && definition !== ''
        ? { definition: await queryWithEveryCharacter(connection, name, withoutDatabase(definition, home)) }
        : { unreadable: { why: 'this user may not see the query of (grant show view)' } };
    views.push({ name, materialized: false, ...known });
  }
  return views;
}

/**
 * The definition without the database, which the server writes before every name: a revision also runs on databases
 * with other names.
 */
function withoutDatabase(definition: string, database: string): string {
  const qualifier = `${quoteIdentifier(database, '`')}.`;
  return definition
    .split(/('(?:[^'\\]|\\.|'')*')/g)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(qualifier, '')))
    .join('');
}

export interface ForeignKeyRow {
  readonly table_name: string;
  readonly name: string;
  readonly column_name: string;
  readonly referenced_table: string;
  readonly referenced_column: string;
  readonly update_rule: string;
  readonly delete_rule: string;
}

/** Every foreign key of the current database that this user may see. */
export async function listMySqlForeignKeys(
  connection: AbstractSqlConnection,
  canonicalRule: (rule: string | undefined) => string,
): Promise<readonly ListedForeignKey[]> {
  const rows = await connection.execute<ForeignKeyRow[]>(foreignKeyQuery());
  return [...new Set(rows.map(({ table_name }) => table_name))].flatMap((name) =>
    catalogueForeignKeys(
      rows.filter(({ table_name }) => table_name === name),
      canonicalRule,
    ).map((key) => ({ table: { name }, key })),
  );
}

/** The checks that are not enforced, which no operation says. MySQL alone has them. */
export async function listMySqlUnsaid(connection: AbstractSqlConnection): Promise<readonly UnsaidPart[]> {
  const rows = await connection.execute<{ table_name: string; name: string }[]>(
    `select table_name as table_name, constraint_name as name from information_schema.table_constraints
      where table_schema = database() and constraint_type = 'CHECK' and enforced = 'NO'`,
  );
  return rows.map(({ table_name, name }) => ({ table: { name: table_name }, name, what: 'not enforced' }));
}

/** @param names The tables, as a list of literals; absent: all. */
export function foreignKeyQuery(names?: string): string {
  return `select k.table_name as table_name, k.constraint_name as name, k.column_name as column_name,
      k.referenced_table_name as referenced_table, k.referenced_column_name as referenced_column,
      r.update_rule as update_rule, r.delete_rule as delete_rule
    from information_schema.key_column_usage k
    join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
      and r.constraint_name = k.constraint_name and r.table_name = k.table_name
    where k.table_schema = database()${names === undefined ? '' : ` and k.table_name in (${names})`}
      and k.referenced_column_name is not null
    order by k.table_name, k.constraint_name, k.ordinal_position`;
}

export function catalogueForeignKeys(
  rows: readonly ForeignKeyRow[],
  canonicalRule: (rule: string | undefined) => string,
): readonly Named<ForeignKeyDefinition>[] {
  const rule = (text: string): Rule | undefined => {
    const canonical = canonicalRule(text.toLowerCase());
    return canonical === canonicalRule(undefined) ? undefined : (canonical as Rule);
  };
  return [...new Set(rows.map(({ name }) => name))].map((name) => {
    const parts = rows.filter((row) => row.name === name);
    const [first] = parts;
    const deleteRule = rule(first?.delete_rule ?? '');
    const updateRule = rule(first?.update_rule ?? '');
    return {
      name,
      columns: parts.map(({ column_name }) => column_name),
      referencedTable: first?.referenced_table ?? '',
      referencedColumns: parts.map(({ referenced_column }) => referenced_column),
      ...(deleteRule && { deleteRule }),
      ...(updateRule && { updateRule }),
    };
  });
}
