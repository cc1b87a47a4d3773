import { type Emit, warning } from '../runtime/events.js';
import { errorText } from '../errors/thrown.js';
import { type MigrationDatabase } from '../runtime/migration-database.js';
import { type PinnedSession } from '../runtime/pinned-session.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';

/**
 * Whether the schema is what the last run has left.
 *
 * @example
 * const { verdict, differences } = await migrations.schemaChange();
 * if (verdict === 'changed') console.warn(differences.join('\n'));
 */
export interface SchemaChange {
  /**
   * `same`: it is; `changed`: something else than a revision has changed it since. `unknown`: no run has kept it, the
   * rows of the version table were moved without one, or the server has another version now.
   */
  readonly verdict: 'same' | 'changed' | 'unknown';
  /** The lines that differ: `- ` the last run has left it, `+ ` it is there now. Empty unless it was changed. */
  readonly differences: readonly string[];
}

const UNKNOWN: SchemaChange = { verdict: 'unknown', differences: [] };

/**
 * Compares the schema with what the last run has left, in one session, without a scratch database. It only reads. Runs
 * keep it where the option `drift` is `'hash'`.
 */
export async function schemaChange(context: CommandContext, options: Common = {}): Promise<SchemaChange> {
  const database = databaseOf(context, options);
  const { schemaNote } = database;
  if (schemaNote === undefined || !(await database.exists())) return UNKNOWN;
  const { fingerprintNow } = await import('./read-fingerprint.js');
  const { compareFingerprints } = await import('../rehearsal/fingerprint.js');
  return database.pin(async (session) => {
    const kept = await schemaNote.read(session);
    if (kept === undefined || kept.standing !== (await standingIn(database, session))) return UNKNOWN;
    const now = await fingerprintNow(context, database, session);
    if (now.hash === kept.hash) return { verdict: 'same', differences: [] };
    const comparison = compareFingerprints({ text: await schemaNote.told(session) }, now);
    if (comparison.verdict === 'equal') return { verdict: 'same', differences: [] };
    if (comparison.verdict === 'not comparable') return UNKNOWN;
    const { removed, added, changed } = comparison;
    const differences = [
      ...removed.map((line) => `- ${line}`),
      ...added.map((line) => `+ ${line}`),
      ...changed.flatMap(({ before, after }) => [`- ${before}`, `+ ${after}`]),
    ];
    return { verdict: 'changed', differences };
  });
}

/** Keeps the schema as a run has left it, where the options ask for it. The run is done: a failure is a warning. */
export async function keepSchema(
  context: CommandContext,
  { database, session, emit }: { database: MigrationDatabase; session: PinnedSession; emit: Emit },
): Promise<void> {
  const { schemaNote } = database;
  if (schemaNote === undefined) return;
  try {
    // no other run loads what reads a whole schema
    const { fingerprintNow } = await import('./read-fingerprint.js');
    const { hash, text: told } = await fingerprintNow(context, database, session);
    await schemaNote.keep(session, { standing: await standingIn(database, session), hash, told });
  } catch (error) {
    emit(warning(`The schema was not kept, so that nothing tells of later changes by hand: ${errorText(error)}`));
  }
}

async function standingIn({ versionTable }: MigrationDatabase, session: PinnedSession): Promise<string> {
  return [...(await versionTable.read(session))].sort().join(' ');
}
