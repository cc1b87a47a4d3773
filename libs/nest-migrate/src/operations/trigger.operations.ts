import { nameOf, optionsOf, refuse, schemaKinds, tableSite, type OptionKinds, type Site, sqlOf } from './arguments.js';
import { frozen } from './frozen.js';
import {
  type CreateTriggerOperation,
  type DropTriggerOperation,
  type InSchema,
  type TriggerDefinition,
  type TriggerEvent,
} from './operation.js';
import { type TriggerOptions } from './verbs.js';

const events: readonly TriggerEvent[] = ['insert', 'update', 'delete', 'truncate'];

const triggerKinds = {
  ...schemaKinds,
  timing: ['before', 'after', 'instead of'],
  events: 'any',
  forEach: ['row', 'statement'],
  when: 'name',
  body: 'any',
  expression: 'any',
} satisfies OptionKinds<TriggerOptions>;

export function createTrigger(table: string, name: string, options: TriggerOptions): CreateTriggerOperation {
  const site = triggerSite('createTrigger', table, name);
  const { schema, ...parts } = optionsOf(site, options, triggerKinds);
  return frozen({ kind: 'createTrigger', schema, table, name, trigger: triggerDefinition(site, parts) });
}

export function dropTrigger(
  table: string,
  name: string,
  options?: InSchema & { events?: TriggerEvent | readonly TriggerEvent[] },
): DropTriggerOperation {
  const site = triggerSite('dropTrigger', table, name);
  const given = optionsOf(site, options, { ...schemaKinds, events: 'any' });
  return frozen({
    kind: 'dropTrigger',
    schema: given.schema,
    table,
    name,
    events: given.events === undefined ? undefined : eventsOf(site, given.events),
  });
}

function triggerDefinition(site: Site, { timing, events: list, body, expression, ...rest }: Partial<TriggerOptions>) {
  if (timing === undefined) refuse(site, "does not say its 'timing'.", "Use 'before', 'after' or 'instead of'.");
  if ((body === undefined) === (expression === undefined)) {
    refuse(site, "needs exactly one of 'body' and 'expression'.");
  }
  return {
    timing,
    events: eventsOf(site, list),
    // once for each row is how it is without saying so
    ...(rest.forEach === 'statement' && { forEach: rest.forEach }),
    ...(rest.when !== undefined && { when: rest.when }),
    ...(body !== undefined && { body: sqlOf(site, "'body'", body) }),
    ...(expression !== undefined && { expression: sqlOf(site, "'expression'", expression) }),
  } satisfies TriggerDefinition;
}

function eventsOf(site: Site, given: TriggerEvent | readonly TriggerEvent[] | undefined): readonly TriggerEvent[] {
  const list = typeof given === 'string' ? [given] : given;
  const known = Array.isArray(list) && list.length > 0 && list.every((event) => events.includes(event as TriggerEvent));
  if (!known) refuse(site, "does not say its 'events'.", `Use one or several of ${events.join(', ')}.`);
  const chosen = list as readonly TriggerEvent[];
  return events.filter((event) => chosen.includes(event));
}

function triggerSite(verb: string, table: unknown, name: unknown): Site {
  const { subject } = tableSite(verb, table);
  return { verb, subject: `trigger '${nameOf({ verb, subject }, 'the name of a trigger', name)}' of ${subject}` };
}
