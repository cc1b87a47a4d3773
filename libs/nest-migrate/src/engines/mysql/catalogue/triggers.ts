import { quoteIdentifier } from '../../sql/quoting.js';
import { type AbstractSqlConnection, type SqlTriggerDef } from '@mikro-orm/sql';
import { mysqlLexicalRules } from '../lexical-rules.js';
import { blockOf } from '../../sql/procedural-body.js';
import { type TriggerDefinition, type TriggerEvent } from '../../../operations/operation.js';
import { canonicalBody } from '../../sql/body-text.js';
import { type TriggerModel } from '../../../schema/schema-model.js';
import { declaredTrigger, triggerModel, triggerPerEvent } from '../../../schema/trigger-model.js';
import { parseTrigger } from '../../../schema/trigger-statement.js';

/** MySQL and MariaDB keep a name as it was written. */
export const mysqlLanguage = { rules: mysqlLexicalRules, fold: (name: string): string => name };

/** A trigger as the entities declare it, as one trigger for each event. */
export function mysqlTriggers(trigger: SqlTriggerDef, longest: number): readonly TriggerModel[] {
  const definition = declaredTrigger(trigger);
  const { expression, body = '' } = definition;
  if (expression !== undefined) {
    const statement = parseTrigger(expression, mysqlLanguage);
    if (statement === undefined) return [{ name: trigger.name, definition }];
    const { timing, events, action } = statement;
    return [triggerModel({ timing, events, expression }, statement, canonicalBody(action, mysqlLexicalRules))];
  }
  const action = canonicalBody(blockOf(body, mysqlLexicalRules), mysqlLexicalRules);
  return triggerPerEvent(trigger.name, definition.events, longest).map(({ name, event }) => {
    const own = { ...definition, events: [event] };
    return triggerModel(own, { name, timing: own.timing, events: own.events, condition: own.when }, action);
  });
}

export interface TriggerRow {
  readonly table_name: string;
  readonly name: string;
  readonly event: string;
  readonly timing: string;
  readonly statement: string;
}

/** The triggers of tables whose names are given as a list of literals. */
export async function readTriggerRows(
  connection: AbstractSqlConnection,
  names: string,
): Promise<readonly TriggerRow[]> {
  const rows = await connection.execute<TriggerRow[]>(
    `select event_object_table as table_name, trigger_name as name, event_manipulation as event,
        action_timing as timing, action_statement as statement
      from information_schema.triggers
      where trigger_schema = database() and event_object_table in (${names})
      order by event_object_table, trigger_name`,
  );
  const exact: TriggerRow[] = [];
  for (const row of rows) exact.push(mayBeMangled(row.statement) ? await asWritten(connection, row) : row);
  return exact;
}

/**
 * Whether the catalogue may have changed a statement. MySQL's `information_schema` returns one quote for two that stand
 * for one, and both engines drop backslashes.
 */
function mayBeMangled(statement: string): boolean {
  return /['"\\]/.test(statement);
}

async function asWritten(connection: AbstractSqlConnection, row: TriggerRow): Promise<TriggerRow> {
  const [created] = await connection.execute<Record<string, string>[]>(`show create trigger ${quoted(row.name)}`);
  const statement = parseTrigger(created?.['SQL Original Statement'] ?? '', mysqlLanguage)?.action;
  return { ...row, statement: statement ?? row.statement };
}

export function catalogueTrigger({ table_name, name, statement, ...row }: TriggerRow): TriggerModel {
  const timing = row.timing.toLowerCase() as TriggerDefinition['timing'];
  const event = row.event.toLowerCase() as TriggerEvent;
  const says = { name, timing, events: [event] };
  const block = /^begin\s(.*)\send$/is.exec(statement)?.[1]?.trim();
  const what =
    block !== undefined && blockOf(block, mysqlLexicalRules) === statement
      ? { body: block }
      : {
          expression: `create trigger ${quoted(name)} ${timing} ${event} on ${quoted(table_name)} for each row ${statement}`,
        };
  return triggerModel({ timing, events: [event], ...what }, says, canonicalBody(statement, mysqlLexicalRules));
}

function quoted(name: string): string {
  return quoteIdentifier(name, '`');
}
