import { postgresSql } from '../lexical-rules.js';
import { waitsForOthers } from './concurrent-statements.js';
import { errorCode, type SessionLimits, type StatementLimits } from '../../session/limits.js';

/** `lock_not_available`, caused by `lock_timeout`; `deadlock_detected`. */
const LOCK_TIMEOUTS: readonly unknown[] = ['55P03', '40P01'];

function settings(set: string, { lockTimeout, statementTimeout }: StatementLimits): readonly string[] {
  return [
    ...(lockTimeout === undefined ? [] : [`${set} lock_timeout = ${lockTimeout}`]),
    ...(statementTimeout === undefined ? [] : [`${set} statement_timeout = ${statementTimeout}`]),
  ];
}

/**
 * `lock_timeout` and `statement_timeout` of the session. A rollback does not undo them, as it would undo `set local`.
 */
export const postgresLimits: SessionLimits = {
  read: "select current_setting('lock_timeout') as lock_timeout, current_setting('statement_timeout') as statement_timeout",
  set: (limits) => settings('set', limits),
  setInTransaction: (limits) => settings('set local', limits),
  restore: (before) =>
    Object.entries(before).map(([name, value]) => `set ${name} = ${postgresSql.text(String(value))}`),
  isExempt: waitsForOthers,
  isLockTimeout: (error) => LOCK_TIMEOUTS.includes(errorCode(error)),
};
