/** Limits for the statements of a run. */
export interface StatementLimits {
  /** How long a statement waits for a lock, in milliseconds; absent: as long as the session's settings say. */
  readonly lockTimeout: number | undefined;
  /** How long a statement runs, in milliseconds; absent: as long as the session's settings say. */
  readonly statementTimeout: number | undefined;
  /** How often something that waited too long for a lock is tried again. */
  readonly retries: number;
}

/** How a session limits its statements. */
export interface SessionLimits {
  /** Reads the present settings: one row, one column each. */
  readonly read: string;
  /** The statements that set the limits. */
  set(limits: StatementLimits): readonly string[];
  /** The same, until the transaction ends; absent where the engine has no such settings. */
  setInTransaction?(limits: StatementLimits): readonly string[];
  /** The statements that restore the settings that {@link read} returned. */
  restore(settings: Readonly<Record<string, unknown>>): readonly string[];
  /**
   * Whether a statement must not be limited: it waits for transactions that it does not block, and leaves something
   * behind if it is ended. Absent where there are no such statements.
   */
  isExempt?(sql: string): boolean;
  /** Whether a statement failed by waiting too long for a lock, or by a deadlock, so that another try may succeed. */
  isLockTimeout(error: unknown): boolean;
  /**
   * Where the engine does not end statements by itself: the query for the session's number, and the statement by which
   * another session ends what that session runs.
   */
  readonly watchdog?: { readonly self: string; kill(id: number): string };
}

/** The error's code, as the driver sets it. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
