import {
  displayName,
  samePlace,
  type SchemaModel,
  type TableModel,
  type TriggerModel,
} from '../../schema/schema-model.js';
import { type Comparison } from './comparison.js';
import { disturbedTables } from './disturbed-tables.js';

/**
 * Compares triggers. A trigger that changes is dropped before anything else happens and created after everything, so
 * that none fires on a table that is half changed.
 *
 * To be called when everything else is planned.
 */
export async function compareTriggers(comparison: Comparison, from: SchemaModel, to: SchemaModel): Promise<void> {
  const disturbed = comparison.engine.capabilities.viewsBlockChanges
    ? disturbedTables(comparison.engine.capabilities, comparison.plan.inOrder())
    : [];
  const dropped = new Set<TriggerModel>();
  for (const table of from.tables) {
    const wanted = to.tables.find((candidate) => samePlace(candidate, table));
    const kept = wanted === undefined ? [] : await unchanged(comparison, table, wanted);
    for (const trigger of table.triggers) {
      if (kept.includes(trigger.name) && !(disturbed.includes(table.name) && holdsOnToColumns(trigger))) continue;
      dropTrigger(comparison, table, trigger);
      dropped.add(trigger);
      if (wanted !== undefined && !wanted.triggers.some(({ name }) => name === trigger.name)) {
        comparison.warn(`drops trigger ${trigger.name} on ${displayName(table)}, which no entity has`);
      }
    }
  }
  for (const table of to.tables) {
    const existing = from.tables.find((candidate) => samePlace(candidate, table))?.triggers ?? [];
    for (const { name, definition: trigger } of table.triggers) {
      if (existing.some((other) => other.name === name && !dropped.has(other))) continue;
      comparison.plan.add('createTriggers', {
        kind: 'createTrigger',
        table: table.name,
        schema: table.schema,
        name,
        trigger,
      });
    }
  }
}

/** Drops a trigger of an existing table. */
export function dropTrigger({ plan }: Comparison, table: TableModel, { name, definition }: TriggerModel): void {
  plan.add('dropTriggers', {
    kind: 'dropTrigger',
    table: table.name,
    schema: table.schema,
    name,
    events: definition.events,
    previous: definition,
  });
}

/** The names of the triggers that are the same on both sides. Where a statement cannot be parsed, the name decides. */
async function unchanged(comparison: Comparison, from: TableModel, to: TableModel): Promise<readonly string[]> {
  const alike = from.triggers.flatMap((trigger) => {
    const wanted = to.triggers.find(({ name }) => name === trigger.name);
    const { meaning } = trigger;
    if (wanted === undefined) return [];
    const isUnread = meaning === undefined || wanted.meaning === undefined;
    return isUnread || meaning === wanted.meaning ? [{ name: trigger.name, from: trigger, to: wanted, isUnread }] : [];
  });
  const conditions = alike.map(({ from: { condition: before = '' }, to: { condition: after = '' } }) => ({
    from: before,
    to: after,
  }));
  const same = await comparison.sameTriggerConditions(to, conditions);
  return alike.filter(({ isUnread }, index) => isUnread || same[index] === true).map(({ name }) => name);
}

/** Whether the trigger keeps the engine from changing columns: it has a condition, or a list of columns to watch. */
function holdsOnToColumns({ condition, definition }: TriggerModel): boolean {
  return condition !== undefined || definition.expression !== undefined;
}
