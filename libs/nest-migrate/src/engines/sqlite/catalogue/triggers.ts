import { quoteIdentifier } from '../../sql/quoting.js';
import { type SqlTriggerDef } from '@mikro-orm/sql';
import { blockOf } from '../../sql/procedural-body.js';
import { sqliteLexicalRules } from '../lexical-rules.js';
import { type TriggerDefinition } from '../../../operations/operation.js';
import { type TriggerModel } from '../../../schema/schema-model.js';
import { declaredTrigger, triggerModel, triggerPerEvent } from '../../../schema/trigger-model.js';
import { parseTrigger, type TriggerStatement } from '../../../schema/trigger-statement.js';
import { canonicalExpression } from './expressions.js';

const language = { rules: sqliteLexicalRules, fold: (name: string): string => name };

/** A trigger as the entities declare it, as one trigger for each event. */
export function sqliteTriggers(trigger: SqlTriggerDef): readonly TriggerModel[] {
  const definition = declaredTrigger(trigger);
  const { expression, body = '' } = definition;
  if (expression !== undefined) {
    const statement = parseTrigger(expression, language);
    return [statement === undefined ? { name: trigger.name, definition } : written(statement, expression)];
  }
  return triggerPerEvent(trigger.name, definition.events, Infinity).map(({ name, event }) => {
    const own = { ...definition, events: [event] };
    const says = { name, timing: own.timing, events: own.events, condition: own.when };
    return triggerModel(own, says, canonicalExpression(blockOf(body, sqliteLexicalRules), []));
  });
}

/** A trigger, from the statement that created it. */
export function catalogueTrigger(sql: string): readonly TriggerModel[] {
  const statement = parseTrigger(sql, language);
  if (statement === undefined) return [];
  const { name, table, timing, events, condition, action } = statement;
  const [event = 'insert'] = events;
  const block = /^begin\s(.*)\send$/is.exec(action)?.[1]?.trim();
  const when = condition === undefined ? '' : ` when ${condition}`;
  const head = `create trigger ${quoted(name)} ${timing} ${event} on ${quoted(table.at(-1) ?? '')} for each row${when}`;
  const isSaid =
    block !== undefined &&
    blockOf(block, sqliteLexicalRules) === action &&
    canonicalExpression(`${head} ${action}`, []) === canonicalExpression(sql, []);
  if (!isSaid) return [written(statement, sql)];
  const definition = { timing, events, ...(condition !== undefined && { when: condition }), body: block };
  return [triggerModel(definition, statement, canonicalExpression(action, []))];
}

function quoted(name: string): string {
  return quoteIdentifier(name, '"');
}

function written(statement: TriggerStatement, expression: string): TriggerModel {
  const { timing, events, action } = statement;
  const definition: TriggerDefinition = { timing, events, expression };
  return triggerModel(definition, statement, canonicalExpression(action, []));
}
