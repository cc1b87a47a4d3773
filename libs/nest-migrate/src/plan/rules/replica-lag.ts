import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

export const replicaLag = defineRule({
  id: 'replica-lag',
  level: 'warning',
  engines: ['mysql', 'mariadb'],
  title: 'keeps replicas behind the server for as long as it takes',

  *check({ statements, statistics }) {
    const replicas = statistics?.replicas ?? 0;
    if (replicas === 0) return;
    for (const statement of statements) {
      if (statement.algorithm !== 'COPY' && statement.algorithm !== 'INPLACE') continue;
      for (const table of statement.tables) {
        if (table.work === 'metadata' && table.indexes.length === 0) continue;
        yield {
          statement,
          level: levelFor(table),
          message: `${replicas === 1 ? 'The replica does' : `The ${replicas} replicas do`} it once more when the server is done, and meanwhile nothing else: reads there are behind for as long as ${tableName(table)}${sizeIn(table)} takes.`,
          instead:
            'Run it when no one needs fresh rows of a replica, or let pt-online-schema-change do it, which waits for replicas.',
        };
      }
    }
  },
});
