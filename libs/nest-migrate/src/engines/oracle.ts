import { type TableModel } from '../schema/schema-model.js';

/** Expressions over the columns of one table. */
export interface ConditionsOfTable {
  readonly table: TableModel;
  readonly expressions: readonly string[];
}

/**
 * Asks the engine what only it can tell: above all how it normalises an SQL text, so that spelling does not count.
 * Writes nothing.
 */
export interface ExpressionOracle {
  /**
   * One canonical text for each expression over the columns of `table`; `undefined` for one that the engine does not
   * understand, or that this role may not try. Writes nothing.
   */
  conditions(table: TableModel, expressions: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for several tables at once. */
  conditionsOf(tables: readonly ConditionsOfTable[]): Promise<readonly (readonly (string | undefined)[])[]>;
  /** The same for conditions of triggers of `table`, which may use the old and the new row. */
  triggerConditions(table: TableModel, conditions: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for whole queries, including the names and the order of their columns. */
  queries(queries: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The same for defaults, each as a value of its type. */
  defaults(
    defaults: readonly { readonly sql: string; readonly type: string }[],
  ): Promise<readonly (string | undefined)[]>;
  /** Whether a query finds a row; `undefined` where this role may not run it, or the engine refuses it. */
  findsRow(query: string): Promise<boolean | undefined>;
  /**
   * For each change of a column's type that the engine has no cast for, an expression that attempts one: it is valid
   * SQL, but fails for most values. `undefined` where there is a cast.
   */
  usings(
    changes: readonly { readonly column: string; readonly from: string; readonly to: string }[],
  ): Promise<readonly (string | undefined)[]>;
}

/** Returns nothing. For a comparison without a database, where there are never two texts to compare. */
export const silentOracle: ExpressionOracle = {
  conditions: async (_table, expressions) => expressions.map(() => undefined),
  conditionsOf: async (tables) => tables.map(({ expressions }) => expressions.map(() => undefined)),
  defaults: async (defaults) => defaults.map(() => undefined),
  queries: async (queries) => queries.map(() => undefined),
  triggerConditions: async (_table, conditions) => conditions.map(() => undefined),
  findsRow: async () => undefined,
  usings: async (changes) => changes.map(() => undefined),
};
