import { IrreversibleOperationError } from '../errors/operation.errors.js';
import { type OperationData } from './define.js';

/**
 * Returns what an operation holds of the state before it, without which it cannot be reversed.
 *
 * @throws IrreversibleOperationError where the operation does not hold it.
 */
export function held<O extends OperationData, K extends keyof O & string>(
  operation: O,
  key: K,
  reason: string,
): NonNullable<O[K]> {
  const value = operation[key];
  if (value == null) throw missing(operation, key, reason);
  return value;
}

/** The name of what an operation creates. The name that an engine would choose is not known here. */
export function nameIn(operation: OperationData, name: string | undefined): string {
  if (name === undefined) throw missing(operation, 'name', 'what it creates has no name yet.');
  return name;
}

/** The error for an operation that cannot be reversed. `what` names what it does not hold. */
export function missing(operation: OperationData, what: string | null, reason: string): IrreversibleOperationError {
  return new IrreversibleOperationError(operation.kind, what, reason);
}
