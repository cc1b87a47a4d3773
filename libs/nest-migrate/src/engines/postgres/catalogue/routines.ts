import { type AbstractSqlConnection, type SqlRoutineDef } from '@mikro-orm/sql';
import { routineBlock } from '../ddl/block.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { type RoutineDefinition } from '../../../operations/operation.js';
import { canonicalBody } from '../../sql/body-text.js';
import { declaredRoutine, signatureOf, statedRoutine } from '../../../schema/routine-model.js';
import { parseRoutine } from '../../../schema/routine-statement.js';
import {
  type QualifiedName,
  type RoutineModel,
  type Unreadable,
  UNREADABLE_STATEMENT,
} from '../../../schema/schema-model.js';
import { extensionOf, inScope, isReadable, notOfAnExtension, place, type SchemaScope } from './catalogue-objects.js';
import { isTriggerFunction } from '../trigger-function.js';
import { postgresLanguage, withoutSchema } from './triggers.js';
import { canonicalPostgresType } from './types.js';

/** A routine as the entities declare it. */
export function postgresRoutine(routine: SqlRoutineDef, at: QualifiedName): RoutineModel | undefined {
  if (routine.expression !== undefined) {
    return statedRoutine(routine, routine.expression, at, postgresLanguage, canonicalRoutineType);
  }
  const language = (routine.language ?? (routine.type === 'procedure' ? 'plpgsql' : 'sql')).toLowerCase();
  const body = language === 'sql' ? (routine.body ?? '') : routineBlock(routine.body ?? '');
  const { dataAccess: _dataAccess, ...known } = routine;
  return declaredRoutine(known, at, {
    returns: 'void',
    language,
    body: canonicalBody(body, postgresLexicalRules),
    canonicalType: canonicalRoutineType,
  });
}

/** A type without the parts that a routine does not keep: lengths and digits. */
export function canonicalRoutineType(type: string): string {
  const table = /^table\s*\((.*)\)$/is.exec(type.trim())?.[1];
  const plain = (text: string): string =>
    text
      .trim()
      .toLowerCase()
      .replace(/\s*\(\s*\d+\s*(?:,\s*-?\d+\s*)?\)/g, '');
  if (table !== undefined) {
    const columns = table.replace(/\(\s*\d+\s*(?:,\s*\d+\s*)?\)/g, '').split(',');
    return `table(${columns
      .map((column) =>
        column
          .trim()
          .toLowerCase()
          .replace(
            /^(\S+)\s+(.*)$/s,
            (_all, name: string, own: string) => `${name} ${canonicalPostgresType(plain(own))}`,
          ),
      )
      .join(', ')})`;
  }
  const set = /^setof\s+(.*)$/is.exec(type.trim())?.[1];
  return set === undefined ? canonicalPostgresType(plain(type)) : `setof ${canonicalPostgresType(plain(set))}`;
}

interface RoutineRow {
  readonly schema_name: string;
  readonly name: string;
  readonly statement: string;
  readonly types: string;
  readonly source: string;
  readonly comment: string | null;
  readonly fired_by: readonly FiredBy[] | string;
}
type FiredBy = readonly [schema: string, table: string, trigger: string];

function firedBy({ fired_by: given }: Pick<RoutineRow, 'fired_by'>): readonly FiredBy[] {
  return typeof given === 'string' ? (JSON.parse(given) as FiredBy[]) : given;
}

/** The functions and procedures written in SQL or a procedural language, without those that belong to one trigger. */
export async function listPostgresRoutines(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
): Promise<readonly RoutineModel[]> {
  const rows = await connection.execute<RoutineRow[]>(
    `select n.nspname as schema_name, p.proname as name, pg_get_functiondef(p.oid) as statement, p.prosrc as source,
        obj_description(p.oid, 'pg_proc') as comment, pg_get_function_identity_arguments(p.oid) as types,
        (select coalesce(json_agg(json_build_array(tn.nspname, tc.relname, t.tgname)), '[]')
          from pg_trigger t
          join pg_class tc on tc.oid = t.tgrelid
          join pg_namespace tn on tn.oid = tc.relnamespace
          where t.tgfoid = p.oid and not t.tgisinternal
            -- a partition has a copy, which goes with it
            and coalesce(to_jsonb(t)->>'tgparentid', '0') = '0') as fired_by
      from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
      join pg_language l on l.oid = p.prolang
      where p.prokind in ('f', 'p') and ${isReadable} and ${inScope(scope)} and ${notOfAnExtension('pg_proc', 'p.oid')}
      order by n.nspname, p.proname, types`,
  );
  const isOfTrigger = ({ schema_name, name, ...row }: RoutineRow): boolean =>
    firedBy(row).some(([schema, table, trigger]) => schema === schema_name && isTriggerFunction(name, table, trigger));
  const separate = rows.filter((row) => !isOfTrigger(row));
  return [...separate.map((row) => catalogueRoutine(row, scope)), ...(await listUnreadable(connection, scope))];
}

interface UnreadableRow {
  readonly schema_name: string;
  readonly name: string;
  readonly kind: string;
  readonly language: string;
  readonly types: string;
  readonly extension: string | null;
}

/** What has the name of a routine and is none that an entity can describe: aggregates, routines in C. */
async function listUnreadable(connection: AbstractSqlConnection, scope: SchemaScope): Promise<readonly RoutineModel[]> {
  const rows = await connection.execute<UnreadableRow[]>(
    `select n.nspname as schema_name, p.proname as name, p.prokind as kind, l.lanname as language,
        pg_get_function_identity_arguments(p.oid) as types, ${extensionOf('pg_proc', 'p.oid')} as extension
      from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
      join pg_language l on l.oid = p.prolang
      where ${inScope(scope)} and not (p.prokind in ('f', 'p') and ${isReadable} and ${notOfAnExtension('pg_proc', 'p.oid')})
      order by n.nspname, p.proname, types`,
  );
  return rows.map((row) => {
    const head = `create function f(${row.types}) returns void language sql as ''`;
    const list = parseRoutine(head, postgresLanguage)?.arguments;
    const signature = list === undefined ? row.types : signatureOf(list, canonicalRoutineType);
    return unreadableRoutine(row, { signature, unreadable: whyUnreadable(row), scope });
  });
}

function whyUnreadable({ kind, language, extension }: UnreadableRow): Unreadable {
  if (extension !== null) return { why: `belongs to the extension ${extension}`, partOf: 'extension' };
  const kinds: Readonly<Record<string, string>> = { a: 'is an aggregate', w: 'is a window function' };
  const isOfServer = language === 'c' || language === 'internal';
  return {
    why: kinds[kind] ?? (isOfServer ? `is written in ${language}` : 'is the function of an event trigger'),
    partOf: 'server',
  };
}

function unreadableRoutine(
  { name, schema_name }: Pick<RoutineRow, 'name' | 'schema_name'>,
  { signature, unreadable, scope }: Pick<RoutineModel, 'signature' | 'unreadable'> & { readonly scope: SchemaScope },
): RoutineModel {
  const definition: RoutineDefinition = { type: 'function', params: [], body: '' };
  return { ...place(name, schema_name, scope), signature, definition, unreadable };
}

function catalogueRoutine(row: RoutineRow, scope: SchemaScope): RoutineModel {
  const statement = parseRoutine(row.statement, postgresLanguage);
  if (statement === undefined) {
    return unreadableRoutine(row, { signature: row.types, unreadable: UNREADABLE_STATEMENT, scope });
  }
  const { type, returns, language, deterministic, security, more = '' } = statement;
  const params = statement.arguments.map(({ name = '', direction, defaultSql, ...argument }) => ({
    name,
    type: argument.type,
    ...(direction !== 'in' && { direction }),
    ...(defaultSql !== undefined && { defaultRaw: defaultSql }),
  }));
  const body = bodyThatMakes(row.source, language);
  const isSaid = body !== undefined && more === '' && params.every(({ name }) => name !== '');
  const definition: RoutineDefinition = {
    type,
    params,
    ...(isSaid && returns !== undefined && { returns }),
    ...(isSaid && language !== (type === 'procedure' ? 'plpgsql' : 'sql') && { language }),
    ...(isSaid && deterministic === true && { deterministic }),
    ...(isSaid && security === 'definer' && { security }),
    ...(row.comment !== null && { comment: row.comment }),
    ...(isSaid ? { body } : { expression: withoutSchema(row.statement.trim(), scope.home) }),
  };
  const triggers = firedBy(row).map(([schema, table, trigger]) => ({ table: place(table, schema, scope), trigger }));
  const { name: _name, bodyText: _bodyText, ...facts } = statement;
  return {
    ...place(row.name, row.schema_name, scope),
    signature: signatureOf(facts.arguments, canonicalRoutineType),
    definition,
    facts: {
      ...facts,
      security: security ?? 'invoker',
      ...(!more.includes('stable') && { deterministic: deterministic ?? false }),
      ...(row.comment !== null && { comment: row.comment }),
    },
    ...(triggers.length > 0 && { firedBy: triggers }),
  };
}

/** The body to write in a revision so that exactly this source results. */
function bodyThatMakes(source: string, language: string | undefined): string | undefined {
  const text = source.trim();
  if (language === 'sql') return ` ${text} ` === source ? text : undefined;
  const inner = /^begin\s(.*)\send$/is.exec(text)?.[1]?.trim();
  return [inner, text].find((body) => body !== undefined && ` ${routineBlock(body)} ` === source);
}
