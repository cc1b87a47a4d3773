/** A term and what it means. */
export type HelpRow = readonly [term: string, text: string];

/** A part of a help text. */
export interface HelpTable {
  readonly title: string;
  readonly rows: readonly HelpRow[];
}
