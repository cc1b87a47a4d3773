import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

/** The share of the versions from which on the next one is worth a word. */
const MUCH = 0.8;

export const rowVersionsFull = defineRule({
  id: 'row-versions-full',
  level: 'warning',
  engines: ['mysql'],
  title: 'changes a table instantly that can take few such changes more',

  *check(run) {
    const max = run.statistics?.maxRowVersions ?? null;
    if (max === null) return;
    for (const statement of run.statements) {
      if (statement.algorithm !== 'INSTANT') continue;
      if (!statement.operations.some(({ kind }) => kind === 'addColumn' || kind === 'dropColumn')) continue;
      for (const table of statement.tables) {
        const versions = run.statisticsOf(statement, table)?.rowVersions ?? null;
        if (versions === null || versions < max * MUCH) continue;
        yield {
          statement,
          message: `${tableName(table)} has had ${versions} instant changes of the ${max} that MySQL takes. Once they are used up, the table has to be rebuilt before a column is added or dropped.`,
          instead: `Plan alter table ${tableName(table)} force, which rebuilds it, for a time when little is written.`,
        };
      }
    }
  },
});
