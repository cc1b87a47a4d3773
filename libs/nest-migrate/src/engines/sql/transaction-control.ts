import { type BodyRules, statementHeads } from './statement-heads.js';

/**
 * The words that begin or end a transaction. A savepoint does neither, and nor does ending a prepared
 * transaction.
 */
const CONTROL =
  /^(?:begin(?! (?:not )?atomic\b)|start transaction|commit(?! prepared\b)|rollback(?! (?:(?:work|transaction) )?to\b| prepared\b)|abort|end(?=$| (?:work|transaction|and)\b)|prepare transaction|xa(?! recover\b))\b/;

/** The words that need a transaction, and of which the first one begins it on SQLite where there is none. */
const SAVEPOINT = /^(?:savepoint|release|rollback (?:(?:work|transaction) )?to)\b/;

/** What counts as transaction control. */
export interface ControlRules extends BodyRules {
  /** Whether a savepoint counts, since it would begin a transaction. */
  readonly savepoints?: boolean;
}

/**
 * The first words of the first statement of a text that begins or ends a transaction, in lower case; `undefined` where
 * there is none. Only the top level counts: the content of strings, comments and the bodies of routines and triggers
 * does not run now.
 *
 * @example
 * const sql = "insert into a values ('commit'); /* done *\/ COMMIT";
 * transactionControl(sql, { lexical: postgresLexicalRules }); // 'commit'
 */
export function transactionControl(sql: string, rules: ControlRules): string | undefined {
  for (const head of statementHeads(sql, rules)) {
    const [control] = CONTROL.exec(head) ?? (rules.savepoints === true ? SAVEPOINT.exec(head) : null) ?? [];
    if (control !== undefined) return control;
  }
  return undefined;
}
