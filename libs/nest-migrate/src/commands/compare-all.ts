import { RenameNotFoundError } from '../errors/autogenerate.errors.js';
import { ConnectionFailedError } from '../errors/runtime.errors.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { compareAtHead, type OnlineComparison, type Renames } from './compare-at-head.js';
import { adoptionHint, compareLiveWithEmpty, compareWithEmpty } from './from-empty.js';
import { type RevisionScripts } from './revision-scripts.js';
import { strangeTables } from './strange-tables.js';
import { warning } from '../runtime/events.js';

/** The difference of one connection, in both directions. */
export interface ConnectionComparison extends OnlineComparison {
  readonly connection: string;
}

/**
 * Compares one connection after the other, and emits their warnings. An answer to a rename question counts for every
 * connection that has the question.
 *
 * @throws ConnectionFailedError naming the connection, where there are several; else what `compareAtHead` throws.
 */
export async function compareAll(
  contexts: readonly CommandContext[],
  scripts: RevisionScripts,
  options: Common & {
    readonly renames?: Renames;
    readonly revId: string;
    readonly fromEmpty?: boolean;
    readonly fromDatabase?: boolean;
    readonly online?: boolean;
  },
): Promise<readonly ConnectionComparison[]> {
  const { revId, fromEmpty = false, fromDatabase = false, online } = options;
  const isFirst = fromEmpty || fromDatabase;
  const compared: ConnectionComparison[] = [];
  const pending = new Set(typeof options.renames === 'function' ? [] : options.renames);
  let unanswerable: RenameNotFoundError | undefined;
  for (const context of contexts) {
    const { connection } = context;
    let answers = options.renames ?? [];
    for (let done = false; !done;) {
      try {
        const comparison: OnlineComparison = fromEmpty
          ? await compareWithEmpty(context)
          : fromDatabase
            ? await compareLiveWithEmpty(context, options)
            : await compareAtHead(context, scripts, {
                database: databaseOf(context, options),
                renames: answers,
                revId,
                online,
                common: { directory: options.directory, signal: options.signal, xArguments: options.xArguments },
              });
        if (typeof answers !== 'function') for (const answer of answers) pending.delete(answer);
        const hint = isFirst ? undefined : await adoptionHint(context, scripts, comparison);
        const strange = isFirst ? undefined : await strangeTables(scripts, comparison.upgrade);
        const emit = emitter(context, options);
        if (strange !== undefined) emit({ type: 'warning', message: strange });
        for (const message of comparison.warnings) emit({ type: 'warning', message });
        if (hint !== undefined) emit(warning(hint));
        if (online === true && !isFirst && comparison.upgrade.length > 0) {
          const { engine } = databaseOf(context, options);
          if (engine.online === undefined) emit({ type: 'warning', message: plainForm(engine.name) });
        }
        compared.push({ connection, ...comparison });
        done = true;
      } catch (error) {
        if (contexts.length === 1) throw error;
        const { rename } = error instanceof RenameNotFoundError ? error : { rename: undefined };
        if (rename === undefined || typeof answers === 'function') throw new ConnectionFailedError(connection, error);
        if (pending.has(rename)) unanswerable = error as RenameNotFoundError;
        answers = answers.filter((answer) => answer !== rename);
      }
    }
  }
  if (pending.size > 0 && unanswerable !== undefined) throw unanswerable;
  return compared;
}

function plainForm(engine: string): string {
  return `'online' changes nothing on ${engine}: the revision has the plain form.`;
}
