import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const strictModeOff = defineRule({
  id: 'strict-mode-off',
  level: 'warning',
  engines: ['mysql', 'mariadb'],
  title: 'changes values on a server that cuts what does not fit, and says nothing',

  *check(run) {
    if (run.statistics?.strictMode !== false) return;
    for (const { operation, statement } of run.operations('alterColumn', 'bulkInsert', 'execute')) {
      if (operation.kind === 'execute' && !/^\s*(?:insert|update|replace)\b/i.test(operation.sql)) continue;
      if (operation.kind === 'alterColumn' && !changesValues(operation.change)) continue;
      const place = operation.kind === 'execute' ? 'it' : tableName(operation);
      yield {
        statement,
        message: `The session has no STRICT_TRANS_TABLES: a null where none may be becomes 0 or an empty text in ${place}, and a text that is too long is cut.`,
        instead: "Set sql_mode to one with STRICT_TRANS_TABLES, on the server or in the application's connection.",
      };
    }
  },
});

function changesValues({ nullable, type, columnType, length }: Readonly<Record<string, unknown>>): boolean {
  return nullable === false || type !== undefined || columnType !== undefined || length !== undefined;
}
