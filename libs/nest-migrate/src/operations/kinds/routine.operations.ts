import { nameOf, optionsOf, refuse, schemaKinds, type OptionKinds, type Site, sqlOf } from '../arguments.js';
import { type ArgumentRecord, Listing, listOrNothing, sqlArgument } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { held, missing } from '../previous.js';
import { objectWords } from '../words.js';

/** A parameter of a stored function or procedure, as data. */
export interface RoutineParameter {
  /** The name of the parameter. */
  readonly name: string;
  /** Its type, in the database's own words. */
  readonly type: string;
  /** Which way the value goes. Absent: `in`. */
  readonly direction?: 'in' | 'out' | 'inout';
  /** The default as SQL. PostgreSQL. Absent: the parameter has to be given. */
  readonly defaultRaw?: string;
}

/** A stored function or procedure as MikroORM describes one: by its parts, or as the whole statement. */
export interface RoutineDefinition {
  /** Whether it is a function, which returns a value, or a procedure. */
  readonly type: 'function' | 'procedure';
  /** Its parameters, in order; empty for none. */
  readonly params: readonly RoutineParameter[];
  /** The type that a function returns, in the database's own words. */
  readonly returns?: string;
  /** The language of `body`. PostgreSQL. Absent: `plpgsql` for procedures and `sql` for functions. */
  readonly language?: string;
  /** True: the same arguments give the same result. Absent: the engine's default. */
  readonly deterministic?: boolean;
  /** What the body does with data. MySQL and MariaDB. */
  readonly dataAccess?: 'contains-sql' | 'no-sql' | 'reads-sql-data' | 'modifies-sql-data';
  /** Whose rights the body runs with: the caller's or the owner's. Absent: the engine's default. */
  readonly security?: 'invoker' | 'definer';
  /** The comment that the database keeps with the routine. Absent: none. */
  readonly comment?: string;
  /** The statements of the routine. Absent where `expression` is given. */
  readonly body?: string;
  /** The whole `create function` or `create procedure` statement, in place of `body`. */
  readonly expression?: string;
}

/** Creates or replaces a stored function or procedure. */
export interface CreateRoutineOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createRoutine';
  /** The name of the routine, without its schema. */
  readonly name: string;
  /** The routine. */
  readonly routine: RoutineDefinition;
  /** True: a routine that is there is replaced. Absent: it is an error. */
  readonly orReplace?: boolean;
  /** The routine that it replaces, where it is known. `reverse` restores this. */
  readonly previous?: RoutineDefinition;
}

/** Drops a stored function or procedure. */
export interface DropRoutineOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropRoutine';
  /** The name of the routine, without its schema. */
  readonly name: string;
  /** Which of the two it is. */
  readonly type: 'function' | 'procedure';
  /** The types of its `in` and `inout` parameters. PostgreSQL needs them where several routines share the name. */
  readonly parameterTypes?: readonly string[];
  /** True: a routine that is not there is no error. */
  readonly ifExists?: boolean;
  /** The routine that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: RoutineDefinition;
}

/** The operations on a stored function or procedure. */
export type RoutineOperation = CreateRoutineOperation | DropRoutineOperation;

/**
 * A stored function or procedure: by its parts, or as the whole statement.
 *
 * @example
 * await op.createRoutine('add_tax', {
 *   type: 'function',
 *   params: [{ name: 'price', type: 'numeric' }],
 *   returns: 'numeric',
 *   deterministic: true,
 *   body: 'select price * 1.25',
 * });
 */
export interface RoutineOptions extends InSchema {
  /** Whether it is a function, which returns a value, or a procedure. */
  type: 'function' | 'procedure';
  /**
   * The parameters, in order. Types are in the database's own words; `direction` (default `'in'`) is for procedures,
   * `defaultRaw` for PostgreSQL. Default: none.
   */
  params?: readonly { name: string; type: string; direction?: 'in' | 'out' | 'inout'; defaultRaw?: string }[];
  /** The type that a function returns, in the database's own words. Needed for a function without `expression`. */
  returns?: string;
  /** The language of `body`. PostgreSQL. Default `plpgsql` for procedures and `sql` for functions, as in MikroORM. */
  language?: string;
  /**
   * True: the same arguments give the same result. Default: that of the engine. PostgreSQL writes `immutable` or
   * `volatile`, for functions only.
   */
  deterministic?: boolean;
  /** What the body does with data. MySQL and MariaDB; PostgreSQL ignores it. */
  dataAccess?: 'contains-sql' | 'no-sql' | 'reads-sql-data' | 'modifies-sql-data';
  /** Whose rights the body runs with: the caller's (`invoker`) or the owner's. Default: that of the engine. */
  security?: 'invoker' | 'definer';
  /** A comment that the database keeps with the routine. */
  comment?: string;
  /**
   * The statements of the routine; give either this or `expression`. They are put between `begin` and `end` where they
   * have none and the language needs it.
   */
  body?: string;
  /** The whole `create function` or `create procedure` statement. */
  expression?: string;
  /** Replaces a routine that is there. Not for MySQL. With `expression`, that statement has to replace it by itself. */
  orReplace?: boolean;
}

/** The verbs for a stored function or procedure. */
export interface RoutineVerbs {
  /**
   * Creates a stored function or procedure. MySQL has no `orReplace`. On SQLite it is an error.
   *
   * @example
   * await op.createRoutine('book_count', {
   *   type: 'function',
   *   returns: 'bigint',
   *   body: 'select count(*) from book',
   * });
   */
  createRoutine(name: string, options: RoutineOptions): Promise<void>;
  /**
   * Drops a stored function or procedure. PostgreSQL needs `parameterTypes` where several share the name.
   *
   * @example
   * await op.dropRoutine('book_count', { type: 'function' });
   */
  dropRoutine(
    name: string,
    options: InSchema & { type: 'function' | 'procedure'; parameterTypes?: readonly string[]; ifExists?: boolean },
  ): Promise<void>;
}

const types = ['function', 'procedure'] as const;

const routineKinds = {
  ...schemaKinds,
  type: types,
  params: 'any',
  returns: 'name',
  language: 'name',
  deterministic: 'boolean',
  dataAccess: ['contains-sql', 'no-sql', 'reads-sql-data', 'modifies-sql-data'],
  security: ['invoker', 'definer'],
  comment: 'string',
  body: 'any',
  expression: 'any',
  orReplace: 'boolean',
} satisfies OptionKinds<RoutineOptions>;

const parameterKinds = {
  name: 'name',
  type: 'name',
  direction: ['in', 'out', 'inout'],
  defaultRaw: 'name',
} satisfies OptionKinds<RoutineParameter>;

const defineOperation = definitionsOf<RoutineVerbs, RoutineOperation>();

const createRoutine = defineOperation({
  kind: 'createRoutine',
  changes: ({ name }) => ({ does: 'creates', object: 'routine', name }),
  parse: (name, options) => {
    const site = routineSite('createRoutine', name);
    const { schema, orReplace, ...parts } = optionsOf(site, options, routineKinds);
    return { schema, name, routine: routineDefinition(site, parts), orReplace };
  },
  reverse: (operation) => {
    const { schema, name, routine, previous } = operation;
    if (operation.orReplace !== true) return [dropRoutineOf(operation, routine)];
    if (previous === undefined) throw missing(operation, 'previous', 'it does not hold the routine that was there.');
    return [{ kind: 'createRoutine', schema, name, routine: previous, orReplace: true, previous: routine }];
  },
  call: ({ name, routine, schema, orReplace }) => [
    name,
    new Listing({ ...routineOptions(routine), schema, orReplace }),
  ],
  describe: ({ name, schema, routine, orReplace }) =>
    `${orReplace === true ? 'changed' : 'added'} ${routine.type} ${objectWords(schema, name)}`,
});

const dropRoutine = defineOperation({
  kind: 'dropRoutine',
  changes: ({ name }) => ({ does: 'drops', object: 'routine', name }),
  parse: (name, options) => {
    const site = routineSite('dropRoutine', name);
    const kinds = { ...schemaKinds, type: types, parameterTypes: 'any', ifExists: 'boolean' } as const;
    const { type, parameterTypes, ...rest } = optionsOf(site, options, kinds);
    if (type === undefined) refuse(site, "does not say its 'type'.", "Use 'function' or 'procedure'.");
    if (parameterTypes !== undefined && !Array.isArray(parameterTypes)) {
      refuse(site, "wants a list as 'parameterTypes'.", 'An empty one for none.');
    }
    return {
      ...rest,
      name,
      type,
      parameterTypes: parameterTypes?.map((parameter) => nameOf(site, 'the type of a parameter', parameter)),
    };
  },
  reverse: (operation) => {
    const { schema, name } = operation;
    const routine = held(operation, 'previous', 'it does not hold the routine that was there.');
    return [{ kind: 'createRoutine', schema, name, routine }];
  },
  call: ({ name, type, parameterTypes, schema, ifExists }) => [name, { type, parameterTypes, schema, ifExists }],
  describe: ({ name, schema, type }) => `removed ${type} ${objectWords(schema, name)}`,
});

export const routineOperations = [createRoutine, dropRoutine] as const;

function dropRoutineOf({ schema, name }: CreateRoutineOperation, routine: RoutineDefinition): DropRoutineOperation {
  // the parameters of a whole statement may not be known
  const isKnown = routine.expression === undefined || routine.params.length > 0;
  const parameterTypes = isKnown ? parameterTypesOf(routine) : undefined;
  return { kind: 'dropRoutine', schema, name, type: routine.type, parameterTypes, previous: routine };
}

/** The types of the `in` and `inout` parameters, by which PostgreSQL tells routines of one name apart. */
function parameterTypesOf({ params }: RoutineDefinition): readonly string[] {
  return params.filter(({ direction }) => direction !== 'out').map(({ type }) => type);
}

function routineOptions(routine: RoutineDefinition): ArgumentRecord {
  return {
    type: routine.type,
    params: listOrNothing(routine.params.map((parameter) => ({ ...parameter }))),
    returns: routine.returns,
    language: routine.language,
    deterministic: routine.deterministic,
    dataAccess: routine.dataAccess,
    security: routine.security,
    comment: routine.comment,
    body: sqlArgument(routine.body),
    expression: sqlArgument(routine.expression),
  };
}

function routineDefinition(site: Site, parts: Partial<RoutineOptions>): RoutineDefinition {
  const { type, params = [], body, expression, ...rest } = parts;
  if (type === undefined) refuse(site, "does not say its 'type'.", "Use 'function' or 'procedure'.");
  if (!Array.isArray(params)) refuse(site, "wants a list as 'params'.");
  if ((body === undefined) === (expression === undefined)) {
    refuse(site, "needs exactly one of 'body' and 'expression'.");
  }
  if (type === 'function' && expression === undefined && rest.returns === undefined) {
    refuse(site, "is a function and does not say what it 'returns'.");
  }
  return {
    type,
    params: (params as readonly RoutineParameter[]).map((parameter) => routineParameter(site, parameter)),
    ...rest,
    ...(body !== undefined && { body: sqlOf(site, "'body'", body) }),
    ...(expression !== undefined && { expression: sqlOf(site, "'expression'", expression) }),
  };
}

function routineParameter(site: Site, parameter: RoutineParameter): RoutineParameter {
  const { name, type, direction, defaultRaw } = optionsOf(site, parameter, parameterKinds);
  return {
    name: nameOf(site, 'the name of a parameter', name),
    type: nameOf(site, 'the type of a parameter', type),
    // `in` is the default
    ...(direction !== undefined && direction !== 'in' && { direction }),
    ...(defaultRaw !== undefined && { defaultRaw }),
  };
}

function routineSite(verb: string, name: unknown): Site {
  return { verb, subject: `routine '${nameOf({ verb, subject: 'the routine' }, 'a name', name)}'` };
}
