import { TransactionControlError } from '../errors/runtime.errors.js';
import { type Operation } from '../operations/operation.js';
import { type RunEngine } from './ports.js';

/** An engine, as far as it reads SQL. */
type Reader = Pick<RunEngine, 'transactionControl'>;

/**
 * Refuses SQL of a revision that begins or ends a transaction, before any of it runs: what is rolled back with a revision that
 * fails, and whether its version row moves together with its statements, would no longer be what the tool says.
 *
 * @throws TransactionControlError
 */
export function refuseTransactionControl(engine: Reader, sql: string): void {
  const control = engine.transactionControl(sql);
  if (control !== undefined) throw new TransactionControlError(control, sql);
}

/** The same for the SQL that operations hold. */
export function refuseControlIn(engine: Reader, operations: readonly Operation[]): void {
  for (const operation of operations) if (operation.kind === 'execute') refuseTransactionControl(engine, operation.sql);
}
