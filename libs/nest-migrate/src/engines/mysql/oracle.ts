import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type TableModel } from '../../schema/schema-model.js';
import { type ConditionsOfTable, type ExpressionOracle } from '../oracle.js';
import { type MySqlVariant } from './catalogue/catalogue.js';
import { readMySqlLiteral, withoutIntroducers } from './catalogue/literals.js';
import { castTarget } from './catalogue/types.js';
import { mysqlSql } from './lexical-rules.js';

/**
 * How MySQL or MariaDB normalises an expression. It is read from the note that `explain` leaves for `show warnings`:
 * the query as the server understood it. Values are cast and read back. Neither writes anything.
 */
export class MySqlOracle implements ExpressionOracle {
  constructor(
    private readonly connection: AbstractSqlConnection,
    private readonly variant: MySqlVariant,
  ) {}

  async conditions(table: TableModel, expressions: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.explain(expressions, `from ${name(table.name)}`);
  }

  /** One after the other, since the server keeps notes of its last statement only. */
  async conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]> {
    const answers: (readonly (string | undefined)[])[] = [];
    for (const { table, expressions } of tables) answers.push(await this.conditions(table, expressions));
    return answers;
  }

  /** Triggers have no conditions here. */
  async triggerConditions(_table: TableModel, conditions: readonly string[]): Promise<readonly undefined[]> {
    return conditions.map(() => undefined);
  }

  async queries(queries: readonly string[]): Promise<readonly (string | undefined)[]> {
    const results: (string | undefined)[] = [];
    for (const query of queries) results.push(await this.understood(query));
    return results;
  }

  async defaults(
    defaults: readonly { readonly sql: string; readonly type: string }[],
  ): Promise<readonly (string | undefined)[]> {
    const results: (string | undefined)[] = [];
    for (const { sql, type } of defaults) {
      const target = castTarget(type);
      if (readMySqlLiteral(sql) === undefined && !/^[-+]?[\d.]+$/.test(sql)) {
        results.push((await this.explain([sql], ''))[0]);
      } else {
        results.push(target === undefined ? `value ${sql}` : await this.cast(sql, target));
      }
    }
    return results;
  }

  async findsRow(query: string): Promise<boolean | undefined> {
    try {
      const [row] = await this.connection.execute<{ present: number }[]>(`select exists (${query}) as present`);
      return Number(row?.present) === 1;
    } catch {
      return undefined; // not permitted
    }
  }

  /** Every type change has a conversion; a value that does not fit is refused when the change runs. */
  async usings(changes: readonly unknown[]): Promise<readonly undefined[]> {
    return changes.map(() => undefined);
  }

  private async cast(sql: string, target: string): Promise<string | undefined> {
    try {
      const [row] = await this.connection.execute<{ value: unknown }[]>(
        `select cast(cast(${sql} as ${target}) as char) as value`,
      );
      return row === undefined ? undefined : `value ${String(row.value)}`;
    } catch {
      return undefined; // no value of that type
    }
  }

  private async explain(expressions: readonly string[], source: string): Promise<readonly (string | undefined)[]> {
    if (expressions.length === 0) return [];
    const together = await this.attempt(expressions, source);
    if (together !== undefined || expressions.length === 1) return together ?? [undefined];
    const results: (string | undefined)[] = [];
    for (const expression of expressions) results.push((await this.attempt([expression], source))?.[0]);
    return results;
  }

  private async attempt(expressions: readonly string[], source: string): Promise<readonly string[] | undefined> {
    const list = expressions.map((sql, index) => `(${withoutIntroducers(sql)}) as ${ALIAS}${index}`).join(', ');
    const query = await this.understood(`select ${list} ${source}`);
    const [, ...output] = query?.split(/^(?:\/\*.*?\*\/ )?select /) ?? [];
    const parts = output.join('').split(new RegExp(` AS \`${ALIAS}\\d+\`(?:,| from |$)`));
    return parts.length > expressions.length ? parts.slice(0, expressions.length) : undefined;
  }

  /** A query as the server understood it. */
  private async understood(query: string): Promise<string | undefined> {
    const explain = this.variant === 'mariadb' ? 'explain extended' : 'explain format=traditional';
    try {
      await this.connection.execute(`${explain} ${inThreeBytes(query)}`);
    } catch {
      return undefined; // not understood, or not permitted: the caller compares the texts instead
    }
    const notes = await this.connection.execute<{ Code: number; Message: string }[]>('show warnings');
    return notes.find(({ Code }) => Number(Code) === 1003)?.Message;
  }
}

const ALIAS = 'nest_migrate_';

/** A query with signs in place of characters that take four bytes: notes show any of these as question marks. */
function inThreeBytes(query: string): string {
  return query.replace(
    /[\u{10000}-\u{10ffff}]/gu,
    (character) => `\ue000${character.codePointAt(0)?.toString(16)}\ue001`,
  );
}

function name(identifier: string): string {
  return mysqlSql.quote(identifier);
}
