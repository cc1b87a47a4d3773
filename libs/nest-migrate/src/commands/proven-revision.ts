import { join } from 'node:path';
import { RevisionNotOfDatabaseError, WrittenRevisionWrongError } from '../errors/autogenerate.errors.js';
import { RevisionFailedError, ServicesUnavailableError } from '../errors/runtime.errors.js';
import { compareFingerprints, type Fingerprint, lineObject } from '../rehearsal/fingerprint.js';
import { rehearsalFolder } from '../rehearsal/rehearsal-folder.js';
import { warning } from '../runtime/events.js';
import { type CommandContext, type Common, emitter, version } from './command-context.js';
import { databaseOf } from './database-of.js';
import { compareAtHead } from './compare-at-head.js';
import { differenceWords } from './difference-words.js';
import { repairOf } from './drift.js';
import { compareWithEmpty } from './from-empty.js';
import { readFingerprint } from './read-fingerprint.js';
import { rehearse } from './rehearse.js';
import { type RevisionScripts } from './revision-scripts.js';
import { fingerprintAt, moveOne, reasonOf } from './verified-revision.js';

/** Revisions that were just written from a difference. */
export interface WrittenRevisions {
  /** Their ids, oldest first. */
  readonly ids: readonly string[];
  /** The scripts without them. */
  readonly before: RevisionScripts;
  /** The scripts with them. */
  readonly after: RevisionScripts;
  /** Whether the database that they were compared with is the application's, and not an empty one. */
  readonly isOfDatabase: boolean;
}

/** What was seen on the scratch database. */
interface Proof {
  readonly before: Fingerprint;
  readonly problems: readonly string[];
  readonly lines: readonly string[];
}

/**
 * Runs revisions that were just written on a scratch database: up, where what they made has to be what a new database of
 * the entities has, and down, to what it was before. What older revisions have made otherwise is not looked at.
 *
 * @throws WrittenRevisionWrongError where it is not.
 */
export async function proveWritten(context: CommandContext, written: WrittenRevisions, common: Common): Promise<void> {
  const { signal, xArguments, directory } = common;
  const onScratch = <T>(at: readonly string[], work: (scratch: CommandContext) => Promise<T>): Promise<T> =>
    rehearse(context, { signal, xArguments, directory, at }, work);
  let begun = false;
  const proving = onScratch(written.before.graph.realHeads, async (scratch) => {
    begun = true;
    return proofOn(scratch, written, common, () =>
      onScratch([], async (empty) => {
        // texts that mean the same, such as defaults, are spelled as the tool spells them
        const { sql } = repairOf(databaseOf(empty).engine, await compareWithEmpty(empty), 'upgrade');
        await databaseOf(empty).pin(async (session) => {
          for (const statement of sql) await session.execute(statement);
        });
        return fingerprintAt(empty);
      }),
    );
  });
  const proof = await proving.catch((error: unknown) => {
    const isOfOlder = error instanceof ServicesUnavailableError || error instanceof RevisionFailedError;
    if (begun || !isOfOlder) throw error;
    emitter(context, common)(warning(['The new revision was not verified: ', error.message]));
    return undefined;
  });
  if (proof === undefined || proof.problems.length === 0) return;
  const live = written.isOfDatabase ? await readFingerprint(context, common) : undefined;
  const hasDrifted = live !== undefined && compareFingerprints(proof.before, live).verdict !== 'equal';
  const report = hasDrifted ? null : await reported(context, written, proof);
  throw new WrittenRevisionWrongError(proof.problems, proof.lines, report);
}

/**
 * Runs revisions that were written from the live database on an empty scratch database, and compares what they make with
 * the live one.
 *
 * @throws RevisionNotOfDatabaseError where that is something else.
 */
export async function proveOfDatabase(
  context: CommandContext,
  { ids, after }: Pick<WrittenRevisions, 'ids' | 'after'>,
  common: Common,
): Promise<void> {
  const { signal, xArguments, directory } = common;
  const made = await rehearse(context, { signal, xArguments, directory, at: [] }, async (scratch) => {
    for (const id of ids) {
      const failed = await failureOf(moveOne(scratch, after, { direction: 'upgrade', id }, { signal, xArguments }));
      if (failed !== undefined) throw new RevisionNotOfDatabaseError([], failed);
    }
    return fingerprintAt(scratch);
  });
  const live = await readFingerprint(context, common);
  if (compareFingerprints(live, made).verdict === 'not comparable') {
    const text = 'The scratch database is of another engine or version: the revision was run, and not compared.';
    emitter(context, common)(warning([text]));
    return;
  }
  const lines = linesOf(placeless(live), placeless(made)).filter((line) => !line.includes(MIGRATOR_TABLE));
  if (lines.length > 0) throw new RevisionNotOfDatabaseError(lines);
}

/** The table of MikroORM's own migrator, of which no revision is written. */
const MIGRATOR_TABLE = 'mikro_orm_migrations';

async function proofOn(
  scratch: CommandContext,
  { ids, after: scripts }: WrittenRevisions,
  { signal, xArguments }: Common,
  fresh: () => Promise<Fingerprint>,
): Promise<Proof> {
  const before = await fingerprintAt(scratch);
  const found = (problem: string, lines: readonly string[] = []): Proof => ({ before, problems: [problem], lines });
  for (const id of ids) {
    const failed = await failureOf(moveOne(scratch, scripts, { direction: 'upgrade', id }, { signal, xArguments }));
    if (failed !== undefined) return found(`Its upgrade fails. ${failed}`);
  }
  const after = await fingerprintAt(scratch);
  const { upgrade: missing } = await compareAtHead(scratch, scripts, { database: databaseOf(scratch) });
  if (missing.length > 0)
    return found(`After its upgrade there is still to be done: ${differenceWords(missing).join(', ')}.`);
  const otherwise = differencesMade(before, after, await fresh());
  if (otherwise.length > 0)
    return found('Its upgrade makes something else than a new database of the entities has.', otherwise);
  for (const id of ids.toReversed()) {
    const failed = await failureOf(moveOne(scratch, scripts, { direction: 'downgrade', id }, { signal, xArguments }));
    if (failed !== undefined) return found(`Its downgrade fails. ${failed}`);
  }
  const left = linesOf(before, await fingerprintAt(scratch));
  if (left.length > 0) return found('Its downgrade does not lead back to the schema before the upgrade.', left);
  return { before, problems: [], lines: [] };
}

async function failureOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof RevisionFailedError) return reasonOf(error);
    throw error;
  }
}

/** How what an upgrade has made or changed differs from what a new database has. */
function differencesMade(before: Fingerprint, after: Fingerprint, fresh: Fingerprint): readonly string[] {
  const made = new Set(linesOf(before, after).map((line) => lineObject(line.slice(2))));
  const isMade = (line: string): boolean => {
    const object = lineObject(line.slice(2));
    const [table] = /^table (?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\S)+/.exec(object) ?? [];
    // of a table that is new all is
    return made.has(object) || (table !== undefined && made.has(table));
  };
  return linesOf(placeless(fresh), placeless(after)).filter(isMade);
}

/** Without the places of columns: a column that is added later may stand behind the others. */
function placeless({ text }: Pick<Fingerprint, 'text'>): Pick<Fingerprint, 'text'> {
  const place = / (?:first|after (?:`(?:[^`]|``)*`|\w+))$/;
  const lines = text.split('\n').map((line) => (/^table \S+ column /.test(line) ? line.replace(place, '') : line));
  return { text: lines.join('\n') };
}

/** What differs, as lines: `- ` the first one has it, `+ ` the second. */
function linesOf(one: Pick<Fingerprint, 'text'>, other: Pick<Fingerprint, 'text'>): readonly string[] {
  const comparison = compareFingerprints(one, other);
  if (comparison.verdict !== 'different') return [];
  const { removed, added, changed } = comparison;
  return [
    ...removed.map((line) => `- ${line}`),
    ...added.map((line) => `+ ${line}`),
    ...changed.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]),
  ];
}

/** Writes all that is needed to find the error into a file. It holds names and definitions, and no rows. */
async function reported(context: CommandContext, { ids, after }: WrittenRevisions, proof: Proof): Promise<string> {
  const { fileSystem } = context;
  const scripts = ids.map((id) => after.graph.get(id));
  const sources = await Promise.all(scripts.map(({ path }) => fileSystem.readText(path)));
  const { before, problems, lines } = proof;
  const report = { version, problems, lines, revisions: sources, schema: before.text.split('\n') };
  const path = join(await rehearsalFolder(), `wrong-revision-${ids.join('-')}.json`);
  await fileSystem.replace(path, `${JSON.stringify(report, undefined, 2)}\n`);
  return path;
}
