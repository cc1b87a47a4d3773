import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const notNullWithoutDefault = defineRule({
  id: 'not-null-without-default',
  level: 'warning',
  title: 'adds a column that every insert has to name, and has no default',

  *check(run) {
    for (const { operation, statement } of run.operations('addColumn')) {
      const {
        nullable,
        default: value,
        defaultRaw,
        generated,
        autoincrement,
        name,
        columnType = '',
      } = operation.column;
      const isFilled =
        nullable === true ||
        value !== undefined ||
        defaultRaw !== undefined ||
        generated !== undefined ||
        autoincrement === true ||
        /serial$/i.test(columnType);
      if (isFilled || !run.isThere(statement, operation)) continue;
      const rows = run.statisticsOf(statement, operation)?.rows ?? 0;
      const fails = rows > 0 && !run.capabilities.fillsNewColumns;
      const column = `${tableName(operation)}.${name}`;
      yield {
        statement,
        level: fails ? 'blocking' : undefined,
        message: fails
          ? `The table has rows, so that the upgrade fails: ${column} is not null and has no default.`
          : `Instances of the release that still runs do not know ${column}, and their inserts fail: it is not null and has no default.`,
        instead:
          'Give it a default, and drop that in the release after; or add it as nullable, and set not null in the release after.',
      };
    }
  },
});
