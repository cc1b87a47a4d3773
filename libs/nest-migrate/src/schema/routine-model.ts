import { DatabaseSchema, type AbstractSqlPlatform, type SqlRoutineDef } from '@mikro-orm/sql';
import { type RoutineDefinition, type RoutineParameter } from '../operations/operation.js';
import { parseRoutine, type RoutineArgument } from './routine-statement.js';
import { type QualifiedName, type RoutineModel } from './schema-model.js';
import { type SqlLanguage } from '../engines/sql/statement-reader.js';

/** A routine that is declared by its parts. Parts that are not declared stay open. */
export function declaredRoutine(
  routine: SqlRoutineDef,
  at: QualifiedName,
  engine: {
    /** The return type of a function that declares none. */
    readonly returns: string;
    readonly language?: string;
    readonly body: string;
    readonly canonicalType: (type: string) => string;
  },
): RoutineModel {
  const { type, language, comment, security, deterministic, dataAccess, body = '' } = routine;
  const params = routine.params.map(parameter);
  const returns = type === 'function' ? (routine.returns?.type ?? engine.returns) : undefined;
  const said = {
    type,
    ...(returns !== undefined && { returns }),
    ...(security !== undefined && { security }),
    ...(deterministic !== undefined && { deterministic }),
    ...(dataAccess !== undefined && { dataAccess }),
    ...(comment !== undefined && comment !== '' && { comment }),
  };
  const list = routine.params.map(({ name, type: own, direction, defaultRaw }): RoutineArgument => ({
    name,
    type: own,
    direction,
    ...(defaultRaw !== undefined && { defaultSql: defaultRaw }),
  }));
  return {
    ...at,
    signature: signatureOf(list, engine.canonicalType),
    definition: { ...said, params, ...(language !== undefined && { language }), body },
    facts: {
      ...said,
      ...(engine.language !== undefined && { language: engine.language }),
      arguments: list,
      body: engine.body,
    },
    ...(routine.ignoreSchemaChanges && { ignored: routine.ignoreSchemaChanges }),
  };
}

/** A routine that is declared as a whole statement. */
export function statedRoutine(
  routine: SqlRoutineDef,
  expression: string,
  at: QualifiedName,
  language: SqlLanguage,
  canonicalType: (type: string) => string,
): RoutineModel {
  const statement = parseRoutine(expression, language);
  const { comment } = routine;
  const params = routine.params.map(parameter);
  const definition: RoutineDefinition = { type: routine.type, params, expression };
  const ignored = { ...(routine.ignoreSchemaChanges && { ignored: routine.ignoreSchemaChanges }) };
  if (statement === undefined) {
    return { ...at, signature: signatureOf(routine.params, canonicalType), definition, ...ignored };
  }
  const { name: _name, bodyText: _bodyText, ...facts } = statement;
  return {
    ...at,
    signature: signatureOf(facts.arguments, canonicalType),
    definition: { ...definition, type: facts.type, params: facts.arguments.map(argumentAsParameter) },
    facts: { ...facts, ...(facts.comment === undefined && comment !== undefined && comment !== '' && { comment }) },
    ...ignored,
  };
}

function argumentAsParameter({ name = '', type, direction, defaultSql }: RoutineArgument): RoutineParameter {
  return {
    name,
    type,
    ...(direction !== 'in' && { direction }),
    ...(defaultSql !== undefined && { defaultRaw: defaultSql }),
  };
}

function parameter({ name, type, direction, defaultRaw }: SqlRoutineDef['params'][number]): RoutineParameter {
  return {
    name,
    type,
    ...(direction !== 'in' && { direction }),
    ...(defaultRaw !== undefined && { defaultRaw }),
  };
}

/** The types that distinguish a routine from others of the same name. */
export function signatureOf(
  list: readonly { readonly type: string; readonly direction: string }[],
  canonicalType: (type: string) => string,
): string {
  return list
    .filter(({ direction }) => direction !== 'out')
    .map(({ type }) => canonicalType(type))
    .join(', ');
}

/**
 * MikroORM takes the return type of a function as SQL, even where it is only a JavaScript type. This replaces such a
 * type by the one of the database.
 */
export function withDatabaseTypes(routine: SqlRoutineDef, platform: AbstractSqlPlatform): SqlRoutineDef {
  const { returns } = routine;
  if (returns === undefined || returns.type !== returns.runtimeType) return routine;
  const type = DatabaseSchema.resolveRoutineColumnType(returns.type, platform);
  return { ...routine, returns: { ...returns, type } };
}
