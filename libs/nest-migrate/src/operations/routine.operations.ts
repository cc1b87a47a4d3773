import { nameOf, optionsOf, refuse, schemaKinds, type OptionKinds, type Site, sqlOf } from './arguments.js';
import { frozen } from './frozen.js';
import {
  type CreateRoutineOperation,
  type DropRoutineOperation,
  type InSchema,
  type RoutineDefinition,
  type RoutineParameter,
} from './operation.js';
import { type RoutineOptions } from './verbs.js';

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

export function createRoutine(name: string, options: RoutineOptions): CreateRoutineOperation {
  const site = routineSite('createRoutine', name);
  const { schema, orReplace, ...parts } = optionsOf(site, options, routineKinds);
  return frozen({ kind: 'createRoutine', schema, name, routine: routineDefinition(site, parts), orReplace });
}

export function dropRoutine(
  name: string,
  options: InSchema & { type: 'function' | 'procedure'; parameterTypes?: readonly string[]; ifExists?: boolean },
): DropRoutineOperation {
  const site = routineSite('dropRoutine', name);
  const kinds = { ...schemaKinds, type: types, parameterTypes: 'any', ifExists: 'boolean' } as const;
  const { type, parameterTypes, ...rest } = optionsOf(site, options, kinds);
  if (type === undefined) refuse(site, "does not say its 'type'.", "Use 'function' or 'procedure'.");
  if (parameterTypes !== undefined && !Array.isArray(parameterTypes)) {
    refuse(site, "wants a list as 'parameterTypes'.", 'An empty one for none.');
  }
  return frozen({
    kind: 'dropRoutine',
    ...rest,
    name,
    type,
    parameterTypes: parameterTypes?.map((parameter) => nameOf(site, 'the type of a parameter', parameter)),
  });
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
    // in is how it is without saying so
    ...(direction !== undefined && direction !== 'in' && { direction }),
    ...(defaultRaw !== undefined && { defaultRaw }),
  };
}

function routineSite(verb: string, name: unknown): Site {
  return { verb, subject: `routine '${nameOf({ verb, subject: 'the routine' }, 'a name', name)}'` };
}
