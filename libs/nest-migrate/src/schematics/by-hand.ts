/** What is left to a person, with the lines to write. */
export interface ByHand {
  /** `src/app.module.ts:12`, or a file. */
  readonly place: string;
  readonly why: string;
  readonly lines: readonly string[];
}
