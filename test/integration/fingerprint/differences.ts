/** Statements that make a difference. */
export interface Difference {
  readonly to: readonly string[];
  /** What takes it back; absent where a transaction does. */
  readonly back?: readonly string[];
}

/** Differences of one thing each, from one schema. */
export interface Differences {
  readonly base: readonly string[];
  /** What the fingerprint has to tell. */
  readonly seen: Readonly<Record<string, Difference>>;
  /** What is no difference of the schema: statements after which it is what it was. */
  readonly unseen: Readonly<Record<string, readonly string[]>>;
  /** Statements after the last test. */
  readonly end?: readonly string[];
}
