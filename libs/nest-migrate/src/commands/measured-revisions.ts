import { type MeasuredStatement } from '../engines/impact/impact.js';
import { errorText } from '../errors/thrown.js';
import { RevisionFailedError } from '../errors/runtime.errors.js';
import { type FailedStatement } from '../plan/planned-statement.js';
import { descendants } from '../revision/traversal.js';
import { type Chain, chainsOf } from '../revision/verification-order.js';
import { type CommandContext, type Common } from './command-context.js';
import { measureSteps } from './measured-statements.js';
import { type RevisionScripts } from './revision-scripts.js';

/** What the upgrades of some revisions do, each tried on a scratch database. */
export interface MeasuredRevisions {
  readonly statements: readonly MeasuredStatement[];
  /** How upgrades failed, by the ids of their revisions. */
  readonly failures: ReadonlyMap<string, FailedStatement>;
  /** Why revisions were not measured, by their ids. */
  readonly unmeasured: ReadonlyMap<string, string>;
}

/**
 * Measures the upgrades of revisions, on as few scratch databases as the graph allows. Where one fails, what stands on it
 * is not measured.
 */
export async function measureRevisions(
  context: CommandContext,
  { graph }: RevisionScripts,
  ids: ReadonlySet<string>,
  common: Common & { readonly apart?: boolean },
): Promise<MeasuredRevisions> {
  const statements: MeasuredStatement[] = [];
  const failures = new Map<string, FailedStatement>();
  const unmeasured = new Map<string, string>();
  const block = (id: string, why: string): void => {
    for (const other of descendants(graph, [id], 'all')) {
      if (ids.has(other) && !unmeasured.has(other) && !failures.has(other)) {
        unmeasured.set(other, other === id ? why : `it stands on ${id}, and ${why}`);
      }
    }
  };
  for (const { id, services } of graph.revisions) {
    if (services.length > 0) block(id, `${id} needs the services ${services.join(', ')}, which a rehearsal has not`);
  }
  const { directory, signal, xArguments, apart } = common;
  const measure = async ({ start, revisions }: Chain): Promise<void> => {
    const left = revisions.slice(
      0,
      numberBefore(revisions, (id) => unmeasured.has(id) || failures.has(id)),
    );
    const target = left.at(-1);
    if (target === undefined) return;
    const add = (found: readonly MeasuredStatement[]): void =>
      void statements.push(...found.filter(({ revision }) => ids.has(revision)));
    const beforeFailure = add;
    try {
      add(await measureSteps(context, { directory, signal, xArguments, apart, at: start, target, beforeFailure }));
    } catch (error) {
      if (!(error instanceof RevisionFailedError)) throw error;
      const { revision, cause, statement } = error.failure;
      if (!ids.has(revision)) throw error;
      failures.set(revision, { sql: statement?.sql ?? null, message: sentence(errorText(cause)) });
      block(revision, 'that fails');
    }
  };
  for (const chain of chainsOf(graph, ids)) await measure(chain);
  return { statements, failures, unmeasured };
}

function numberBefore<T>(list: readonly T[], ends: (each: T) => boolean): number {
  const at = list.findIndex(ends);
  return at === -1 ? list.length : at;
}

function sentence(text: string): string {
  const [line = ''] = text.split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
