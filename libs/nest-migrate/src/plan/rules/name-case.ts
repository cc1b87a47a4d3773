import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const nameCase = defineRule({
  id: 'name-case',
  level: 'notice',
  engines: ['postgres', 'mysql', 'mariadb'],
  title: 'names a table with capital letters',

  *check(run) {
    for (const { operation, statement } of run.operations('createTable', 'renameTable')) {
      const name = operation.kind === 'createTable' ? tableName(operation) : operation.to;
      const own = name.split('.').at(-1) ?? name;
      if (own === own.toLowerCase()) continue;
      yield {
        statement,
        message:
          run.engine === 'postgres'
            ? `PostgreSQL finds ${own} only where it is quoted: without quotes it looks for ${own.toLowerCase()}.`
            : `Whether ${own} and ${own.toLowerCase()} are one table depends on lower_case_table_names, which servers on Linux, Windows and macOS do not have alike.`,
        instead: 'Name it in small letters, with underscores.',
      };
    }
  },
});
