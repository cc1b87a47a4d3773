import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const foreignKeyTypeMismatch = defineRule({
  id: 'foreign-key-type-mismatch',
  level: 'warning',
  engines: ['postgres', 'sqlite'],
  title: 'creates a foreign key between columns of different types',

  *check(run) {
    for (const { operation, statement } of run.operations('createForeignKey')) {
      const { columns, referencedTable, referencedSchema, referencedColumns } = operation.foreignKey;
      const table = run.tableAfter(operation);
      const referenced = run.tableAfter({ table: referencedTable, schema: referencedSchema });
      for (const [index, column] of columns.entries()) {
        const other = referencedColumns[index];
        const type = table?.columns.find(({ definition }) => definition.name === column)?.databaseType;
        const otherType = referenced?.columns.find(({ definition }) => definition.name === other)?.databaseType;
        if (type === undefined || otherType === undefined || type === otherType) continue;
        yield {
          statement,
          message: `${tableName(operation)}.${column} is ${type}, and ${referencedTable}.${other ?? ''}, which it refers to, is ${otherType}: values are converted on each use, and one of the two overflows first.`,
          instead: 'Give both the same type.',
        };
      }
    }
  },
});
