/** Limits for the statements of a run. */
export interface StatementLimits {
  /** How long a statement waits for a lock, in milliseconds; absent: as long as the session's settings say. */
  readonly lockTimeout: number | undefined;
  /** How long a statement runs, in milliseconds; absent: as long as the session's settings say. */
  readonly statementTimeout: number | undefined;
  /** How often is tried again what waited too long for a lock. */
  readonly retries: number;
}

/** How a session limits its statements. */
export interface SessionLimits {
  /** The settings as they are: one row, a column each. */
  readonly read: string;
  /** The statements that put the limits into force. */
  set(limits: StatementLimits): readonly string[];
  /** The same until the transaction ends; absent where the engine has no such thing. */
  setInTransaction?(limits: StatementLimits): readonly string[];
  /** The statements that put back what {@link read} answered. */
  restore(settings: Readonly<Record<string, unknown>>): readonly string[];
  /**
   * Whether a statement is not to be limited, since it waits for transactions that it does not block, and leaves something
   * behind where it is ended; absent where there are no such statements.
   */
  isExempt?(sql: string): boolean;
  /** Whether a statement failed since it waited too long for a lock, or for a deadlock: another time it may not. */
  isLockTimeout(error: unknown): boolean;
  /**
   * Where the engine does not end statements by itself: the query for the session's number, and the statement by which another
   * session ends what that one runs.
   */
  readonly watchdog?: { readonly self: string; kill(id: number): string };
}

/** The error's code, as the drivers have it. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
