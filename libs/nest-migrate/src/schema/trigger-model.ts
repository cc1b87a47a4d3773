import { type SqlTriggerDef } from '@mikro-orm/sql';
import { type ForeignPart } from '../engines/sql/procedural-body.js';
import { type TriggerDefinition, type TriggerEvent } from '../operations/operation.js';
import { type TriggerModel } from './schema-model.js';
import { type TriggerStatement } from './trigger-statement.js';

/** A trigger as MikroORM's metadata has it, without the values that mean "nothing". */
export function declaredTrigger({ timing, events, forEach, when, body, expression }: SqlTriggerDef): TriggerDefinition {
  return {
    timing,
    events: inOrder(events),
    ...(expression === undefined && forEach === 'statement' && { forEach }),
    ...(expression === undefined && when !== undefined && when !== '' && { when }),
    ...(expression === undefined ? { body } : { expression }),
  };
}

const order: readonly TriggerEvent[] = ['insert', 'update', 'delete', 'truncate'];

function inOrder(events: readonly TriggerEvent[]): readonly TriggerEvent[] {
  return order.filter((event) => events.includes(event));
}

/**
 * The reason why a trigger cannot be on a table: no trigger of a table runs instead of a statement. Entities are
 * tables.
 */
export function whyNotOnTable({ timing, expression }: TriggerDefinition): ForeignPart | undefined {
  if (timing !== 'instead of' || expression !== undefined) return undefined;
  return { reason: 'only a view has triggers instead of a statement.', cure: "Use 'before' or 'after'." };
}

/**
 * A trigger of either side.
 *
 * @param says The parts that define the trigger.
 * @param action What the trigger does, in its engine's canonical spelling.
 */
export function triggerModel(
  definition: TriggerDefinition,
  says: Pick<TriggerStatement, 'name' | 'timing' | 'events' | 'condition'> & Partial<TriggerStatement>,
  action: string,
): TriggerModel {
  const { name, timing, events, forEach = 'row', condition, more = '' } = says;
  return {
    name,
    definition,
    meaning: JSON.stringify([timing, inOrder(events), forEach, more, action]),
    ...(condition !== undefined && { condition }),
  };
}

/**
 * For engines on which a trigger has one event: one trigger for each event, under the names that MikroORM gives them.
 *
 * @param longest The longest possible name.
 */
export function triggerPerEvent(
  name: string,
  events: readonly TriggerEvent[],
  longest: number,
): readonly { readonly name: string; readonly event: TriggerEvent }[] {
  return events.map((event) => {
    const suffix = events.length > 1 ? `_${event}` : '';
    return { name: name.slice(0, longest - suffix.length) + suffix, event };
  });
}
