import { tableName } from '../consequence.js';
import { type HandedStatement, type PlannedTable } from '../planned-statement.js';
import { remedyOnMysql } from '../remedy.js';
import { defineRule, type Found } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

/** The table is larger than the option `onlineSchemaChange` says. */
function handedOver(
  { program, obstacle }: HandedStatement,
  table: PlannedTable,
): Pick<Found, 'level' | 'message' | 'instead'> {
  const name = tableName(table);
  if (obstacle !== null) {
    return {
      level: 'blocking',
      message: `The option onlineSchemaChange hands ${name}${sizeIn(table)} to ${program}, which cannot change it: ${obstacle}. So the upgrade is refused.`,
      instead:
        'Say algorithm and lock in op.batchAlterTable, so that the server makes the change, or raise onlineSchemaChange.above.',
    };
  }
  return {
    level: 'notice',
    message: `The option onlineSchemaChange hands ${name}${sizeIn(table)} to ${program}, which copies it beside requests.`,
    instead: `Have ${program} installed where the upgrade runs, and room on the disk for a second copy of the table.`,
  };
}

export const copyAlgorithm = defineRule({
  id: 'copy-algorithm',
  level: 'blocking',
  engines: ['mysql', 'mariadb'],
  title: 'copies a table row by row while no request can write it',

  *check({ statements }) {
    for (const statement of statements) {
      const { handedTo } = statement;
      if (handedTo !== null) {
        const [table] = statement.tables;
        if (table !== undefined) yield { statement, ...handedOver(handedTo, table) };
        continue;
      }
      if (statement.algorithm !== 'COPY') continue;
      for (const table of statement.tables) {
        if (!table.blocks.writes) continue;
        yield {
          statement,
          level: levelFor(table),
          message: `The server can do it only by a copy of ${tableName(table)}${sizeIn(table)}, under a lock that stops writes.`,
          instead: remedyOnMysql(statement),
        };
      }
    }
  },
});
