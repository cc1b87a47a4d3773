import { UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { type Postcondition, type TriggerDefinition, type TriggerEvent } from '../../../operations/operation.js';
import { type DialectName } from '../../dialect-name.js';
import { literal } from '../../sql/quoting.js';
import { blockOf, type ForeignPart } from '../../sql/procedural-body.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, type StatementTable } from '../../ddl/statement-table.js';
import { mysqlLexicalRules } from '../lexical-rules.js';

/**
 * Triggers, which have one event each. A trigger for several events becomes several triggers, named as MikroORM names
 * them.
 */
export function triggerStatements(
  ddl: SchemaHelperDdl,
  dialect: DialectName,
): Pick<StatementTable, 'createTrigger' | 'dropTrigger'> {
  const exists = (schema: string | undefined, name: string, present: boolean): Postcondition => {
    const actual = ddl.schemaOf(schema);
    const database = actual === undefined ? 'database()' : literal(ddl.platform, actual);
    const named = `trigger_schema = ${database} and trigger_name = ${literal(ddl.platform, name)}`;
    return { query: `select count(*) = ${present ? 1 : 0} as present from information_schema.triggers where ${named}` };
  };
  return {
    createTrigger: ({ schema, table, name, trigger }) => {
      if (trigger.expression !== undefined) return [change(trigger.expression, exists(schema, name, true))];
      const foreign = foreignTriggerPart(trigger);
      if (foreign !== undefined) {
        throw new UnsupportedOperationError('createTrigger', dialect, foreign.reason, foreign.cure);
      }
      const { timing, events, body = '' } = trigger;
      return events.map((event) => {
        const own = nameFor(name, event, events);
        const head = `create trigger ${ddl.quote(ddl.schemaOf(schema), own)} ${timing} ${event}`;
        const sql = `${head} on ${ddl.qualified({ schema, table })} for each row ${blockOf(body, mysqlLexicalRules)}`;
        return change(sql, exists(schema, own, true));
      });
    },
    dropTrigger: ({ schema, name, events, previous }) => {
      const fires = previous?.expression !== undefined ? [] : (events ?? []);
      const names = fires.length > 1 ? fires.map((event) => nameFor(name, event, fires)) : [name];
      return names.map((own) =>
        change(`drop trigger ${ddl.quote(ddl.schemaOf(schema), own)}`, exists(schema, own, false)),
      );
    },
  };
}

function nameFor(name: string, event: TriggerEvent, events: readonly TriggerEvent[]): string {
  return events.length > 1 ? `${name}_${event}` : name;
}

/** The part of a trigger that MySQL and MariaDB cannot express, if any. */
export function foreignTriggerPart({ timing, events, forEach, when }: TriggerDefinition): ForeignPart | undefined {
  if (timing === 'instead of') {
    return { reason: 'its triggers run before or after.', cure: "Use 'before' or 'after'." };
  }
  if (forEach === 'statement') {
    return { reason: 'its triggers run once for each row.', cure: "Leave out 'forEach'." };
  }
  if (when !== undefined) {
    const cure = "Write the condition into 'body': if … then … end if.";
    return { reason: 'its triggers have no condition.', cure };
  }
  if (events.includes('truncate')) {
    return { reason: 'truncate fires no trigger there.', cure: "Leave it out of 'events'." };
  }
  return undefined;
}
