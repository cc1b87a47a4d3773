import { shapeOf } from '../sql-shape.js';
import { defineRule } from '../rule.js';

export const dataWithSchemaChange = defineRule({
  id: 'data-with-schema-change',
  level: 'notice',
  engines: ['mysql', 'mariadb'],
  title: 'changes rows and the schema in one revision, which no transaction holds together',

  *check({ revisions, rules }) {
    for (const { statements } of revisions) {
      const isData = (sql: string): boolean => /^(?:insert|update|delete|replace)\b/.test(shapeOf(sql, rules));
      const data = statements.find(({ sql }) => isData(sql));
      if (data === undefined || statements.every(({ sql }) => isData(sql))) continue;
      yield {
        statement: data,
        message:
          'The revision changes rows and the schema. Each change of the schema commits, so that a failure in the middle leaves one part done.',
        instead: 'Change the rows in a revision of its own.',
      };
    }
  },
});
