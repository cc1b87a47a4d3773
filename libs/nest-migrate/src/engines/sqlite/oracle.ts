import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type ConditionsOfTable, type ExpressionOracle } from '../oracle.js';
import { canonicalDefault, canonicalExpression } from './catalogue/expressions.js';

/** SQLite keeps every definition as the text that it was given, so a text is normalised here and not by the engine. */
export function sqliteOracle(connection: AbstractSqlConnection): ExpressionOracle {
  const canonical = ({ table, expressions }: ConditionsOfTable): readonly string[] => {
    const columns = table.columns.map(({ definition }) => definition.name);
    return expressions.map((sql) => canonicalExpression(sql, columns));
  };
  return {
    async conditions(table, expressions) {
      return canonical({ table, expressions });
    },
    async conditionsOf(tables) {
      return tables.map(canonical);
    },
    async triggerConditions(table, conditions) {
      return canonical({ table, expressions: conditions });
    },
    async queries(queries) {
      return queries.map((sql) => canonicalExpression(sql.replace(/;\s*$/, ''), []));
    },
    async defaults(defaults) {
      return defaults.map(({ sql, type }) => canonicalDefault(sql, type));
    },
    async findsRow(query) {
      try {
        const [row] = await connection.execute<{ present: number }[]>(`select exists (${query}) as present`);
        return row?.present === 1;
      } catch {
        return undefined; // not understood
      }
    },
    // a type is only a hint here
    async usings(changes) {
      return changes.map(() => undefined);
    },
  };
}
