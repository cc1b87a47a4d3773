import { type AbstractSqlConnection, type DatabaseTable } from '@mikro-orm/sql';
import { type PolicyDefinition } from '../../../operations/operation.js';
import { type TableSecurity } from '../../../schema/schema-model.js';

interface SecurityRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  /** Absent where the table has no policy. */
  readonly name: string | null;
  readonly command: string;
  readonly permissive: boolean;
  readonly roles: readonly string[] | null;
  readonly using: string | null;
  readonly check: string | null;
}

/** The row-level security of the tables that have any, by schema and name of the table. */
export async function readSecurity(
  connection: AbstractSqlConnection,
  filter: string,
): Promise<ReadonlyMap<string, TableSecurity>> {
  const rows = await connection.execute<SecurityRow[]>(
    `select n.nspname as schema_name, c.relname as table_name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      p.polname as name, p.polcmd as command, p.polpermissive as permissive,
      case when p.polroles <> '{0}' then
        (select json_agg(case when role = 0 then 'public' else pg_get_userbyid(role) end) from unnest(p.polroles) role)
      end as roles,
      pg_get_expr(p.polqual, p.polrelid) as "using", pg_get_expr(p.polwithcheck, p.polrelid) as "check"
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_policy p on p.polrelid = c.oid
    where ${filter} and (c.relrowsecurity or c.relforcerowsecurity or p.oid is not null)
    order by n.nspname, c.relname, p.polname`,
  );
  const found = new Map<string, TableSecurity>();
  for (const row of rows) {
    const key = JSON.stringify([row.schema_name, row.table_name]);
    const policies = [
      ...(found.get(key)?.policies ?? []),
      ...(row.name === null ? [] : [{ name: row.name, definition: definitionOf(row) }]),
    ];
    found.set(key, { level: row.enabled && row.forced ? 'force' : row.enabled, policies });
  }
  return found;
}

const commands: Readonly<Record<string, PolicyDefinition['command']>> = {
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
};

function definitionOf({ command, permissive, roles, using, check }: SecurityRow): PolicyDefinition {
  const only = commands[command];
  return {
    ...(only !== undefined && { command: only }),
    ...(!permissive && { type: 'restrictive' as const }),
    ...(roles !== null && { roles }),
    ...(using !== null && { using }),
    ...(check !== null && { check }),
  };
}

/** The row-level security that an entity declares. */
export function declaredSecurity(table: DatabaseTable): TableSecurity | undefined {
  const { rlsEnabled, rlsForced } = table;
  const declared = table.getPolicies();
  if (!rlsEnabled && !rlsForced && declared.length === 0) return undefined;
  return {
    level: rlsEnabled && rlsForced ? 'force' : rlsEnabled,
    policies: declared.map(({ name, command, type, roles, using, check }) => ({
      name,
      definition: {
        ...(command !== 'all' && { command }),
        ...(type === 'restrictive' && { type }),
        ...(roles.length > 0 && !(roles.length === 1 && roles[0] === 'public') && { roles }),
        ...(using !== undefined && using !== '' && { using: String(using) }),
        ...(check !== undefined && check !== '' && { check: String(check) }),
      },
    })),
  };
}
