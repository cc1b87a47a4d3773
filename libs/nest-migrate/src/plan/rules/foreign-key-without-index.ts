import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const foreignKeyWithoutIndex = defineRule({
  id: 'foreign-key-without-index',
  level: 'warning',
  engines: ['postgres', 'sqlite'],
  title: 'creates a foreign key whose columns no index begins with',

  *check(run) {
    for (const { operation, statement } of run.operations('createForeignKey')) {
      const { foreignKey } = operation;
      const table = run.tableAfter(operation);
      if (table === undefined || !run.isThere(statement, operation)) continue;
      const keys = [
        ...(table.primaryKey === undefined ? [] : [table.primaryKey.columns]),
        ...table.uniques.map(({ columns }) => columns),
        ...table.indexes
          .filter(({ where }) => where === undefined)
          .map(({ columns }) => columns.map(({ name }) => name)),
      ];
      const isIndexed = keys.some((columns) => {
        const first = columns.slice(0, foreignKey.columns.length);
        return foreignKey.columns.every((column) => first.includes(column));
      });
      if (isIndexed) continue;
      yield {
        statement,
        message: `No index of ${tableName(operation)} begins with ${foreignKey.columns.join(', ')}: each delete in ${foreignKey.referencedTable} reads all of ${tableName(operation)}.`,
        instead: 'Create an index on the columns first.',
      };
    }
  },
});
