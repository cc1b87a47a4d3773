import { type Operation } from '../operations/operation.js';
import { type Session } from './ports.js';
import { type RunTransactions } from './run-transactions.js';

/** A statement of a revision that is about to be sent. */
export interface ObservedStatement {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  /** `null`: work through the ORM, whose statements are not known beforehand. */
  readonly sql: string | null;
  readonly operations: readonly Operation[];
  /** Whether it is committed by itself, since it is in an `autocommitBlock`. */
  readonly isAlone: boolean;
  readonly session: Session;
  readonly transactions: Pick<RunTransactions, 'begin' | 'commit' | 'isOpen' | 'rollback'>;
}

/**
 * Sends the statements of a run in place of the run. It may commit between them, so that it is for scratch databases
 * alone.
 *
 * @param send Sends the statement, or the one that takes its place.
 */
export type StatementObserver = (
  statement: ObservedStatement,
  send: (sql: string) => Promise<unknown>,
) => Promise<void>;
