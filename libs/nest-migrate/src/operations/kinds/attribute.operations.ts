import { nameOf, optionsOf, refuse, type OptionKinds, type Site } from '../arguments.js';
import { listOrNothing, orNothing, type ArgumentRecord } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';

/** An object that is named with its schema. */
export interface NamedObject extends InSchema {
  /** The name of the object, without its schema. */
  readonly name: string;
}

/** Objects that a revision drops and creates again. */
export interface RecreatedObjects {
  /** Tables with parts that are dropped and created again, and views that are. Absent: none. */
  readonly tables?: readonly NamedObject[];
  /** Routines, each with all that have its name. Absent: none. */
  readonly routines?: readonly NamedObject[];
}

/** Keeps what objects have beyond what their create statements say. */
export interface KeepAttributesOperation extends RecreatedObjects {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'keepAttributes';
}

/** Gives what {@link KeepAttributesOperation} kept to the objects that were created again. */
export interface RestoreAttributesOperation extends RecreatedObjects {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'restoreAttributes';
}

/** The operations on attributes of objects that are dropped and created again. */
export type AttributeOperation = KeepAttributesOperation | RestoreAttributesOperation;

/** The verbs for attributes of objects that are dropped and created again. */
export interface AttributeVerbs {
  /**
   * Keeps what the objects have beyond what their create statements say: comments, grants, owners, options such as
   * `security_invoker`, disabled triggers, targets of statistics, the index that is the replica identity or that the
   * table is clustered by. Of a table, that is everything of its columns, constraints, indexes, triggers and policies.
   * The database is asked when the revision runs. {@link AttributeVerbs.restoreAttributes} gives it back to what was
   * dropped and created again meanwhile, in the same transaction. PostgreSQL and PGlite only.
   *
   * Rejects with `TransactionNeededError` outside of a transaction, where a failure would lose what was kept.
   *
   * @example
   * await op.keepAttributes({ tables: [{ name: 'long_book' }] });
   * await op.dropView('long_book');
   * await op.createView('long_book', 'select id from book where pages > 400');
   * await op.restoreAttributes();
   */
  keepAttributes(objects: RecreatedObjects): Promise<void>;
  /**
   * Gives what {@link AttributeVerbs.keepAttributes} has kept in the same revision to the objects that were dropped and
   * created again since then. What an object has from its create statement stays, and so do objects that were not
   * dropped. `objects` are those that were given to `keepAttributes`, under their new names; only the reverse of the
   * operation needs them.
   *
   * @example
   * await op.restoreAttributes();
   */
  restoreAttributes(objects?: RecreatedObjects): Promise<void>;
}

const defineOperation = definitionsOf<AttributeVerbs, AttributeOperation>();

const objectKinds: OptionKinds<RecreatedObjects> = { tables: 'any', routines: 'any' };
const namedKinds: OptionKinds<NamedObject> = { name: 'name', schema: 'name' };

const keepAttributes = defineOperation({
  kind: 'keepAttributes',
  changes: () => [],
  parse: (objects) => {
    const found = objectsOf('keepAttributes', objects);
    if ((found.tables ?? found.routines) === undefined) {
      refuse(siteOf('keepAttributes'), 'need the tables or routines.');
    }
    return found;
  },
  reverse: ({ kind: _, ...objects }) => [{ kind: 'restoreAttributes', ...objects }],
  call: (objects) => [callOf(objects) ?? {}],
  // what is dropped and created is described
  describe: () => [],
});

const restoreAttributes = defineOperation({
  kind: 'restoreAttributes',
  changes: () => [],
  parse: (objects) => objectsOf('restoreAttributes', objects),
  reverse: ({ kind: _, ...objects }) => [{ kind: 'keepAttributes', ...objects }],
  call: (objects) => [callOf(objects)],
  describe: () => [],
});

export const attributeOperations = [keepAttributes, restoreAttributes] as const;

function siteOf(verb: string): Site {
  return { verb, subject: 'the objects' };
}

function objectsOf(verb: string, objects: RecreatedObjects | undefined): RecreatedObjects {
  const site = siteOf(verb);
  const { tables, routines } = optionsOf<RecreatedObjects>(site, objects, objectKinds);
  return {
    ...(tables !== undefined && { tables: namedObjects(site, 'tables', tables) }),
    ...(routines !== undefined && { routines: namedObjects(site, 'routines', routines) }),
  };
}

function namedObjects(site: Site, what: string, list: readonly NamedObject[]): readonly NamedObject[] {
  const given: unknown = list;
  if (!Array.isArray(given)) refuse(site, `need a list as '${what}'.`);
  return list.map((object) => {
    const checked = optionsOf<NamedObject>(site, object, namedKinds);
    nameOf(site, 'the name of an object', checked.name);
    return checked as NamedObject;
  });
}

function callOf({ tables = [], routines = [] }: RecreatedObjects): ArgumentRecord | undefined {
  const named = (list: readonly NamedObject[]) => listOrNothing(list.map(({ name, schema }) => ({ name, schema })));
  return orNothing({ tables: named(tables), routines: named(routines) });
}
