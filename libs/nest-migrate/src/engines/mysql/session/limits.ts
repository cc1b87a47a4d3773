import { errorCode, type SessionLimits } from '../../session/limits.js';

/** The last one: a transaction of a replication group was not certified, since another member was earlier. */
const LOCK_TIMEOUTS: readonly unknown[] = [
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_TRANSACTION_ROLLBACK_DURING_COMMIT',
];

/**
 * `lock_wait_timeout` limits waiting for metadata, as DDL does; `innodb_lock_wait_timeout` waiting for rows. Both are
 * in whole seconds.
 */
const locks = (milliseconds: number | undefined): readonly string[] => {
  if (milliseconds === undefined) return [];
  const seconds = Math.ceil(milliseconds / 1000);
  return [`set lock_wait_timeout = ${seconds}`, `set innodb_lock_wait_timeout = ${seconds}`];
};

const restore = (settings: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(settings).map(([name, value]) => `set ${name} = ${Number(value)}`);

const isLockTimeout = (error: unknown): boolean => LOCK_TIMEOUTS.includes(errorCode(error));

/** MySQL, whose `max_execution_time` limits only queries: another session ends a statement that takes too long. */
export const mysqlLimits: SessionLimits = {
  read: 'select @@session.lock_wait_timeout as lock_wait_timeout, @@session.innodb_lock_wait_timeout as innodb_lock_wait_timeout',
  set: ({ lockTimeout }) => locks(lockTimeout),
  restore,
  isLockTimeout,
  watchdog: { self: 'select connection_id() as id', kill: (id) => `kill query ${id}` },
};

/** MariaDB, which ends statements of every kind by itself. */
export const mariadbLimits: SessionLimits = {
  read: 'select @@session.lock_wait_timeout as lock_wait_timeout, @@session.innodb_lock_wait_timeout as innodb_lock_wait_timeout, @@session.max_statement_time as max_statement_time',
  set: ({ lockTimeout, statementTimeout }) => [
    ...locks(lockTimeout),
    ...(statementTimeout === undefined ? [] : [`set max_statement_time = ${statementTimeout / 1000}`]),
  ],
  restore,
  isLockTimeout,
};
