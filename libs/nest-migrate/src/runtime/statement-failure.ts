/** Which statement of its revision failed. */
export interface FailedStatement {
  readonly ordinal: number;
  readonly sql: string;
  /** The sessions that it waited for at the last look, described for messages. */
  readonly awaited?: string;
}

/**
 * A statement that failed, with the original error as its cause. Internal: callers get a RevisionFailedError with both.
 */
export class StatementFailure extends Error {
  constructor(
    readonly statement: FailedStatement,
    override readonly cause: unknown,
    /** Whether what the statement left behind is removed. */
    readonly isCleanedUp = false,
  ) {
    super('statement failed');
  }
}

/** The original error of a failure. */
export function causeOf(error: unknown): unknown {
  return error instanceof StatementFailure ? error.cause : error;
}
