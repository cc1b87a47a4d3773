/** The two queries by which a table of the tool is read. */
export interface Inquiry {
  /** Whether there is such a table. */
  readonly first: string;
  /** What it holds, where there is one. */
  readonly then: string;
}
