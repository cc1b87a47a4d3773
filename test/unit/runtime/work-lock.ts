import { type LockHolder } from '../../../libs/nest-migrate/src/engines/session/lock.ts';
import { type TransactionLock } from '../../../libs/nest-migrate/src/engines/session/transaction-lock.ts';

/** Another session, as a server tells of it. */
export const otherSession: LockHolder = {
  ...{ pid: 7, application: 'db upgrade', address: '10.0.0.7', since: null, statement: null },
};

/** The second lock of `lock: 'transaction'`, which is free unless told otherwise. */
export function workLock(lock: Partial<TransactionLock> = {}): TransactionLock {
  return {
    prepare: async () => undefined,
    tryAcquire: async () => true,
    holder: async () => null,
    tryAcquireWork: async () => true,
    workHolder: async () => otherSession,
    runner: async () => null,
    ...lock,
  };
}
