import { withoutTables } from '../autogenerate/alteration-batches.js';
import { requestedPlacement } from '../revision/requested-placement.js';
import { type CommandContext } from './command-context.js';
import { compareAll } from './compare-all.js';
import { type Renames } from './compare-at-head.js';
import { checkFirst } from './from-empty.js';
import { type NewRevision, newRevisionId } from './new-revision.js';
import { type Diff } from './results.js';
import { namingHeads, readFiles, type RevisionScripts } from './revision-scripts.js';
import { type Created } from './revision.js';
import { chosen } from './shared-directory.js';
import { writeRevisions } from './write-revisions.js';

/**
 * Options of `migrate`.
 *
 * @example
 * await migrations.migrate({ message: 'rename the slug', renames: ['books.slug:path'] });
 */
export interface MigrateOptions extends NewRevision {
  /**
   * Compares the entities with an empty database instead of the live one, which is not asked: the revision creates the
   * whole schema. For a database that matches the entities already, which `stamp` then adopts. The revision has to be
   * the first one, or with `head: 'base'` the first of another history. Default: false.
   */
  fromEmpty?: boolean;
  /**
   * Writes what the live database has, whatever the entities say: the revision creates that whole schema, and `stamp` says
   * that this database has it. The next call then writes what the entities want otherwise, which runs on this database and
   * on new ones alike. The revision has to be the first one, as with `fromEmpty`. Default: false.
   */
  fromDatabase?: boolean;
  /**
   * Whether the revision is written so that the application's requests go on while it runs. PostgreSQL: an index is
   * built concurrently, a constraint is validated in another transaction. MySQL and MariaDB: each change says how the
   * server has to make it, as a scratch database tells (option `scratch`). Default: the option `online`.
   */
  online?: boolean;
  /**
   * Whether the revision says on SQLite what a table that it rebuilds is before, as `--sql` needs it. Default: the option
   * `existingTables`.
   */
  existingTables?: boolean;
  /** Whether only the result is returned and no file is written. Default: false. */
  dryRun?: boolean;
  /**
   * Whether what was written is tried on a scratch database before its file is kept: up, where it has to make what a new
   * database of the entities has, and down, to what was there before. Default: what the option `verify.written` says.
   */
  verify?: boolean;
  /**
   * Which candidates are renames: `'table.old:new'` for a column, `'old:new'` for a table, or a function that returns
   * those of the candidates that are. Default: none is.
   */
  renames?: Renames;
}

/** The difference between the database of one connection and its entities. */
export interface ConnectionDiff extends Diff {
  /** The name of the connection; `default` for the one without a `contextName`. */
  readonly connection: string;
}

/**
 * What `migrate` found and wrote. `operations` are the difference as it was found, before `processRevisionDirectives`.
 */
export interface MigrateResult extends Diff, Created {
  /** The text of each file; with `dryRun` the body of each `upgrade`. */
  readonly source: readonly string[];
  /** The difference of each connection: one, unless `connections` names several that share the script directory. */
  readonly differences: readonly ConnectionDiff[];
}

/**
 * Compares the entities with the database and writes the difference as a revision. Where there is no difference, it
 * writes no file. Where `connections` names several that share the script directory, one revision holds the differences
 * of all of them.
 *
 * @throws DatabaseNotAtHeadError where revisions wait to be applied: the difference would hold them once more.
 * @throws RevisionIdTooLongError where the version table has no room for the id.
 * @throws SchemaNotFirstError where `fromEmpty` or `fromDatabase` would write a revision behind others.
 * @throws WrittenRevisionWrongError, or with `fromDatabase` RevisionNotOfDatabaseError, where `verify` finds the new
 * revision wrong; its file is not left.
 * @throws ConnectionFailedError with the reason where one of several connections cannot be compared.
 */
export async function migrate(context: CommandContext, options: MigrateOptions = {}): Promise<MigrateResult> {
  const scripts = await readFiles(context, options);
  const id = newRevisionId(context, options);
  // a wrong place is reported before the database is asked
  const placement = namingHeads(scripts, () => requestedPlacement(scripts.graph, { id, ...options }));
  const isFromDatabase = options.fromDatabase === true;
  if (options.fromEmpty === true || isFromDatabase) checkFirst(scripts, placement);
  const contexts = chosen(context, options.connections);
  const compared = await compareAll(contexts, scripts, {
    ...options,
    online: options.online ?? context.options.online,
    revId: id,
  });
  const prove = async (ids: readonly string[], after: RevisionScripts): Promise<void> => {
    // rehearsals are loaded by those who use them
    const { proveOfDatabase, proveWritten } = await import('./proven-revision.js');
    if (isFromDatabase) {
      for (const each of contexts) await proveOfDatabase(each, { ids, after }, options);
      return;
    }
    const about = { ids, before: scripts, after, isOfDatabase: options.fromEmpty !== true };
    for (const each of contexts) await proveWritten(each, about, options);
  };
  const tellsTables = options.existingTables ?? context.options.existingTables;
  const written = await writeRevisions(context, scripts, options, {
    command: 'migrate',
    autogenerate: true,
    revId: id,
    message: options.message ?? '',
    head: options.head ?? 'head',
    operations: compared.map(({ connection, upgrade, downgrade, batches, warnings, online }) => ({
      connection,
      online,
      warnings,
      upgrade: [...upgrade],
      downgrade: [...downgrade],
      batches: tellsTables ? batches : withoutTables(batches),
    })),
    dryRun: options.dryRun,
    prove: (options.verify ?? context.options.verify.written ?? false) ? prove : undefined,
  });
  return {
    operations: compared.flatMap(({ upgrade }) => upgrade),
    candidates: compared.flatMap(({ candidates }) => candidates),
    warnings: compared.flatMap(({ warnings }) => warnings),
    differences: compared.map(({ connection, upgrade: operations, candidates, warnings }) => ({
      connection,
      operations,
      candidates,
      warnings,
    })),
    ...written,
  };
}
