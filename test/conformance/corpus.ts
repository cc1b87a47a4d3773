import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The corpus as its README describes it; only what the checker looks at. */
export interface CorpusGraph {
  readonly graph: string;
  readonly revisions: readonly {
    readonly id: string;
    readonly down?: readonly string[];
    readonly deps?: readonly string[];
    readonly labels?: readonly string[];
  }[];
  readonly cases: readonly CorpusCase[];
}

export interface CorpusCase {
  readonly n: number;
  readonly command: string;
  readonly start?: readonly string[];
  readonly args?: Arguments;
  readonly expect: Expectation;
  readonly quirk?: boolean;
  readonly quirk_reason?: readonly string[];
  readonly quirk_note?: string;
  readonly start_kind?: 'unknown' | 'overlap' | 'duplicate';
  readonly varies?: readonly string[];
  readonly final_rows_depend_on_order?: boolean;
}

type Symbols = string | readonly string[];

export interface Arguments {
  readonly symbol?: string;
  readonly target?: Symbols;
  readonly targets?: readonly string[];
  readonly against?: string;
  readonly include_dependencies?: boolean;
  readonly steps?: readonly (readonly ['upgrade' | 'downgrade', string])[];
  readonly revisions?: Symbols;
  readonly purge?: boolean;
  readonly range?: string;
  readonly check_heads?: boolean;
  readonly resolve_dependencies?: boolean;
  readonly rev_id?: string;
  readonly head?: Symbols;
  readonly splice?: boolean;
  readonly branch_label?: Symbols;
  readonly depends_on?: Symbols;
  readonly upper?: Symbols;
  readonly lower?: Symbols | null;
  readonly inclusive?: boolean;
  readonly implicit_base?: boolean;
  readonly select_for_downgrade?: boolean;
  readonly assert_relative_length?: boolean;
}

export interface Expectation {
  readonly error?: CorpusError;
  readonly ok?: boolean;
  readonly id?: string | null;
  readonly ids?: readonly (string | null)[];
  readonly children?: Readonly<Record<string, readonly string[]>>;
  readonly steps?: readonly unknown[];
  readonly rows?: readonly string[];
  readonly plan?: readonly string[];
  readonly sound_rows?: readonly string[];
  readonly order_is_forced?: boolean;
  readonly warnings?: readonly string[];
  readonly [other: string]: unknown;
}

export interface CorpusError {
  readonly class: string;
  readonly message: string;
  readonly cause?: { readonly class: string; readonly message?: string };
  readonly phase?: 'plan' | 'apply';
}

/** Every file of graphs in a folder, by name. */
export function readCorpus(folder: string): ReadonlyMap<string, readonly CorpusGraph[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return new Map(
    files.sort().map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n');
      return [name, lines.filter((line) => line !== '').map((line) => JSON.parse(line) as CorpusGraph)];
    }),
  );
}
