import { UnsupportedOperationError } from '../../../errors/operation.errors.js';
import { type CreateRoutineOperation, type Postcondition } from '../../../operations/operation.js';
import { type DialectName } from '../../dialect-name.js';
import { literal, plainLiteral } from '../../sql/quoting.js';
import { asBlock } from '../../sql/procedural-body.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, repeatableIf, type StatementTable } from '../../ddl/statement-table.js';
import { mysqlLexicalRules } from '../lexical-rules.js';

/** Stored functions and procedures, as MikroORM writes them. */
export function routineStatements(
  ddl: SchemaHelperDdl,
  dialect: DialectName,
): Pick<StatementTable, 'createRoutine' | 'dropRoutine'> {
  const exists = (schema: string | undefined, type: string, name: string, present: boolean): Postcondition => {
    const actual = ddl.schemaOf(schema);
    const database = actual === undefined ? 'database()' : literal(ddl.platform, actual);
    const named = `routine_schema = ${database} and lower(routine_type) = ${literal(ddl.platform, type)} and routine_name = ${literal(ddl.platform, name)}`;
    return { query: `select count(*) = ${present ? 1 : 0} as present from information_schema.routines where ${named}` };
  };
  return {
    createRoutine: (operation) => {
      const { schema, name, routine, orReplace } = operation;
      if (orReplace === true && dialect === 'mysql') {
        const cure = "Drop the routine first, and leave out 'orReplace'.";
        throw new UnsupportedOperationError('createRoutine', dialect, 'it replaces no routine.', cure);
      }
      const sql = routine.expression ?? createSql(ddl, operation);
      return [repeatableIf(orReplace, change(sql, exists(schema, routine.type, name, true)))];
    },
    dropRoutine: ({ schema, name, type, ifExists }) => {
      const sql = `drop ${type} ${ifExists === true ? 'if exists ' : ''}${ddl.quote(ddl.schemaOf(schema), name)}`;
      return [repeatableIf(ifExists, change(sql, exists(schema, type, name, false)))];
    },
  };
}

function createSql(ddl: SchemaHelperDdl, { schema, name, routine, orReplace }: CreateRoutineOperation): string {
  const { type, params, returns, deterministic, dataAccess, security, comment, body = '' } = routine;
  // a function's parameters are always `in`, which is not written
  const list = params.map(
    (parameter) =>
      `${type === 'procedure' ? `${parameter.direction ?? 'in'} ` : ''}${ddl.quote(parameter.name)} ${parameter.type}`,
  );
  return [
    `create ${orReplace === true ? 'or replace ' : ''}${type} ${ddl.quote(ddl.schemaOf(schema), name)}(${list.join(', ')})`,
    type === 'function' ? ` returns ${returns}` : '',
    deterministic === undefined ? '' : deterministic ? ' deterministic' : ' not deterministic',
    dataAccess === undefined ? '' : ` ${accessWords[dataAccess]}`,
    security === undefined ? '' : ` sql security ${security}`,
    comment === undefined ? '' : ` comment ${plainLiteral(ddl.platform, comment)}`,
    ` ${asBlock(body, mysqlLexicalRules)}`,
  ].join('');
}

const accessWords = {
  'contains-sql': 'contains sql',
  'no-sql': 'no sql',
  'reads-sql-data': 'reads sql data',
  'modifies-sql-data': 'modifies sql data',
} as const;
