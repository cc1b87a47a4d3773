import { postgresSql } from './lexical-rules.js';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type TableModel } from '../../schema/schema-model.js';
import { type ConditionsOfTable, type ExpressionOracle } from '../oracle.js';

/**
 * How PostgreSQL normalises an expression, read from `explain verbose`: the planner prints it with names resolved,
 * casts added and constants folded. The columns come from a derived table of typed nulls. So this needs neither the
 * right to read the table nor the right to create a temporary one, and writes nothing. (`offset 0` keeps the planner
 * from folding those nulls into the expression.)
 */
export class PostgresOracle implements ExpressionOracle {
  private transaction: boolean | undefined;

  constructor(private readonly connection: AbstractSqlConnection) {}

  async conditions(table: TableModel, expressions: readonly string[]): Promise<readonly (string | undefined)[]> {
    const [answers = []] = await this.conditionsOf([{ table, expressions }]);
    return answers;
  }

  async conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]> {
    const plain = tables.map(({ table, expressions }) => ({
      table,
      expressions: expressions.filter((expression) => !holdsQuery(expression)),
    }));
    const answers = await this.together(plain);
    const results: (readonly (string | undefined)[])[] = [];
    for (const [index, { table, expressions }] of tables.entries()) {
      const own = [...(answers[index] ?? [])];
      const all: (string | undefined)[] = [];
      for (const expression of expressions) {
        const query = `select (${expression}) from ${this.rowOf(table)} as ${this.name(table.name)}`;
        all.push(holdsQuery(expression) ? await this.plan(query) : own.shift());
      }
      results.push(all);
    }
    return results;
  }

  /**
   * One statement for all of them. Where it is refused, one for each half, so that the invalid expression is found
   * quickly.
   */
  private async together(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]> {
    const asked = tables.filter(({ expressions }) => expressions.length > 0);
    const [first] = asked;
    if (first === undefined) return tables.map(() => []);
    const rows = await this.probe(async () => {
      const list = asked.map(({ table, expressions }) => {
        const values = [...expressions.map((expression) => `(${expression})`), '0'];
        return `(select row(${values.join(', ')}) from ${this.rowOf(table)} as ${this.name(table.name)})`;
      });
      return rowsOf(
        await this.connection.execute<Record<string, unknown>[]>(
          `explain (verbose, costs off, format json) select ${list.join(', ')}`,
        ),
      );
    });
    const isWhole = asked.every(({ expressions }, index) => rows?.[index]?.length === expressions.length + 1);
    if (isWhole) {
      const answers = [...(rows ?? [])];
      return tables.map(({ table, expressions }) =>
        expressions.length === 0 ? [] : withoutTable(table, (answers.shift() ?? []).slice(0, -1)),
      );
    }
    if (tables.length === 1) {
      const { table, expressions } = first;
      const answers = await this.explain(expressions, `from ${this.rowOf(table)} as ${this.name(table.name)}`);
      return [withoutTable(table, answers)];
    }
    const middle = tables.length >> 1;
    return [...(await this.together(tables.slice(0, middle))), ...(await this.together(tables.slice(middle)))];
  }

  /**
   * The whole plan. A query inside an expression is a separate part of it, and appears in the output only as a number.
   */
  private async plan(query: string): Promise<string | undefined> {
    return this.probe(async () => {
      const [row = {}] = await this.connection.execute<Record<string, unknown>[]>(
        `explain (verbose, costs off, format json) ${query}`,
      );
      const [plan] = Object.values(row);
      return typeof plan === 'string' ? plan : JSON.stringify(plan);
    });
  }

  async triggerConditions(table: TableModel, conditions: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.explain(conditions, `from ${this.rowOf(table)} as old, ${this.rowOf(table)} as new`);
  }

  async queries(queries: readonly string[]): Promise<readonly (string | undefined)[]> {
    const results: (string | undefined)[] = [];
    for (const query of queries) results.push(await this.query(query));
    return results;
  }

  /** The planner prints the expressions of the columns but not their names, which come from a row of nulls. */
  private async query(query: string): Promise<string | undefined> {
    return this.probe(async () => {
      const rows = await this.connection.execute<Record<string, unknown>[]>(
        `explain (verbose, costs off, format json) select * from (${query}) as ${PROBED}`,
      );
      const [row = {}] = await this.connection.execute<Record<string, unknown>[]>(
        `select ${PROBED}.* from (values (1)) as nest_migrate_one left join ` +
          `(select * from (${query}) as nest_migrate_inner limit 0) as ${PROBED} on true`,
      );
      const [plan] = Object.values(rows[0] ?? {});
      return JSON.stringify([Object.keys(row), typeof plan === 'string' ? JSON.parse(plan) : plan]);
    });
  }

  async defaults(
    defaults: readonly { readonly sql: string; readonly type: string }[],
  ): Promise<readonly (string | undefined)[]> {
    return this.explain(
      defaults.map(({ sql, type }) => `cast((${sql}) as ${type})`),
      '',
    );
  }

  /** A row of a table, as a query that reads no table. */
  private rowOf({ columns }: TableModel): string {
    const values = columns.map(
      ({ definition, databaseType }) => `null::${databaseType} as ${this.name(definition.name)}`,
    );
    return `(select ${values.join(', ')} offset 0)`;
  }

  async findsRow(query: string): Promise<boolean | undefined> {
    return this.probe(async () => {
      const [row] = await this.connection.execute<{ present: boolean }[]>(`select exists (${query}) as present`);
      return row?.present;
    });
  }

  /** Every type can be cast to text and from it, which converts by the text form of a value. */
  async usings(
    changes: readonly { readonly column: string; readonly from: string; readonly to: string }[],
  ): Promise<readonly (string | undefined)[]> {
    const types = changes.map(({ from, to }, position) => {
      const [source, target] = [from, to].map((type) => postgresSql.text(type));
      return `(${position}, ${source}, ${target})`;
    });
    const rows = await this.connection.execute<{ position: number }[]>(withoutCast(types.join(', ')));
    const missing = new Set(rows.map(({ position }) => Number(position)));
    return changes.map(({ column, to }, position) =>
      missing.has(position) ? `${this.name(column)}::text::${to}` : undefined,
    );
  }

  private async explain(expressions: readonly string[], source: string): Promise<readonly (string | undefined)[]> {
    if (expressions.length === 0) return [];
    const together = await this.attempt(expressions, source);
    if (together !== undefined) return together;
    if (expressions.length === 1) return [undefined];
    const results: (string | undefined)[] = [];
    for (const expression of expressions) results.push((await this.attempt([expression], source))?.[0]);
    return results;
  }

  private async attempt(expressions: readonly string[], source: string): Promise<readonly string[] | undefined> {
    // one column more than the row has, else the planner takes a list of all columns for the row itself and prints its
    // nulls
    const list = [...expressions, '0'].map((expression) => `(${expression})`).join(', ');
    return this.probe(async () => {
      const rows = await this.connection.execute<Record<string, unknown>[]>(
        `explain (verbose, costs off, format json) select ${list} ${source}`,
      );
      return outputOf(rows, expressions.length);
    });
  }

  private async probe<T>(ask: () => Promise<T>): Promise<T | undefined> {
    const inside = await this.insideTransaction();
    try {
      const answer = await ask();
      if (inside) await this.connection.execute(`release savepoint ${SAVEPOINT}`);
      return answer;
    } catch {
      // not understood, or not permitted: the caller compares the texts instead
      if (inside) await this.connection.execute(`rollback to savepoint ${SAVEPOINT}`);
      return undefined;
    }
  }

  /** A probe that fails would end an open transaction, so inside a transaction each probe runs after a savepoint. */
  private async insideTransaction(): Promise<boolean> {
    if (this.transaction === false) return false;
    try {
      await this.connection.execute(`savepoint ${SAVEPOINT}`);
      this.transaction = true;
    } catch (error) {
      if (this.transaction === true) throw error;
      this.transaction = false; // PostgreSQL refuses savepoints outside of transactions
    }
    return this.transaction;
  }

  private name(identifier: string): string {
    return postgresSql.quote(identifier);
  }
}

const SAVEPOINT = 'nest_migrate_probe';
const PROBED = 'nest_migrate_probed';

/** A query for the changes without a cast. For arrays the types of the elements count, for domains the base types. */
function withoutCast(changes: string): string {
  const plain = (type: string): string =>
    `case when source.typcategory = 'A' and target.typcategory = 'A' then ${type}.typelem ` +
    `when ${type}.typbasetype <> 0 then ${type}.typbasetype else ${type}.oid end`;
  return (
    `select change.position from (values ${changes}) as change (position, source, target) ` +
    'join pg_catalog.pg_type source on source.oid = to_regtype(change.source) ' +
    'join pg_catalog.pg_type target on target.oid = to_regtype(change.target) ' +
    `join pg_catalog.pg_type a on a.oid = ${plain('source')} join pg_catalog.pg_type b on b.oid = ${plain('target')} ` +
    `where a.oid <> b.oid and a.typcategory <> 'S' and b.typcategory <> 'S' ` +
    `and not (a.typcategory = 'E' and b.typcategory = 'E') ` +
    'and not exists (select 1 from pg_catalog.pg_cast where castsource = a.oid and casttarget = b.oid)'
  );
}

interface Plan {
  readonly Output?: readonly string[];
  readonly Plans?: readonly Plan[];
  readonly 'Subplan Name'?: string;
}

/** The normalised expressions of each query of a list, in order. */
function rowsOf(rows: readonly Record<string, unknown>[]): readonly (readonly string[])[] {
  const [cell] = Object.values(rows[0] ?? {});
  const plans = (typeof cell === 'string' ? JSON.parse(cell) : cell) as readonly { readonly Plan?: Plan }[] | undefined;
  const inner = (plans?.[0]?.Plan?.Plans ?? []).map((plan) => ({
    place: Number(/^InitPlan (\d+)/.exec(plan['Subplan Name'] ?? '')?.[1]),
    row: /^ROW\((.*)\)$/s.exec(plan.Output?.[0] ?? '')?.[1],
  }));
  return inner
    .toSorted((a, b) => a.place - b.place)
    .map(({ row }) => (row === undefined ? [] : postgresSql.splitList(row)));
}

/** The answers about a table without its name, to which the planner adds a number where it is asked about it twice. */
function withoutTable<T extends string | undefined>({ name }: TableModel, answers: readonly T[]): readonly T[] {
  const pattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const quoted = pattern(postgresSql.quote(name).slice(0, -1));
  const prefix = new RegExp(`(?<![\\w."])(?:${pattern(name)}(?:_\\d+)?|${quoted}(?:_\\d+)?")\\.(?=["\\w])`, 'g');
  return answers.map((answer) => answer?.replace(prefix, '') as T);
}

/** Whether an expression contains a query. Only that of a policy may. */
function holdsQuery(expression: string): boolean {
  return /\bselect\b/i.test(expression);
}

function outputOf(rows: readonly Record<string, unknown>[], count: number): readonly string[] | undefined {
  const cell = Object.values(rows[0] ?? {})[0];
  const plans = (typeof cell === 'string' ? JSON.parse(cell) : cell) as readonly { readonly Plan?: Plan }[] | undefined;
  const output = plans?.[0]?.Plan?.Output;
  return output?.length === count + 1 ? output.slice(0, count) : undefined;
}
