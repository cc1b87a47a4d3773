import { UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { type Postcondition, type TriggerDefinition, type TriggerEvent } from '../../../operations/operation.js';
import { blockOf, type ForeignPart } from '../../sql/procedural-body.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, repeatableIf, type StatementTable } from '../../ddl/statement-table.js';
import { objectExists } from './live-table.js';
import { sqliteLexicalRules } from '../lexical-rules.js';

/**
 * Views and triggers. A trigger has one event; one for several events becomes several, named as MikroORM names them.
 */
export function objectStatements(
  ddl: SchemaHelperDdl,
): Pick<StatementTable, 'createView' | 'dropView' | 'createTrigger' | 'dropTrigger'> {
  const exists = (
    type: 'view' | 'trigger',
    schema: string | undefined,
    name: string,
    present: boolean,
  ): Postcondition => objectExists(type, ddl.schemaOf(schema), name, present);
  const qualified = (schema: string | undefined, name: string): string => ddl.quote(ddl.schemaOf(schema), name);
  return {
    createView: ({ schema, view, definition, orReplace }) => {
      const name = qualified(schema, view);
      const create = change(`create view ${name} as ${definition}`, exists('view', schema, view, true));
      if (orReplace !== true) return [create];
      const drop = change(`drop view if exists ${name}`, exists('view', schema, view, false));
      return [repeatableIf(true, drop), create];
    },
    dropView: ({ schema, view, ifExists }) => {
      const sql = `drop view ${ifExists === true ? 'if exists ' : ''}${qualified(schema, view)}`;
      return [repeatableIf(ifExists, change(sql, exists('view', schema, view, false)))];
    },
    createTrigger: ({ schema, table, name, trigger }) => {
      if (trigger.expression !== undefined) return [change(trigger.expression, exists('trigger', schema, name, true))];
      const foreign = foreignTriggerPart(trigger);
      if (foreign !== undefined) {
        throw new UnsupportedOperationError('createTrigger', 'sqlite', foreign.reason, foreign.cure);
      }
      const { timing, events, when, body = '' } = trigger;
      return events.map((event) => {
        const own = nameFor(name, event, events);
        const head = `create trigger ${qualified(schema, own)} ${timing} ${event} on ${ddl.quote(table)} for each row`;
        const condition = when === undefined ? '' : ` when ${when}`;
        return change(`${head}${condition} ${blockOf(body, sqliteLexicalRules)}`, exists('trigger', schema, own, true));
      });
    },
    dropTrigger: ({ schema, name, events, previous }) => {
      const fires = previous?.expression !== undefined ? [] : (events ?? []);
      const names = fires.length > 1 ? fires.map((event) => nameFor(name, event, fires)) : [name];
      return names.map((own) =>
        change(`drop trigger ${qualified(schema, own)}`, exists('trigger', schema, own, false)),
      );
    },
  };
}

function nameFor(name: string, event: TriggerEvent, events: readonly TriggerEvent[]): string {
  return events.length > 1 ? `${name}_${event}` : name;
}

/** The part of a trigger that SQLite cannot express, if any. */
export function foreignTriggerPart({ events, forEach }: TriggerDefinition): ForeignPart | undefined {
  if (forEach === 'statement') {
    return { reason: 'its triggers run once for each row.', cure: "Leave out 'forEach'." };
  }
  if (events.includes('truncate')) {
    return { reason: 'truncate fires no trigger there.', cure: "Leave it out of 'events'." };
  }
  return undefined;
}
