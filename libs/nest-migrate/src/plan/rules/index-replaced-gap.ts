import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const indexReplacedGap = defineRule({
  id: 'index-replaced-gap',
  level: 'warning',
  title: 'drops an index before the one that takes its place is built',

  *check(run) {
    const dropped: {
      readonly table: string;
      readonly columns: readonly string[] | undefined;
      readonly name: string;
    }[] = [];
    for (const { operation, statement } of run.operations('dropIndex', 'createIndex')) {
      if (!run.isThere(statement, operation)) continue;
      const table = tableName(operation);
      if (operation.kind === 'dropIndex') {
        const columns = operation.previous?.columns.map(({ name }) => name);
        dropped.push({ table, columns, name: operation.name });
        continue;
      }
      const [first] = operation.index.columns;
      const { name } = operation.index;
      const before = dropped.find((index) => {
        if (index.table !== table) return false;
        if (index.name === name) return true;
        if (first === undefined) return false;
        // where nothing says what the index was on, its name does
        return index.columns === undefined ? index.name.includes(first.name) : index.columns[0] === first.name;
      });
      if (before === undefined) continue;
      yield {
        statement,
        message: `The index ${before.name} is gone before this one is built: meanwhile queries of ${table} read all of its rows.`,
        instead: 'Build the new index under another name first, drop the old one behind it, and rename the new one.',
      };
    }
  },
});
