import { type Dialect } from '../engines/dialect.js';
import { TransactionControlError } from '../errors/runtime.errors.js';
import { type Operation } from '../operations/operation.js';

/**
 * Refuses SQL of a revision that begins or ends a transaction, before any of it runs: what is rolled back with a revision that
 * fails, and whether its version row moves together with its statements, would no longer be what the tool says.
 *
 * @throws TransactionControlError
 */
export function refuseTransactionControl(dialect: Dialect, sql: string): void {
  const control = dialect.transactionControl(sql);
  if (control !== undefined) throw new TransactionControlError(control, sql);
}

/** The same for the SQL that operations hold. */
export function refuseControlIn(dialect: Dialect, operations: readonly Operation[]): void {
  for (const operation of operations)
    if (operation.kind === 'execute') refuseTransactionControl(dialect, operation.sql);
}
