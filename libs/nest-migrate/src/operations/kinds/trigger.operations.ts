import { nameOf, optionsOf, refuse, schemaKinds, tableSite, type OptionKinds, type Site, sqlOf } from '../arguments.js';
import { type ArgumentRecord, oneOrList, orNothing, sqlArgument } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { held } from '../previous.js';
import { tableWords } from '../words.js';

/** What fires a trigger. `truncate` is for PostgreSQL. */
export type TriggerEvent = 'insert' | 'update' | 'delete' | 'truncate';

/** A trigger as MikroORM describes one: by its parts, or as the whole statement. */
export interface TriggerDefinition {
  /** When it runs in relation to the event. */
  readonly timing: 'before' | 'after' | 'instead of';
  /** What fires it; at least one event. */
  readonly events: readonly TriggerEvent[];
  /** How often it runs. Absent: once for each row. */
  readonly forEach?: 'row' | 'statement';
  /** The condition under which it runs, in SQL. PostgreSQL and SQLite. Absent: it always runs. */
  readonly when?: string;
  /** The statements between `begin` and `end`. Absent where `expression` is given. */
  readonly body?: string;
  /** The whole `create trigger` statement, in place of `body`. */
  readonly expression?: string;
}

/** Creates a trigger. */
export interface CreateTriggerOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createTrigger';
  /** The table or view of the trigger. */
  readonly table: string;
  /** The name of the trigger. */
  readonly name: string;
  /** The trigger. */
  readonly trigger: TriggerDefinition;
}

/** Drops a trigger. */
export interface DropTriggerOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropTrigger';
  /** The table or view of the trigger. */
  readonly table: string;
  /** The name of the trigger, as `createTrigger` was given it. */
  readonly name: string;
  /** What fires it. For several events MySQL, MariaDB and SQLite have one trigger each. */
  readonly events?: readonly TriggerEvent[];
  /** The trigger that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: TriggerDefinition;
}

/** The operations on a trigger. */
export type TriggerOperation = CreateTriggerOperation | DropTriggerOperation;

/**
 * A trigger: by its parts, from which each engine gets its own statement, or as the whole statement.
 *
 * @example
 * await op.createTrigger('book', 'book_log', {
 *   timing: 'after',
 *   events: ['insert', 'update'],
 *   body: 'insert into book_log (book_id) values (new.id); return null;',
 * });
 */
export interface TriggerOptions extends InSchema {
  /** When it runs in relation to the event. `instead of` is for views, on PostgreSQL and SQLite. */
  timing: 'before' | 'after' | 'instead of';
  /** What fires it: one event or several. `truncate` is for PostgreSQL. */
  events: TriggerEvent | readonly TriggerEvent[];
  /** How often it runs. Default `'row'`. MySQL, MariaDB and SQLite take no other. */
  forEach?: 'row' | 'statement';
  /** The condition under which it runs, in SQL. PostgreSQL and SQLite. Default: it always runs. */
  when?: string;
  /**
   * The statements between `begin` and `end`, in the language of the engine; on PostgreSQL with a `return`. Give either
   * this or `expression`.
   */
  body?: string;
  /** The whole `create trigger` statement. PostgreSQL also takes the `create function` before it. */
  expression?: string;
}

/** The verbs for a trigger. */
export interface TriggerVerbs {
  /**
   * Creates a trigger. From its parts it becomes what MikroORM writes for an entity. On PostgreSQL, `body` becomes a
   * function `<table>_<name>_fn`, with a hash where that is too long. On MySQL, MariaDB and SQLite a trigger has one event: for several events there is one
   * trigger each, named `<name>_<event>`.
   *
   * @example
   * await op.createTrigger('book', 'book_touch', {
   *   timing: 'before',
   *   events: 'update',
   *   body: 'new.changed_at = now(); return new;',
   * });
   */
  createTrigger(table: string, name: string, options: TriggerOptions): Promise<void>;
  /**
   * Drops a trigger, and on PostgreSQL the function that `createTrigger` created for it. On MySQL, MariaDB and SQLite,
   * `events` is needed where the trigger has several events.
   *
   * @example
   * await op.dropTrigger('book', 'book_touch');
   */
  dropTrigger(
    table: string,
    name: string,
    options?: InSchema & { events?: TriggerEvent | readonly TriggerEvent[] },
  ): Promise<void>;
}

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

const defineOperation = definitionsOf<TriggerVerbs, TriggerOperation>();

export const createTrigger = defineOperation({
  kind: 'createTrigger',
  changes: ({ name }) => ({ does: 'creates', object: 'trigger', name, columns: [] }),
  parse: (table, name, options) => {
    const site = triggerSite('createTrigger', table, name);
    const { schema, ...parts } = optionsOf(site, options, triggerKinds);
    return { schema, table, name, trigger: triggerDefinition(site, parts) };
  },
  reverse: ({ schema, table, name, trigger }) => [
    { kind: 'dropTrigger', schema, table, name, events: trigger.events, previous: trigger },
  ],
  call: ({ table, name, trigger, schema }) => [table, name, { ...triggerOptions(trigger), schema }],
  describe: (operation) => `added trigger '${operation.name}' on table ${tableWords(operation)}`,
});

const dropTrigger = defineOperation({
  kind: 'dropTrigger',
  changes: ({ name }) => ({ does: 'drops', object: 'trigger', name, columns: [] }),
  parse: (table, name, options) => {
    const site = triggerSite('dropTrigger', table, name);
    const given = optionsOf(site, options, { ...schemaKinds, events: 'any' });
    return {
      schema: given.schema,
      table,
      name,
      events: given.events === undefined ? undefined : eventsOf(site, given.events),
    };
  },
  reverse: (operation) => {
    const { schema, table, name } = operation;
    const trigger = held(operation, 'previous', 'it does not hold the trigger that was there.');
    return [{ kind: 'createTrigger', schema, table, name, trigger }];
  },
  // one event adds nothing to the name
  call: ({ table, name, schema, events: list }) => [
    table,
    name,
    orNothing({ events: list !== undefined && list.length > 1 ? list : undefined, schema }),
  ],
  describe: (operation) => `removed trigger '${operation.name}' on table ${tableWords(operation)}`,
});

export const triggerOperations = [createTrigger, dropTrigger] as const;

/** The options that describe a trigger. */
export function triggerOptions(trigger: TriggerDefinition): ArgumentRecord {
  return {
    timing: trigger.timing,
    events: oneOrList(trigger.events),
    forEach: trigger.forEach,
    when: trigger.when,
    body: sqlArgument(trigger.body),
    expression: sqlArgument(trigger.expression),
  };
}

function triggerDefinition(site: Site, { timing, events: list, body, expression, ...rest }: Partial<TriggerOptions>) {
  if (timing === undefined) refuse(site, "does not say its 'timing'.", "Use 'before', 'after' or 'instead of'.");
  if ((body === undefined) === (expression === undefined)) {
    refuse(site, "needs exactly one of 'body' and 'expression'.");
  }
  return {
    timing,
    events: eventsOf(site, list),
    // `row` is the default
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
