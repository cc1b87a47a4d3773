import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type HiddenKind, type ListedGrant } from '../../catalogue/catalogue.js';

/** The privileges of which one is enough to see that an object exists. */
const needed: Readonly<Record<HiddenKind | 'event', readonly string[]>> = {
  trigger: ['TRIGGER'],
  routine: ['EXECUTE', 'CREATE ROUTINE', 'ALTER ROUTINE', 'SHOW_ROUTINE'],
  event: ['EVENT'],
};

/**
 * `information_schema` has no rows for objects that the user has no right to. It does not show the rights of a role.
 */
export async function listHidden(connection: AbstractSqlConnection): Promise<readonly HiddenKind[]> {
  return hiddenOf(['trigger', 'routine'], (sql) => connection.execute<RightRow[]>(sql));
}

interface RightRow {
  readonly right_to: string | null;
  readonly role: string | null;
}

/** Those of the kinds that are hidden from the user who sends the query. */
export async function hiddenOf<Kind extends keyof typeof needed>(
  kinds: readonly Kind[],
  query: (sql: string) => Promise<readonly RightRow[]>,
): Promise<readonly Kind[]> {
  const rows = await query(
    `select privilege_type as right_to, current_role() as role from information_schema.user_privileges
      union select privilege_type, null from information_schema.schema_privileges where database() like table_schema
      union select privilege_type, null from information_schema.table_privileges where table_schema = database()`,
  );
  if (rows.some(({ role }) => role !== null && role !== '' && role !== 'NONE')) return [];
  const rights = new Set(rows.map(({ right_to }) => right_to));
  return kinds.filter((kind) => !needed[kind].some((right) => rights.has(right)));
}

/** The rights to tables and columns of the current database, which stay with a name when its object gets another. */
export async function listMySqlGrants(connection: AbstractSqlConnection): Promise<readonly ListedGrant[]> {
  const rows = await connection.execute<{ table_name: string; column_name: string | null; grantee: string }[]>(
    `select table_name as table_name, null as column_name, grantee as grantee
        from information_schema.table_privileges where table_schema = database()
      union select table_name, column_name, grantee from information_schema.column_privileges
        where table_schema = database()
      order by 1, 2, 3`,
  );
  return rows.map(({ table_name: name, column_name: column, grantee }) => ({
    table: { name },
    ...(column !== null && { column }),
    grantee,
  }));
}
