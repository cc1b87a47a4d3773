import { type Renaming } from '../../catalogue/catalogue.js';
import { quoteIdentifier } from '../../sql/quoting.js';
import { mysqlSql } from '../lexical-rules.js';

/** Sends a query. */
export type Query = <Row>(sql: string) => Promise<readonly Row[]>;

/** A right to a table or to one of its columns. */
interface Right {
  readonly grantee: string;
  /** `null` where it is a right to the table. */
  readonly name: string | null;
  readonly privilege: string;
  readonly grantable: string;
}

/** Whether this user may pass on rights to the tables of the current database: it says so of the user, and not of a role. */
export async function passesRightsOn(query: Query): Promise<boolean> {
  const [row] = await query<{ count: number | string }>(
    `select ${['user', 'schema']
      .map(
        (kind) =>
          `(select count(*) from information_schema.${kind}_privileges where grantee = ${OWN_GRANTEE} and is_grantable = 'YES'${
            kind === 'schema' ? ' and database() like table_schema' : ''
          })`,
      )
      .join(' + ')} as count`,
  );
  return Number(row?.count) > 0;
}

/** This user, as the information schema writes a grantee. */
export const OWN_GRANTEE = `concat('''', left(current_user(), char_length(current_user()) - char_length(substring_index(current_user(), '@', -1)) - 1),
  '''@''', substring_index(current_user(), '@', -1), '''')`;

/** The statements that give those who have rights to the old name the same to the new one, and then take the old ones. */
export async function carriedRights(
  query: Query,
  table: string,
  renamings: readonly Renaming[],
): Promise<readonly string[]> {
  const renamed = renamings.find(({ kind }) => kind === 'table');
  const columns = renamings.filter(({ kind }) => kind === 'column');
  const old = renamed?.from ?? table;
  const rights = await rightsTo(query, old);
  const after = (name: string): string | undefined =>
    columns.find(({ from }) => from.toLowerCase() === name.toLowerCase())?.to;
  const moved = rights.filter(({ name }) => renamed !== undefined || (name !== null && after(name) !== undefined));
  if (moved.length === 0 || !(await passesRightsOn(query))) return [];
  return [...new Set(moved.map(({ grantee }) => grantee))].flatMap((grantee) => {
    const own = moved.filter((right) => right.grantee === grantee);
    const isGrantable = renamed !== undefined && own.some(({ grantable }) => grantable === 'YES');
    const [given, taken] = [own.map(({ name, ...right }) => ({ ...right, name: name && (after(name) ?? name) })), own];
    const place = (name: string, list: readonly Right[], more = ''): string =>
      `${[...list.map(written), more].filter((part) => part !== '').join(', ')} on ${quote(name)}`;
    return [
      `grant ${place(renamed?.to ?? table, given)} to ${account(grantee)}${isGrantable ? ' with grant option' : ''}`,
      `revoke ${place(old, taken, isGrantable ? 'grant option' : '')} from ${account(grantee)}`,
    ];
  });
}

async function rightsTo(query: Query, table: string): Promise<readonly Right[]> {
  const of = `table_schema = database() and table_name = ${mysqlSql.text(table)} and privilege_type <> 'USAGE'`;
  return query<Right>(
    `select grantee as grantee, null as name, privilege_type as privilege, is_grantable as grantable
        from information_schema.table_privileges where ${of}
      union all select grantee, column_name, privilege_type, is_grantable from information_schema.column_privileges where ${of}
      order by 1, 2, 3`,
  );
}

function written({ privilege, name }: Right): string {
  return name === null ? privilege : `${privilege} (${quote(name)})`;
}

/** An account as statements name it; a role of MariaDB has no host. */
function account(grantee: string): string {
  const [, user = grantee, host = ''] = /^'(.*)'@'([^']*)'$/s.exec(grantee) ?? [];
  return host === '' ? quote(user) : `${quote(user)}@${quote(host)}`;
}

function quote(name: string): string {
  return quoteIdentifier(name, '`');
}
