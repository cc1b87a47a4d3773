import { errorCode } from '../../session/limits.js';
import { type PartialKind, type PartialStatements } from '../../session/partial-statements.js';
import { statementHeads } from '../../sql/statement-heads.js';
import { mysqlLexicalRules, mysqlSql } from '../lexical-rules.js';

/** The words that begin a statement which runs several others. Those without a routine are MariaDB's. */
const BODY = /^(?:call|execute|begin not atomic|if|case|loop|while|repeat|for)\b/;

/** MariaDB drops the tables of a list one by one, and drops a table before it has replaced it. */
const LIST = /^(?:create or replace (?:table|temporary)|drop)\b/;

/** Deadlocks; the last one is that of a replication group. A lock wait that times out ends only its statement. */
const ROLLED_BACK: readonly unknown[] = ['ER_LOCK_DEADLOCK', 'ER_TRANSACTION_ROLLBACK_DURING_COMMIT'];

function hasHead(sql: string, words: RegExp): boolean {
  return [...statementHeads(sql, { lexical: mysqlLexicalRules, isMySql: true })].some((head) => words.test(head));
}

function mysqlKindOf(sql: string): PartialKind | undefined {
  return hasHead(sql, BODY) ? 'body' : undefined;
}

function mariadbKindOf(sql: string): PartialKind | undefined {
  const isList = hasHead(sql, LIST) && (!hasHead(sql, /^drop\b/) || mysqlSql.splitList(sql).length > 1);
  return mysqlKindOf(sql) ?? (isList ? 'list' : undefined);
}

function rollsBack(error: unknown): boolean {
  return ROLLED_BACK.includes(errorCode(error));
}

export const mysqlPartialStatements: PartialStatements = { kindOf: mysqlKindOf, rollsBack };
export const mariadbPartialStatements: PartialStatements = { kindOf: mariadbKindOf, rollsBack };
