import { errorCode, type SessionLimits } from '../session-limits.js';

/** `lock_not_available`, by `lock_timeout`; `deadlock_detected`. */
const LOCK_TIMEOUTS: readonly unknown[] = ['55P03', '40P01'];

/** `lock_timeout` and `statement_timeout` of the session: a rollback does not take them away, as it would `set local`. */
export const postgresLimits: SessionLimits = {
  read: "select current_setting('lock_timeout') as lock_timeout, current_setting('statement_timeout') as statement_timeout",
  set: ({ lockTimeout, statementTimeout }) => [
    ...(lockTimeout === undefined ? [] : [`set lock_timeout = ${lockTimeout}`]),
    ...(statementTimeout === undefined ? [] : [`set statement_timeout = ${statementTimeout}`]),
  ],
  restore: (settings) => Object.entries(settings).map(([name, value]) => `set ${name} = '${String(value)}'`),
  isLockTimeout: (error) => LOCK_TIMEOUTS.includes(errorCode(error)),
};
