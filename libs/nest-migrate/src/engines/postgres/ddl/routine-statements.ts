import { InvalidOperationError } from '../../../errors/operation.errors.js';
import {
  type CreateRoutineOperation,
  type Postcondition,
  type RoutineDefinition,
} from '../../../operations/operation.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, repeatableIf, restatement, type StatementTable } from '../../ddl/statement-table.js';
import { routineBlock } from './block.js';
import { dollarQuoted } from './dollar-quoted.js';

/** Stored functions and procedures, as MikroORM writes them. */
export function routineStatements(ddl: SchemaHelperDdl): Pick<StatementTable, 'createRoutine' | 'dropRoutine'> {
  const qualified = (schema: string | undefined, name: string): string => ddl.quote(ddl.schemaOf(schema), name);
  const exists = (schema: string | undefined, name: string, present: boolean): Postcondition => {
    const actual = ddl.schemaOf(schema);
    const namespace = actual === undefined ? 'current_schema()' : literal(ddl.platform, actual);
    return {
      query:
        `select ${present ? '' : 'not '}exists (select 1 from pg_catalog.pg_proc p ` +
        `join pg_catalog.pg_namespace n on n.oid = p.pronamespace ` +
        `where p.proname = ${literal(ddl.platform, name)} and n.nspname = ${namespace}) as present`,
    };
  };
  return {
    createRoutine: (operation) => {
      const { schema, name, routine, orReplace } = operation;
      const sql = routine.expression ?? createSql(ddl, operation, qualified(schema, name));
      const types = routine.params.filter(({ direction }) => direction !== 'out').map(({ type }) => type);
      const drafts = [repeatableIf(orReplace, change(sql, exists(schema, name, true)))];
      // a routine that is replaced keeps its comment
      if (routine.comment === undefined && (orReplace !== true || routine.expression !== undefined)) return drafts;
      const target = `${routine.type} ${qualified(schema, name)}(${types.join(', ')})`;
      return [
        ...drafts,
        restatement(
          `comment on ${target} is ${routine.comment === undefined ? 'null' : literal(ddl.platform, routine.comment)}`,
        ),
      ];
    },
    dropRoutine: ({ schema, name, type, parameterTypes, ifExists }) => {
      const signature = parameterTypes === undefined ? '' : `(${parameterTypes.join(', ')})`;
      const sql = `drop ${type} ${ifExists === true ? 'if exists ' : ''}${qualified(schema, name)}${signature}`;
      // other routines of its name may remain
      const gone =
        parameterTypes === undefined
          ? exists(schema, name, false)
          : {
              query: `select to_regprocedure(${literal(ddl.platform, qualified(schema, name) + signature)}) is null as present`,
            };
      return [repeatableIf(ifExists, change(sql, gone))];
    },
  };
}

function createSql(ddl: SchemaHelperDdl, { routine, orReplace }: CreateRoutineOperation, name: string): string {
  const { type, params, returns, security, deterministic, body = '' } = routine;
  const language = languageOf(routine);
  const list = params.map(({ name: parameter, type: parameterType, direction, defaultRaw }) =>
    [
      direction === undefined ? '' : `${direction} `,
      `${ddl.quote(parameter)} ${parameterType}`,
      defaultRaw === undefined ? '' : ` default ${defaultRaw}`,
    ].join(''),
  );
  return [
    `create ${orReplace === true ? 'or replace ' : ''}${type} ${name}(${list.join(', ')})`,
    type === 'function' ? ` returns ${returns}` : '',
    security === undefined ? '' : ` security ${security}`,
    type === 'procedure' || deterministic === undefined ? '' : deterministic ? ' immutable' : ' volatile',
    ` language ${language} as ${dollarQuoted(language === 'sql' ? ` ${body} ` : ` ${routineBlock(body)} `)}`,
  ].join('');
}

function languageOf({ type, language }: RoutineDefinition): string {
  const chosen = (language ?? (type === 'procedure' ? 'plpgsql' : 'sql')).toLowerCase();
  if (/^[a-z_][a-z0-9_]*$/.test(chosen)) return chosen;
  throw new InvalidOperationError(
    'createRoutine',
    `names a language that can't be: '${chosen}'.`,
    "Use 'sql' or 'plpgsql'.",
  );
}
