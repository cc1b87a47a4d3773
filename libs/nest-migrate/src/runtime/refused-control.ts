import { LockReleaseError, TransactionControlError } from '../errors/runtime.errors.js';
import { type Operation } from '../operations/operation.js';
import { type RunEngine } from './ports.js';

/** The part of an engine that reads SQL. */
type Reader = Pick<RunEngine, 'sql'>;

/** Where SQL of a revision is about to run. */
interface Place {
  readonly inTransaction: boolean;
}

/**
 * Refuses SQL of a revision that begins or ends a transaction, or lets go of the migration lock, before any of it runs.
 * Such SQL would break the promises of the tool: that a revision that fails is rolled back, that its version row moves
 * together with its statements, and that no other run works beside this one.
 *
 * @throws TransactionControlError | LockReleaseError
 */
export function refuseControl(engine: Reader, sql: string, { inTransaction }: Place): void {
  const control = engine.sql.transactionControl(sql, inTransaction);
  if (control !== undefined) throw new TransactionControlError(control, sql);
  const release = engine.sql.lockRelease(sql);
  if (release !== undefined) throw new LockReleaseError(release.words, sql, release.instead);
}

/** As {@link refuseControl}, for the SQL that operations hold. */
export function refuseControlIn(engine: Reader, operations: readonly Operation[], place: Place): void {
  for (const operation of operations) if (operation.kind === 'execute') refuseControl(engine, operation.sql, place);
}
