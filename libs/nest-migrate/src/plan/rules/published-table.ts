import { listed, tableName } from '../consequence.js';
import { touchedTables } from '../../operations/touched-tables.js';
import { defineRule } from '../rule.js';

export const publishedTable = defineRule({
  id: 'published-table',
  level: 'warning',
  engines: ['postgres'],
  title: 'changes columns of a table that is replicated to subscribers',

  *check(run) {
    const told = new Set<string>();
    for (const { operation, statement } of run.operations(
      'addColumn',
      'dropColumn',
      'renameColumn',
      'alterColumn',
      'renameTable',
      'dropTable',
    )) {
      for (const table of touchedTables(operation)) {
        const { publications = [] } = run.statisticsOf(statement, table) ?? {};
        const name = tableName(table);
        if (publications.length === 0 || told.has(name)) continue;
        told.add(name);
        yield {
          statement,
          message: `${name} is in the publication ${listed(publications)}. Changes of the schema are not sent to subscribers, and replication stops where their table no longer fits.`,
          instead: 'Add columns at the subscribers first, and drop them there last.',
        };
      }
    }
  },
});
