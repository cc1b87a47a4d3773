import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type SessionLimits, type StatementLimits } from '../engines/session/limits.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type Session } from './ports.js';

/**
 * Sends a statement, and ends it in time where the engine itself does not. Where `sql` is given and may not be limited,
 * the statement runs without limits.
 */
export type Guard = <T>(send: () => Promise<T>, sql?: string) => Promise<T>;

/** The parts that a limited run works with. */
export interface LimitedSession {
  readonly session: Session;
  /** The pool, for statements that another session has to send. */
  readonly connection: AbstractSqlConnection;
  /** How many connections the pool may have; absent for the driver's default, which is more than one. */
  readonly poolMax: number | undefined;
  /** Absent where the engine can't limit anything. */
  readonly engine: SessionLimits | undefined;
  readonly limits: StatementLimits;
}

/**
 * Does the work under the limits. Restores the session's settings however the work ends, since the connection goes back
 * to the application's pool. Not inside a transaction, whose rollback would undo the settings.
 *
 * @throws InvalidOptionError where no connection is left that could end a statement that takes too long.
 */
export async function withLimits<T>(
  { session, connection, poolMax, engine, limits }: LimitedSession,
  work: (guard: Guard) => Promise<T>,
): Promise<T> {
  const { lockTimeout, statementTimeout } = limits;
  if (engine === undefined || (lockTimeout ?? statementTimeout) === undefined) return work((send) => send());
  if (engine.watchdog !== undefined && statementTimeout !== undefined && poolMax === 1) {
    const problem = 'needs a second connection here, which ends the statement, and the pool has one';
    throw new InvalidOptionError('ddl.statementTimeout', problem, 'Raise pool.max to 2.');
  }
  const [settings = {}] = await session.query(engine.read);
  try {
    for (const statement of engine.set(limits)) await session.execute(statement);
    return await work(await guardOf({ session, connection, poolMax, engine, limits }));
  } finally {
    // a session that is lost has no settings to restore
    for (const statement of engine.restore(settings)) await session.execute(statement).catch(() => undefined);
  }
}

/** Lifts the limits while an exempt statement runs. */
function exempting({ session, limits }: LimitedSession, engine: SessionLimits): Guard {
  const { lockTimeout, statementTimeout } = limits;
  const none = { ...limits, lockTimeout: lockTimeout && 0, statementTimeout: statementTimeout && 0 };
  return async (send, sql) => {
    if (sql === undefined || engine.isExempt?.(sql) !== true) return send();
    for (const statement of engine.set(none)) await session.execute(statement);
    try {
      return await send();
    } finally {
      // a failed transaction accepts only its end, and that restores the limits
      for (const statement of engine.set(limits)) await session.execute(statement).catch(() => undefined);
    }
  };
}

async function guardOf(limited: LimitedSession): Promise<Guard> {
  const { session, connection, engine, limits } = limited;
  const { statementTimeout } = limits;
  if (engine?.isExempt !== undefined) return exempting(limited, engine);
  const watchdog = engine?.watchdog;
  if (statementTimeout === undefined || watchdog === undefined) return (send) => send();
  const [row] = await session.query<{ id: number | string }>(watchdog.self);
  const kill = watchdog.kill(Number(row?.id));
  return async (send) => {
    let killing: Promise<unknown> | undefined;
    const timer = setTimeout(() => {
      killing = connection.execute(kill).catch(() => undefined);
    }, statementTimeout);
    try {
      return await send();
    } finally {
      clearTimeout(timer);
      if (killing !== undefined) {
        // else the kill could hit the next statement, as it also could where it arrives just after this one has ended
        await killing;
        await session.query('select 1').catch(() => undefined);
      }
    }
  };
}
