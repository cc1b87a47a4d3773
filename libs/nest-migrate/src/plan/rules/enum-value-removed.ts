import { changedColumn } from '../../operations/column-change.js';
import { listed, tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const enumValueRemoved = defineRule({
  id: 'enum-value-removed',
  level: 'warning',
  title: 'takes away a value that the release before it still writes',

  *check(run) {
    for (const { operation, statement } of run.operations('alterEnum', 'alterColumn')) {
      const [name, before, after] =
        operation.kind === 'alterEnum'
          ? [
              operation.name,
              operation.existing.filter((item) => !operation.renames?.some(({ from }) => from === item)),
              operation.items,
            ]
          : [
              `${tableName(operation)}.${operation.column}`,
              operation.existing?.items ?? [],
              changedColumn(operation.existing ?? {}, operation.change).items,
            ];
      const removed = before.filter((item) => after !== undefined && !after.includes(item));
      if (removed.length === 0) continue;
      yield {
        statement,
        message: `${name} loses ${listed(removed.map((item) => `'${item}'`))}. The upgrade fails where rows hold it, and so do writes of the release that still runs.`,
        instead:
          'Release the code that writes it no more first, change the rows, and take the value away in the release after.',
      };
    }
  },
});
