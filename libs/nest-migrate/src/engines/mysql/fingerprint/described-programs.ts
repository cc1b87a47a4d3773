import { type DescribedObject, type ReadingSession } from '../../fingerprint/schema-description.js';
import { quoteIdentifier } from '../../sql/quoting.js';
import { parseTrigger } from '../../../schema/trigger-statement.js';
import { mysqlLanguage } from '../catalogue/triggers.js';
import { plainName, UNSEEN, withoutDefiner } from './shown-statement.js';

interface Circumstances {
  readonly sql_mode?: string | null;
  readonly character_set_client?: string | null;
  readonly collation_connection?: string | null;
  readonly 'Database Collation'?: string | null;
}

/** The settings that an object keeps from the session that made it. */
export function madeWith({ sql_mode: mode, character_set_client: charset, ...row }: Circumstances): string {
  const database = row['Database Collation'];
  return [
    `charset ${charset ?? ''}`,
    `collation ${row.collation_connection ?? ''}`,
    ...(database === undefined ? [] : [`database collation ${database}`]),
    ...(mode === undefined ? [] : [`sql_mode '${mode}'`]),
  ].join(', ');
}

interface TriggerRow extends Circumstances {
  readonly name: string;
  readonly table_name: string;
  readonly timing: string;
  readonly event: string;
  readonly place: number;
  readonly statement: string;
  readonly database_collation: string;
}

export async function describeTriggers(
  session: ReadingSession,
  ignored: ReadonlySet<string>,
): Promise<readonly DescribedObject[]> {
  const rows = await session.query<TriggerRow>(
    `select trigger_name as name, event_object_table as table_name, action_timing as timing, event_manipulation as event,
        action_order as place, action_statement as statement, sql_mode as sql_mode, character_set_client as character_set_client,
        collation_connection as collation_connection, database_collation as database_collation
      from information_schema.triggers where trigger_schema = database()`,
  );
  const objects: DescribedObject[] = [];
  for (const row of rows) {
    if (ignored.has(row.table_name)) continue;
    const { timing, event, place } = row;
    // the others come before it
    const order = Number(place) === 1 ? '' : `, number ${place}`;
    const settings = madeWith({ ...row, 'Database Collation': row.database_collation });
    objects.push({
      object: `table ${plainName(row.table_name)} trigger ${plainName(row.name)}`,
      definition: `${timing} ${event}${order}, ${settings}, for each row ${await statementOf(session, row)}`,
    });
  }
  return objects;
}

/** The information schema loses some of the quotes and backslashes of a statement. */
async function statementOf(session: ReadingSession, { name, statement }: TriggerRow): Promise<string> {
  if (!/['"\\]/.test(statement)) return statement;
  const [row = {}] = await session.query<Record<string, string>>(`show create trigger ${quoteIdentifier(name, '`')}`);
  return parseTrigger(row['SQL Original Statement'] ?? '', mysqlLanguage)?.action ?? statement;
}

interface EventRow {
  readonly name: string;
  /** Whether it begins when it was made, and not at a time that its statement names. */
  readonly begins_at_once: number;
}

export async function describeEvents(session: ReadingSession): Promise<readonly DescribedObject[]> {
  const rows = await session.query<EventRow>(
    `select event_name as name, coalesce(convert_tz(starts, time_zone, '+00:00'), starts)
        between created - interval 1 second and last_altered as begins_at_once
      from information_schema.events where event_schema = database()`,
  );
  const objects: DescribedObject[] = [];
  for (const { name, begins_at_once: atOnce } of rows) {
    const [row = {}] = await session.query<Record<string, string>>(`show create event ${quoteIdentifier(name, '`')}`);
    const sql = withoutDefiner(row['Create Event'] ?? '');
    const said = Number(atOnce) === 1 ? sql.replace(/ STARTS '[^']*'/, '') : sql;
    objects.push({
      object: `event ${plainName(name)}`,
      definition: `${said}, ${madeWith(row)}, time zone ${row['time_zone'] ?? ''}`,
    });
  }
  return objects;
}

/** Functions, procedures, and the packages of MariaDB. */
export async function describeRoutines(session: ReadingSession): Promise<readonly DescribedObject[]> {
  const rows = await session.query<{ name: string; type: string }>(
    `select routine_name as name, lower(routine_type) as type from information_schema.routines where routine_schema = database()`,
  );
  const objects: DescribedObject[] = [];
  for (const { name, type } of rows) {
    const [row = {}] = await session.query<Record<string, string | null>>(
      `show create ${type} ${quoteIdentifier(name, '`')}`,
    );
    const created = Object.entries(row).find(([column]) => column.startsWith('Create '))?.[1] ?? undefined;
    objects.push({
      object: `${type} ${plainName(name)}`,
      definition: created === undefined ? UNSEEN : `${withoutDefiner(created)}, ${madeWith(row)}`,
    });
  }
  return objects;
}
