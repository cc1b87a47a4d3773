/** Statements for one engine, each list a difference from `base` of one thing. */
export interface Differences {
  readonly base: readonly string[];
  /** What the fingerprint has to tell. */
  readonly seen: Readonly<Record<string, readonly string[]>>;
  /** What is no difference of the schema. */
  readonly unseen: Readonly<Record<string, readonly string[]>>;
}
