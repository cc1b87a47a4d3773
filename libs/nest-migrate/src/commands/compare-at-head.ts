import { compareSchema, type SchemaComparison } from '../autogenerate/compare-schema.js';
import { type OnlineSources, type OnlineWriter } from '../engines/online/online.js';
import { DatabaseNotAtHeadError } from '../errors/autogenerate.errors.js';
import { RevisionFailedError, ServicesUnavailableError } from '../errors/runtime.errors.js';
import { HEADS } from '../revision/symbol.js';
import { planUpgrade } from '../revision/upgrade-plan.js';
import { type MigrationDatabase } from '../runtime/migration-database.js';
import { begunRevisions, interruption, isInTheWay } from './begun-revisions.js';
import { type CommandContext, type Common } from './command-context.js';
import { updateRuleHint } from './foreign-key-changes.js';
import { type RenameCandidate } from './results.js';
import { type RevisionScripts } from './revision-scripts.js';

/** Which candidates are renames: their `answer` texts, or a function that returns those of the candidates that are. */
export type Renames = readonly string[] | ((candidates: readonly RenameCandidate[]) => Promise<readonly string[]>);

interface AtHead {
  readonly database: MigrationDatabase;
  readonly renames?: Renames;
  /** The id of the revision that is to be written, which the version table must have room for. */
  readonly revId?: string;
  /** Whether the difference is to be written so that requests go on meanwhile. */
  readonly online?: boolean;
  /** For the revisions that are rehearsed to find out how. */
  readonly common?: Pick<Common, 'directory' | 'signal' | 'xArguments'>;
}

/** A difference, and how it is written. */
export interface OnlineComparison extends SchemaComparison {
  /** Absent: as it is. */
  readonly online?: OnlineWriter;
}

/**
 * Compares the entities with a database in which every revision is applied. Writes nothing.
 *
 * @throws DatabaseNotAtHeadError where revisions wait to be applied: the difference would hold them once more.
 * @throws InterruptedRevisionError where a part of a revision is there, or is gone: the difference would hold that as
 * well.
 * @throws RevisionIdTooLongError
 */
export async function compareAtHead(
  context: CommandContext,
  scripts: RevisionScripts,
  { online = false, common = {}, ...atHead }: AtHead,
): Promise<OnlineComparison> {
  const comparison = await compared(context, scripts, atHead);
  const isLooked = online && comparison.upgrade.length > 0;
  if (!isLooked) return comparison;
  const { database } = atHead;
  return withOnline(comparison, database, {
    onDatabase: (work) => database.pin((session) => work(session.introspection)),
    onScratch: async (work) => {
      // rehearsals are loaded by those who use them
      const { onScratchSession } = await import('./scratch-session.js');
      return onScratchSession(context, { ...common, at: scripts.graph.realHeads }, work);
    },
  });
}

async function compared(
  { orm, options }: CommandContext,
  { graph }: RevisionScripts,
  { database, renames = [], revId }: Omit<AtHead, 'online' | 'common'>,
): Promise<SchemaComparison> {
  return database.pin(async (session) => {
    const rows = await database.versionTable.read(session);
    const here = graph.at(rows);
    const waiting = planUpgrade(here, here.namesHere(rows), HEADS).map(({ revision }) => revision ?? '');
    const interrupted = await database.journal.interrupted(session);
    const inTheWay = begunRevisions(graph, { rows, interrupted }).find(isInTheWay);
    // the upgrade that is to be run finishes it
    const isBehind = waiting.length > 0 && inTheWay?.notes.direction !== 'downgrade';
    if (isBehind) throw new DatabaseNotAtHeadError(waiting, rows.length === 0);
    if (inTheWay !== undefined) throw interruption(inTheWay);
    if (revId !== undefined) await database.versionTable.check(session, [[revId]]);
    const compare = async (answers: readonly string[]): Promise<SchemaComparison> => {
      const comparison = await compareSchema({
        orm,
        connection: session.introspection,
        ignoreTables: [{ table: options.versionTable, schema: options.versionTableSchema }],
        renames: answers,
        ...options.comparison,
      });
      const hint = updateRuleHint(comparison.upgrade);
      return hint === undefined ? comparison : { ...comparison, warnings: [...comparison.warnings, hint] };
    };
    if (typeof renames !== 'function') return compare(renames);
    const first = await compare([]);
    const answers = first.candidates.length === 0 ? [] : await renames(first.candidates);
    return answers.length === 0 ? first : compare(answers);
  });
}

/** Adds how the difference is written, and the warnings of what has no other way. */
async function withOnline(
  comparison: SchemaComparison,
  { engine }: MigrationDatabase,
  sources: OnlineSources,
): Promise<OnlineComparison> {
  const { upgrade, downgrade, warnings } = comparison;
  const looked = await engine.online?.(sources, [upgrade, downgrade]).catch((error: unknown) => {
    const isOfOlder = error instanceof ServicesUnavailableError || error instanceof RevisionFailedError;
    if (!isOfOlder) throw error;
    return `The revision has the plain form, since it could not be tried on a scratch database: ${error.message}`;
  });
  if (typeof looked === 'string') return { ...comparison, warnings: [...warnings, looked] };
  if (looked === undefined) return comparison;
  const known = upgrade.map(({ warning }) => warning);
  const steps = looked(upgrade).flatMap((step) => ('operations' in step ? step.operations : []));
  const added = steps.flatMap(({ warning }) => (warning === undefined || known.includes(warning) ? [] : [warning]));
  return { ...comparison, online: looked, warnings: [...new Set([...warnings, ...added])] };
}
