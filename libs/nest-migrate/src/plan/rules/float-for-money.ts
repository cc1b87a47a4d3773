import { tableName } from '../consequence.js';
import { newColumns } from '../new-columns.js';
import { defineRule } from '../rule.js';

/** Names of what is paid. */
const MONEY =
  /(?:^|_)(?:price|amount|cost|fee|salary|wage|revenue|balance|tax|vat|payment|refund|discount|money)(?:s|es)?(?:_|$)/;
const INEXACT = /^(?:float|double|real)/i;

export const floatForMoney = defineRule({
  id: 'float-for-money',
  level: 'notice',
  title: 'keeps what looks like money in a number that is not exact',

  *check(run) {
    for (const { operation, statement, name, definition } of newColumns(run)) {
      const type = definition.columnType ?? definition.type ?? '';
      const words = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
      if (!INEXACT.test(type) || !MONEY.test(words)) continue;
      yield {
        statement,
        message: `${name} of ${tableName(operation)} is a ${type}, which has no 0.1: sums are off by fractions, and equal amounts are not equal.`,
        instead: "Use type: 'decimal' with a precision and a scale, or whole cents in an integer.",
      };
    }
  },
});
