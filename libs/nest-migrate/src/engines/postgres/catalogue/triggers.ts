import { quoteIdentifier, unquoteString } from '../../sql/quoting.js';
import { type SqlRoutineDef, type SqlTriggerDef } from '@mikro-orm/sql';
import { triggerBlock } from '../ddl/block.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { cut, isTriggerFunction } from '../trigger-function.js';
import { statementsIn } from '../../sql/sql-lexer.js';
import { type TriggerDefinition } from '../../../operations/operation.js';
import { canonicalBody } from '../../sql/body-text.js';
import { type QualifiedName, type RoutineModel, type TriggerModel } from '../../../schema/schema-model.js';
import { statedRoutine } from '../../../schema/routine-model.js';
import { parseRoutine } from '../../../schema/routine-statement.js';
import { StatementReader } from '../../sql/statement-reader.js';
import { declaredTrigger, triggerModel } from '../../../schema/trigger-model.js';
import { parseTrigger, type TriggerStatement } from '../../../schema/trigger-statement.js';

/** PostgreSQL changes a name without quotes to lower case. */
export const postgresLanguage = { rules: postgresLexicalRules, fold: (name: string): string => name.toLowerCase() };

/** A trigger as the entities declare it. Its statement may include its function, under any name. */
export function postgresTrigger(trigger: SqlTriggerDef, table: QualifiedName, home: string): TriggerModel {
  const definition = declaredTrigger(trigger);
  const { timing, events, forEach, when, body = '', expression } = definition;
  if (expression === undefined) {
    const name = cut(trigger.name);
    const says = { name, timing, events, forEach, condition: when };
    return triggerModel(definition, says, canonicalBody(triggerBlock(body), postgresLexicalRules));
  }
  const statements = statementsIn(expression, postgresLexicalRules);
  const parsed = statements.map((sql) => parseTrigger(sql, postgresLanguage));
  const says = parsed.find((statement) => statement !== undefined);
  if (says === undefined) return { name: trigger.name, definition };
  const call = callOf(says, home);
  const brought = statements.filter((_, index) => parsed[index] === undefined).join(';\n');
  const isOwn = brought !== '' && isTriggerFunction(call.name, table.name, says.name);
  const action = isOwn ? canonicalBody(bodyIn(brought), postgresLexicalRules) : call.text;
  const functions = isOwn
    ? []
    : statements.filter((_, index) => parsed[index] === undefined).map((sql) => broughtFunction(sql, home));
  const isSplit = functions.length > 0 && functions.every((one) => one !== undefined);
  const alone = isSplit ? (statements.find((_, index) => parsed[index] === says) ?? expression) : expression;
  const own = { timing: says.timing, events: says.events, expression: alone };
  const model = triggerModel(own, { forEach: 'statement', ...says }, action);
  return isSplit ? { ...model, brings: functions } : model;
}

/** A function that other triggers may execute as well, and that has to be dropped by its own name. */
function broughtFunction(sql: string, home: string): RoutineModel | undefined {
  const statement = parseRoutine(sql, postgresLanguage);
  const [name, schema] = statement?.name.toReversed() ?? [];
  if (statement?.type !== 'function' || name === undefined) return undefined;
  const routine: SqlRoutineDef = { name, type: 'function', params: [], expression: sql };
  return statedRoutine(
    routine,
    sql,
    { name, ...(schema !== undefined && schema !== home && { schema }) },
    postgresLanguage,
    () => '',
  );
}

export interface TriggerRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly name: string;
  readonly definition: string;
  readonly function_name: string;
  readonly function_schema: string;
  readonly function_definition: string;
  readonly function_body: string;
}

export function triggerQuery(filter: string): string {
  return `select n.nspname as schema_name, c.relname as table_name, t.tgname as name,
      pg_get_triggerdef(t.oid, true) as definition, p.proname as function_name, pn.nspname as function_schema,
      pg_get_functiondef(p.oid) as function_definition, p.prosrc as function_body
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_proc p on p.oid = t.tgfoid
    join pg_namespace pn on pn.oid = p.pronamespace
    where ${filter} and not t.tgisinternal and t.tgparentid = 0
      and not exists (select 1 from pg_depend dep
        where dep.objid = t.oid and dep.classid = 'pg_trigger'::regclass and dep.deptype = 'e')
    order by n.nspname, c.relname, t.tgname`;
}

export function catalogueTrigger(row: TriggerRow, home: string): readonly TriggerModel[] {
  const statement = parseTrigger(row.definition, postgresLanguage);
  if (statement === undefined) return [];
  const { timing, events, forEach, condition, more } = statement;
  const isOwn = hasOwnFunction(row);
  const call = callOf(statement, home);
  const action = isOwn ? canonicalBody(row.function_body, postgresLexicalRules) : call.text;

  const block = row.function_body.trim().replace(/;$/, '');
  const body = /^begin\s(.*)\send$/is.exec(block)?.[1]?.trim() ?? block;
  const isPlain = /^.*\n RETURNS trigger\n LANGUAGE plpgsql\nAS \$/.test(row.function_definition);
  const isSaid = isOwn && isPlain && more === '' && ` ${triggerBlock(body)}; ` === row.function_body;
  const definition: TriggerDefinition = {
    timing,
    events,
    ...(isSaid
      ? {
          ...(forEach === 'statement' && { forEach }),
          ...(condition !== undefined && { when: unwrapped(condition) }),
          body,
        }
      : { expression: wholeStatement(row, home) }),
  };
  return [triggerModel(definition, { forEach: 'statement', ...statement }, action)];
}

/**
 * Whether the trigger has its own function, which is created and dropped with it and has the name that MikroORM gives
 * it.
 */
function hasOwnFunction({ schema_name, table_name, name, function_schema, function_name }: TriggerRow): boolean {
  return function_schema === schema_name && isTriggerFunction(function_name, table_name, name);
}

function wholeStatement(row: TriggerRow, home: string): string {
  const trigger = withoutSchema(row.definition, home);
  return hasOwnFunction(row) ? `${withoutSchema(row.function_definition.trim(), home)};\n${trigger}` : trigger;
}

/** The head of a statement without the connection's own schema, since a revision also runs in other schemas. */
export function withoutSchema(sql: string, home: string): string {
  const qualifier = /^[a-z_][a-z0-9_]*$/.test(home) ? home : quoteIdentifier(home, '"');
  const escaped = qualifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return sql
    .replace(new RegExp(`^(CREATE OR REPLACE (?:FUNCTION|PROCEDURE) )${escaped}\\.`), '$1')
    .replace(new RegExp(`^(CREATE (?:CONSTRAINT )?TRIGGER .*? ON )${escaped}\\.`), '$1')
    .replace(new RegExp(`( EXECUTE FUNCTION )${escaped}\\.(?=[^']*\\()`), '$1');
}

/** The function that a trigger executes, and its arguments. */
function callOf({ action }: TriggerStatement, home: string): { readonly name?: string; readonly text: string } {
  const reader = new StatementReader(action, postgresLanguage);
  reader.takes('execute');
  reader.takesOneOf('function', 'procedure');
  const [name, schema] = reader.name()?.toReversed() ?? [];
  const text = JSON.stringify([schema === home ? null : (schema ?? null), name, reader.parenthesised() ?? '']);
  return { ...(name !== undefined && { name }), text: `execute ${text}` };
}

/** The body in a `create function` statement. */
function bodyIn(sql: string): string {
  const reader = new StatementReader(sql, postgresLanguage);
  for (let word = reader.skip(); word !== undefined; word = reader.skip()) {
    if (word.kind === 'body') return word.text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '');
    if (word.kind === 'string') return unquoteString(word.text);
  }
  return '';
}

function unwrapped(condition: string): string {
  return /^\(.*\)$/s.test(condition) ? condition.slice(1, -1) : condition;
}
