import { type DescribedObject, type ReadingSession } from '../../fingerprint/schema-description.js';
import { plainName, unlessDenied } from './shown-statement.js';

interface GrantRow {
  readonly kind: string;
  readonly object_name: string;
  readonly column_name: string | null;
  readonly grantee: string;
  readonly privileges: string;
}

/**
 * What roles may do with tables, columns and routines of the database; `undefined` where this role may not see it: the
 * information schema tells everybody of their own rights alone. Rights outlive what they are for, so those to nothing
 * are left out.
 */
export async function describeGrants(
  session: ReadingSession,
  tables: ReadonlySet<string>,
): Promise<readonly DescribedObject[] | undefined> {
  const grantee = `case host when '' then user else concat(user, '@', host) end`;
  const rows = await unlessDenied(
    session.query<GrantRow>(
      `select 'table' as kind, table_name as object_name, null as column_name, ${grantee} as grantee, table_priv as privileges
          from mysql.tables_priv where db = database() and table_priv <> ''
        union all select 'table', p.table_name, p.column_name, case p.host when '' then p.user else concat(p.user, '@', p.host) end, p.column_priv
          from mysql.columns_priv p join information_schema.columns c
            on c.table_schema = database() and c.table_name = p.table_name and c.column_name = p.column_name
          where p.db = database()
        union all select lower(routine_type), routine_name, null, ${grantee}, proc_priv
          from mysql.procs_priv where db = database()`,
    ),
  );
  return rows
    ?.filter(({ kind, object_name: name }) => kind !== 'table' || tables.has(name))
    .map(({ kind, object_name: name, column_name: column, grantee: role, privileges }) => ({
      object: `${kind} ${plainName(name)}${column === null ? '' : ` column ${plainName(column)}`} grant to ${role}`,
      definition: privileges.toUpperCase().split(',').sort().join(', '),
    }));
}
