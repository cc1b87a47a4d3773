import { TransactionControlError } from '../errors/runtime.errors.js';
import { type Operation } from '../operations/operation.js';
import { type RunEngine } from './ports.js';

/** The part of an engine that reads SQL. */
type Reader = Pick<RunEngine, 'sql'>;

/**
 * Refuses SQL of a revision that begins or ends a transaction, before any of it runs. Such SQL would break two promises
 * of the tool: that a revision that fails is rolled back, and that its version row moves together with its statements.
 *
 * @throws TransactionControlError
 */
export function refuseTransactionControl(engine: Reader, sql: string): void {
  const control = engine.sql.transactionControl(sql);
  if (control !== undefined) throw new TransactionControlError(control, sql);
}

/** As {@link refuseTransactionControl}, for the SQL that operations hold. */
export function refuseControlIn(engine: Reader, operations: readonly Operation[]): void {
  for (const operation of operations) if (operation.kind === 'execute') refuseTransactionControl(engine, operation.sql);
}
