import { type EngineSql } from '../engines/sql/engine-sql.js';
import { tokensOf } from '../engines/sql/sql-lexer.js';
import { type Value } from '../operations/value.js';
import { type ImportedStatement } from './imported-history.js';

/** SQL with its values, as the builders of several libraries return it. */
interface Compiled {
  readonly sql: string;
  readonly params?: readonly unknown[];
  readonly parameters?: readonly unknown[];
  readonly bindings?: readonly unknown[];
}

/** A builder, as far as it is used here. */
interface Builder {
  /** Of MikroORM's native builders. */
  toRaw?(): Compiled;
  /** Of Kysely. */
  compile?(): Compiled;
  /** Of Knex. */
  toSQL?(): Compiled | readonly Compiled[];
}

/**
 * The statements of what a migration passes on as a query: a text, `raw()`, or a builder of MikroORM, Kysely or Knex.
 *
 * @throws TypeError for anything else.
 */
export function statementsOf(query: unknown, sql: EngineSql, params: unknown = []): readonly ImportedStatement[] {
  if (typeof query === 'string') return query.trim() === '' ? [] : [statement({ sql: query, params: listOf(params) })];
  if (typeof query !== 'object' && typeof query !== 'function') throw unknownQuery(query);
  const builder = query as Builder & Compiled;
  if (builder.toRaw !== undefined) return [statement(builder.toRaw())];
  if (builder.compile !== undefined) return [withQuestionMarks(builder.compile(), sql)];
  if (builder.toSQL !== undefined) return [builder.toSQL()].flat().map((each) => statement(each));
  if (typeof builder.sql === 'string' && builder.parameters !== undefined) return [withQuestionMarks(builder, sql)];
  if (typeof builder.sql === 'string') return [statement(builder)];
  throw unknownQuery(query);
}

function unknownQuery(query: unknown): TypeError {
  return new TypeError(`${typeof query} is no query that is known`);
}

function listOf(params: unknown): readonly unknown[] {
  if (params === undefined || params === null) return [];
  if (!Array.isArray(params)) throw new TypeError('the parameters have names');
  return params;
}

function statement({ sql, params, bindings }: Compiled): ImportedStatement {
  return { sql, params: (params ?? bindings ?? []).map(valueOf) };
}

function valueOf(value: unknown): Value {
  const isPlain = value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
  if (isPlain || value instanceof Date || value instanceof Uint8Array) return value as Value;
  if (value === undefined) return null;
  throw new TypeError(`a parameter is no value of SQL: ${JSON.stringify(value)}`);
}

/** SQL of Kysely, which numbers the places of its values on PostgreSQL, with question marks in their place. */
export function withQuestionMarks({ sql: text, parameters = [] }: Compiled, { rules }: EngineSql): ImportedStatement {
  if (parameters.length === 0) return { sql: text, params: [] };
  const params: Value[] = [];
  let next = 0;
  const parts = tokensOf(text, rules).map(({ kind, start, end }) => {
    const part = text.slice(start, end);
    if (kind !== 'code') return part.replaceAll('?', '\\?');
    return part.replace(/\$(\d+)|\?/g, (mark, number: string | undefined) => {
      if (number === undefined && /\$\d/.test(text)) return '\\?';
      const index = number === undefined ? next++ : Number(number) - 1;
      if (index >= parameters.length) return mark;
      params.push(valueOf(parameters[index]));
      return '?';
    });
  });
  return { sql: parts.join(''), params };
}
