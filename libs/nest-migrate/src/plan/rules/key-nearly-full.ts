import { type CountingKey } from '../../engines/statistics/statistics.js';
import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

/** The share of the numbers from which on the end is worth a word, and from which on it is near. */
const MUCH = 0.8;
const ALMOST_ALL = 0.95;

export const keyNearlyFull = defineRule({
  id: 'key-nearly-full',
  level: 'warning',
  engines: ['postgres', 'mysql', 'mariadb'],
  title: 'works on a table whose numbers are nearly used up',

  *check(run) {
    const told = new Set<string>();
    for (const statement of run.statements) {
      for (const table of statement.tables) {
        const name = tableName(table);
        for (const key of run.statisticsOf(statement, table)?.countingKeys ?? []) {
          const share = key.last / key.max;
          const place = `${name}.${key.column}`;
          if (share < MUCH || told.has(place)) continue;
          // the statement may be the cure
          if (changes(statement.operations, key)) continue;
          told.add(place);
          yield {
            statement,
            level: share >= ALMOST_ALL ? 'blocking' : undefined,
            message: `${place} has counted to ${key.last.toLocaleString('en-US')} of the ${key.max.toLocaleString('en-US')} that its type holds (${Math.floor(share * 100)} %). Once they are used up, every insert fails.`,
            instead: `Give ${place} the type bigint soon, and the columns that refer to it too: with this size of the table that takes long.`,
          };
        }
      }
    }
  },
});

function changes(
  operations: readonly { readonly kind: string; readonly column?: unknown }[],
  { column }: CountingKey,
): boolean {
  return operations.some((operation) => operation.kind === 'alterColumn' && operation.column === column);
}
