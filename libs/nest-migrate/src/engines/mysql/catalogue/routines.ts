import { quoteIdentifier } from '../../sql/quoting.js';
import { type AbstractSqlConnection, type SqlRoutineDef } from '@mikro-orm/sql';
import { mysqlLexicalRules } from '../lexical-rules.js';
import { asBlock, blockOf } from '../../sql/procedural-body.js';
import { type RoutineDefinition, type RoutineParameter } from '../../../operations/operation.js';
import { canonicalBody } from '../../sql/body-text.js';
import { declaredRoutine, statedRoutine } from '../../../schema/routine-model.js';
import { parseRoutine } from '../../../schema/routine-statement.js';
import { type QualifiedName, type RoutineModel, UNREADABLE_STATEMENT } from '../../../schema/schema-model.js';
import { type MySqlVariant } from './catalogue.js';
import { mysqlLanguage } from './triggers.js';
import { canonicalMySqlType } from './types.js';

/** A routine as the entities declare it. Two routines cannot share a name. */
export function mysqlRoutine(routine: SqlRoutineDef, at: QualifiedName): RoutineModel {
  if (routine.expression !== undefined) {
    const stated = statedRoutine(routine, routine.expression, at, mysqlLanguage, canonicalMySqlType);
    return { ...stated, signature: '' };
  }
  const body = canonicalBody(asBlock(routine.body ?? '', mysqlLexicalRules), mysqlLexicalRules);
  const declared = declaredRoutine(routine, at, { returns: 'text', body, canonicalType: canonicalMySqlType });
  return { ...declared, signature: '' };
}

/** A type for comparing parameters, without character set and collation. */
export function canonicalRoutineType(type: string): string {
  return canonicalMySqlType(type.replace(/\s+(?:charset|character\s+set|collate)\s+\S+/gi, ''));
}

interface RoutineRow {
  readonly name: string;
  readonly type: string;
  readonly is_deterministic: string;
  readonly data_access: string;
  readonly security: string;
  readonly comment: string;
}

/**
 * The functions and procedures of the current database, from `show create`: the catalogue spells types in another way.
 */
export async function listMySqlRoutines(
  connection: AbstractSqlConnection,
  variant: MySqlVariant,
): Promise<readonly RoutineModel[]> {
  const rows = await connection.execute<RoutineRow[]>(
    `select routine_name as name, routine_type as type, is_deterministic as is_deterministic,
        sql_data_access as data_access, security_type as security, routine_comment as comment
      from information_schema.routines
      where routine_schema = database() and routine_type in ('FUNCTION', 'PROCEDURE')
      order by routine_name, routine_type`,
  );
  const found: RoutineModel[] = [];
  for (const row of rows) {
    const type = row.type.toLowerCase() as RoutineDefinition['type'];
    found.push(catalogueRoutine(row, type, await statementOf(connection, type, row.name), variant));
  }
  return found;
}

function catalogueRoutine(
  row: RoutineRow,
  type: RoutineDefinition['type'],
  created: string | undefined,
  variant: MySqlVariant,
): RoutineModel {
  const at = { name: row.name, signature: '' };
  const statement = created === undefined ? undefined : parseRoutine(created, mysqlLanguage);
  if (created === undefined || statement === undefined) {
    // the server hides the body of another user's routine
    const unreadable = created === undefined ? { why: 'has a body that this user may not see' } : UNREADABLE_STATEMENT;
    return { ...at, definition: { type, params: [], body: '' }, unreadable };
  }

  const { returns, bodyText, body } = statement;
  const params = statement.arguments.map(({ name = '', type: own, direction }): RoutineParameter => ({
    name,
    type: own,
    ...(direction !== 'in' && { direction }),
  }));
  const said = {
    type,
    ...(returns !== undefined && { returns }),
    ...(row.is_deterministic === 'YES' && { deterministic: true }),
    ...(row.data_access !== 'CONTAINS SQL' && { dataAccess: dataAccessOf(row) }),
    ...(row.security === 'INVOKER' && { security: 'invoker' as const }),
    ...(row.comment !== '' && { comment: row.comment }),
  };
  const ownBody = bodyThatMakes(bodyText);
  const replace = variant === 'mariadb' ? 'create or replace' : 'create';
  return {
    ...at,
    definition:
      ownBody !== undefined
        ? { ...said, params, body: ownBody }
        : {
            type,
            params,
            expression: created.replace(/^create\s+definer\s*=\s*`(?:[^`]|``)*`@`(?:[^`]|``)*`/i, replace),
          },
    facts: {
      ...said,
      deterministic: row.is_deterministic === 'YES',
      dataAccess: dataAccessOf(row),
      security: row.security === 'INVOKER' ? 'invoker' : 'definer',
      arguments: statement.arguments,
      body,
    },
  };
}

function dataAccessOf({ data_access }: RoutineRow): NonNullable<RoutineDefinition['dataAccess']> {
  return data_access.toLowerCase().replaceAll(' ', '-') as NonNullable<RoutineDefinition['dataAccess']>;
}

/** The body to write in a revision so that exactly this body results. */
function bodyThatMakes(text: string): string | undefined {
  const inner = /^begin\s(.*)\send$/is.exec(text)?.[1]?.trim();
  if (inner !== undefined && blockOf(inner, mysqlLexicalRules) === text && !/^begin\b/i.test(inner)) return inner;
  return asBlock(text, mysqlLexicalRules) === text ? text : undefined;
}

async function statementOf(
  connection: AbstractSqlConnection,
  type: 'function' | 'procedure',
  name: string,
): Promise<string | undefined> {
  const [row] = await connection.execute<Record<string, string | null>[]>(
    `show create ${type} ${quoteIdentifier(name, '`')}`,
  );
  return row?.[type === 'function' ? 'Create Function' : 'Create Procedure'] ?? undefined;
}
