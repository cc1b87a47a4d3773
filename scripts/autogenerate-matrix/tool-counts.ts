/** What three tools made of a sample of the matrix of dependencies: `tools-on-dependencies.json`. */
import { type Engine } from '../../test/support/engines.ts';

/** How many cells there are of each verdict. */
export interface ToolCounts {
  readonly holds: number;
  readonly fails: number;
  readonly leftAlone: number;
  readonly notPossible: number;
  /** The tool has no words for the cell. */
  readonly notSaid: number;
}

export interface ToolsOnDependencies {
  readonly engine: Engine;
  readonly seed: number;
  readonly cells: number;
  readonly tools: readonly {
    readonly tool: string;
    /** Cells in which everything is declared. */
    readonly declared: ToolCounts;
    /** The others. */
    readonly undeclared: ToolCounts;
    /** Of the failing cells, by where they fail. */
    readonly stages: Readonly<Record<string, number>>;
  }[];
}
