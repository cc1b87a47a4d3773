import { quoteIdentifier } from '../../sql/quoting.js';
import { mysqlSql } from '../lexical-rules.js';
import { withoutQualifier } from '../scratch-qualifiers.js';
import { OWN_GRANTEE, type Query } from './carried-rights.js';

/** A view or a trigger that this user may create again as it is. */
export interface Follower {
  readonly name: string;
  /** Its statement, as the server shows it. */
  readonly statement: string;
  /** The settings of the session that created it, which belong to it, where they are others than this session's own. */
  readonly settings: readonly { readonly variable: string; readonly value: string; readonly own: string }[];
}

export interface TriggerFollower extends Follower {
  readonly table: string;
  /** Whether it has this user's rights, so that only this user, or one who may do more, can have created it. */
  readonly isOwn: boolean;
  /** When it fires. Those of one event are in the order in which they fire. */
  readonly event: string;
}

/** What may have to follow a rename, as the server has it. */
export interface Followers {
  readonly views: readonly Follower[];
  readonly triggers: readonly TriggerFollower[];
}

/**
 * The views that name one of the tables, and the triggers of a table.
 *
 * @param scope Absent: all of the database.
 */
export async function readFollowers(
  query: Query,
  scope?: { readonly named: readonly string[]; readonly triggersOf?: string },
): Promise<Followers> {
  const [session] = await query<Session>(
    `select database() as name, current_user() as user, @@sql_mode as sql_mode, @@collation_connection as collation_connection`,
  );
  if (session === undefined) return { views: [], triggers: [] };
  const may = await rightsOf(query);
  const isOurs = ({ definer }: Listed): boolean => definer === session.user || may.setDefiners;
  const views: Follower[] = [];
  for (const listed of await query<Listed>(
    `select table_name as name, definer as definer, view_definition as text from information_schema.views
      where table_schema = database() order by 1`,
  )) {
    const isNamed = scope?.named.some((name) => mysqlSql.mentions(listed.text ?? '', name)) !== false;
    const follower =
      isNamed && may.createViews && isOurs(listed) ? await shown(query, 'view', listed, session) : undefined;
    if (follower !== undefined) views.push(follower);
  }
  const triggers: TriggerFollower[] = [];
  if (scope !== undefined && scope.triggersOf === undefined) return { views, triggers };
  const ofTable = scope?.triggersOf === undefined ? '' : ` and event_object_table = ${mysqlSql.text(scope.triggersOf)}`;
  for (const listed of await query<Listed & Pick<TriggerFollower, 'table' | 'event'>>(
    `select trigger_name as name, definer as definer, event_object_table as \`table\`,
        concat(action_timing, ' ', event_manipulation) as event
      from information_schema.triggers where trigger_schema = database()${ofTable}
      order by event_object_table, action_timing, event_manipulation, action_order`,
  )) {
    const follower = may.createTriggers && isOurs(listed) ? await shown(query, 'trigger', listed, session) : undefined;
    if (follower === undefined) continue;
    const { table, event, definer } = listed;
    triggers.push({ ...follower, table, event, isOwn: definer === session.user });
  }
  return { views, triggers };
}

interface Session {
  readonly name: string;
  readonly user: string;
  readonly sql_mode: string;
  readonly collation_connection: string;
}

/** What this user may create: a run that finds out only behind the rename has left the rest with the old name. */
async function rightsOf(
  query: Query,
): Promise<Readonly<Record<'createViews' | 'createTriggers' | 'setDefiners', boolean>>> {
  const own = `privilege_type as privilege from information_schema`;
  const rows = await query<{ privilege: string }>(
    `select ${own}.user_privileges where grantee = ${OWN_GRANTEE}
      union select ${own}.schema_privileges where grantee = ${OWN_GRANTEE} and database() like table_schema
      union select ${own}.table_privileges where grantee = ${OWN_GRANTEE} and table_schema = database()`,
  );
  const rights = new Set(rows.map(({ privilege }) => privilege));
  const variables = await query<{ Variable_name: string; Value: string }>(
    `show variables where variable_name in ('log_bin', 'log_bin_trust_function_creators')`,
  );
  const isOn = (name: string): boolean => variables.some((one) => one.Variable_name === name && one.Value === 'ON');
  return {
    createViews: rights.has('CREATE VIEW') && rights.has('DROP'),
    // a server with a log of changes asks for more, unless it trusts those who create
    createTriggers:
      rights.has('TRIGGER') && (rights.has('SUPER') || !isOn('log_bin') || isOn('log_bin_trust_function_creators')),
    setDefiners: ['SUPER', 'SET_ANY_DEFINER', 'SET_USER_ID', 'SET USER'].some((right) => rights.has(right)),
  };
}

interface Listed {
  readonly name: string;
  readonly definer: string;
  readonly text?: string | null;
}

/** `undefined` where this user may not see the statement, or it is in an encoding that this session does not have. */
async function shown(
  query: Query,
  kind: 'view' | 'trigger',
  { name }: Listed,
  session: Session,
): Promise<Follower | undefined> {
  const [row] = await query<Readonly<Record<string, string | null>>>(
    `show create ${kind} ${quoteIdentifier(name, '`')}`,
  ).catch(() => []);
  const statement = row?.[kind === 'view' ? 'Create View' : 'SQL Original Statement'];
  if (row === undefined || statement == null || !/^utf8/.test(row['character_set_client'] ?? 'utf8')) return undefined;
  const settings = (['sql_mode', 'collation_connection'] as const).flatMap((variable) => {
    const [value, own] = [row[variable], session[variable]];
    return value == null || value === own ? [] : [{ variable, value, own }];
  });
  return {
    name,
    statement: kind === 'view' ? withoutQualifier(statement, mysqlSql.rules, session.name) : statement,
    settings,
  };
}
