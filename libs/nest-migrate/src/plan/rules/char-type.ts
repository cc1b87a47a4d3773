import { tableName } from '../consequence.js';
import { newColumns } from '../new-columns.js';
import { defineRule } from '../rule.js';

export const charType = defineRule({
  id: 'char-type',
  level: 'notice',
  engines: ['postgres'],
  title: 'gives a column the type char, which pads what is stored',

  *check(run) {
    for (const { operation, statement, name, definition } of newColumns(run)) {
      const type = definition.columnType?.trim().toLowerCase();
      const isPadded =
        type === undefined ? definition.type === 'character' : /^(?:bp)?char(?:acter)?\s*(?:\(|$)/.test(type);
      if (!isPadded) continue;
      yield {
        statement,
        message: `${tableName(operation)}.${name} is filled with blanks up to its length, and loses them in most comparisons: it saves no space, and surprises.`,
        instead: "Use type: 'text', or type: 'string' with a length.",
      };
    }
  },
});
