import { type PartialStatements } from '../../session/partial-statements.js';
import { statementHeads } from '../../sql/statement-heads.js';
import { postgresLexicalRules } from '../lexical-rules.js';

/** Outside of a transaction block a procedure can commit, and so can an anonymous block. */
export const postgresPartialStatements: PartialStatements = {
  kindOf: (sql) =>
    [...statementHeads(sql, { lexical: postgresLexicalRules })].some((head) => /^(?:call|do)\b/.test(head))
      ? 'body'
      : undefined,
  // the second part of a virtual transaction id counts the transactions of the session
  transactions: `select split_part(virtualtransaction, '/', 2) as number from pg_catalog.pg_locks
    where locktype = 'virtualxid' and pid = pg_catalog.pg_backend_pid() limit 1`,
  rollsBack: () => false,
};
