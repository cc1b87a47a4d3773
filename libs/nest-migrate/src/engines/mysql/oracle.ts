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
    return (await this.conditionsOf([{ table, expressions }]))[0] ?? [];
  }

  async conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]> {
    const answers = await askedTogether(
      tables.map(({ table, expressions }) => ({ source: ` from ${name(table.name)}`, expressions })),
      (some) => this.explain(some),
    );
    const whole: (readonly (string | undefined)[])[] = [];
    // one after the other, since the server keeps the notes of its last statement only
    for (const [index, answer] of answers.entries()) whole.push(answer ?? (await this.oneByOne(tables[index])));
    return whole;
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
    const questions = defaults.map(({ sql, type }) => {
      const isValue = readMySqlLiteral(sql) !== undefined || /^[-+]?[\d.]+$/.test(sql);
      return { sql, isValue, target: castTarget(type) };
    });
    const cast = questions.filter(({ isValue, target }) => isValue && target !== undefined);
    const other = questions.filter(({ isValue }) => !isValue);
    const casts = await askedTogether(cast, (some) => this.cast(some));
    const understood = await askedTogether(
      other.map(({ sql }) => ({ source: '', expressions: [sql] })),
      (some) => this.explain(some),
    );
    return questions.map((question) => {
      if (!question.isValue) return understood[other.indexOf(question)]?.[0];
      return question.target === undefined ? `value ${question.sql}` : casts[cast.indexOf(question)];
    });
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

  /** The expressions of a table that cannot be asked about together, since the server does not understand one of them. */
  private async oneByOne({ table, expressions }: ConditionsOfTable): Promise<readonly (string | undefined)[]> {
    const answers: (string | undefined)[] = [];
    const source = ` from ${name(table.name)}`;
    for (const expression of expressions) {
      answers.push((await this.explain([{ source, expressions: [expression] }]))?.[0]?.[0]);
    }
    return answers;
  }

  /** `undefined` where one of them is no value of its type. */
  private async cast(
    values: readonly { readonly sql: string; readonly target?: string }[],
  ): Promise<readonly string[] | undefined> {
    const list = values.map(({ sql, target }, at) => `cast(cast(${sql} as ${target}) as char) as ${ALIAS}${at}`);
    try {
      const [row] = await this.connection.execute<Record<string, unknown>[]>(`select ${list.join(', ')}`);
      return row && values.map((_, at) => `value ${String(row[`${ALIAS}${at}`])}`);
    } catch {
      return undefined;
    }
  }

  /** How the server understands expressions; `undefined` where it does not understand one of them. */
  private async explain(selects: readonly Select[]): Promise<readonly (readonly string[])[] | undefined> {
    const width = Math.max(...selects.map(({ expressions }) => expressions.length));
    let count = 0;
    const texts = selects.map(({ source, expressions }) => {
      const named = expressions.map((sql) => `(${withoutIntroducers(sql)}) as ${ALIAS}${count++}`);
      // each select of a union has as many columns
      return `select ${[...named, ...Array<string>(width - named.length).fill('null')].join(', ')}${source}`;
    });
    const note = await this.understood(texts.join(' union all '));
    const parts = note?.split(new RegExp(` AS \`${ALIAS}\\d+\``)).map((part) => part.replace(BEFORE_PART, ''));
    if (parts?.length !== count + 1) return undefined;
    let at = 0;
    return selects.map(({ expressions }) => parts.slice(at, (at += expressions.length)));
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

/** Expressions on what a table has. */
interface Select {
  readonly source: string;
  readonly expressions: readonly string[];
}

const ALIAS = 'nest_migrate_';

/** What a note has before an expression: the comma behind the one before it, or the beginning of its `select`. */
const BEFORE_PART =
  /^(?:,|(?:(?:,NULL AS `(?:My_exp_)?NULL`)*(?: from `(?:[^`]|``)+`\.`(?:[^`]|``)+`)? union all )?(?:\/\*.*?\*\/ )?select )/;

/** More at once takes a server longer than asking again. */
const AT_ONCE = 200;

/**
 * Asks about all at once, and about halves where the server does not answer: it does not say which question was the
 * wrong one. The answer to that is `undefined`.
 */
async function askedTogether<Question, Answer>(
  questions: readonly Question[],
  ask: (some: readonly Question[]) => Promise<readonly Answer[] | undefined>,
): Promise<readonly (Answer | undefined)[]> {
  if (questions.length === 0) return [];
  const answers = questions.length > AT_ONCE ? undefined : await ask(questions);
  if (answers !== undefined) return answers;
  if (questions.length === 1) return [undefined];
  const half = Math.ceil(questions.length / 2);
  return [
    ...(await askedTogether(questions.slice(0, half), ask)),
    ...(await askedTogether(questions.slice(half), ask)),
  ];
}

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
