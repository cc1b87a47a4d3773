import { type ModulesContainer } from '@nestjs/core';
import { type BlameOptions, type BlameResult } from '../commands/blame.js';
import { type AtOptions, type SchemaAt } from '../commands/at.js';
import { type BundleOptions, type BundleResult } from '../commands/bundle.js';
import { type CheckOptions, type CheckResult } from '../commands/check.js';
import { type CommandContext, type Common } from '../commands/command-context.js';
import { type ConfigureCall } from '../commands/configure.js';
import { type CreateDatabaseResult } from '../commands/create-database.js';
import { type Current } from '../commands/current.js';
import { type Status } from '../commands/status.js';
import { type DowngradeOptions } from '../commands/downgrade.js';
import { type DriftOptions, type DriftResult } from '../commands/drift.js';
import { type EditOptions } from '../commands/edit.js';
import { type EnsureVersionOptions, type EnsureVersionResult } from '../commands/ensure-version.js';
import { type FreshOptions, type FreshResult } from '../commands/fresh.js';
import { type HeadsOptions } from '../commands/heads.js';
import { type GraphResult } from '../commands/graph-result.js';
import { type HistoryOptions } from '../commands/history.js';
import { type MarkOptions, type MarkResult } from '../commands/mark.js';
import { type GraphOptions } from '../commands/history-graph.js';
import { type ImportOptions, type ImportResult } from '../commands/import-history.js';
import { type InitOptions } from '../commands/init.js';
import { type TemplateInfo } from '../commands/list-templates.js';
import { type Merged, type MergeOptions } from '../commands/merge.js';
import { type MigrateOptions, type MigrateResult } from '../commands/migrate.js';
import { type NewRevision } from '../commands/new-revision.js';
import { type Fingerprint } from '../commands/read-fingerprint.js';
import { type RebaseOptions, type RebaseResult } from '../commands/rebase.js';
import { type RepairOptions, type RepairResult } from '../commands/repair.js';
import { type Preview, type RevisionInfo, type RunResult, type SqlResult } from '../commands/results.js';
import { type Created } from '../commands/revision.js';
import { type LintOptions, type LintResult } from '../commands/lint.js';
import { type PlanOptions } from '../commands/plan.js';
import { type DatabaseStatistics, type PlanResult } from '../commands/plan-result.js';
import { type RunOptions } from '../commands/run.js';
import { sharing } from '../commands/shared-directory.js';
import { type SchemaChange } from '../commands/schema-change.js';
import { type ShowOptions } from '../commands/show.js';
import { type SquashOptions, type SquashResult } from '../commands/squash.js';
import { type StampOptions } from '../commands/stamp.js';
import { type UpgradeOptions } from '../commands/upgrade.js';
import { type VerifyOptions, type VerifyResult } from '../commands/verify.js';
import { scratchServices } from './scratch-services.js';

/**
 * The migrations of one connection: one method for each command, with the command's name. Each takes one options
 * object, returns data, and throws a `MigrationError` where it fails. Constructing the service uses neither ORM, disk
 * nor database.
 *
 * @example
 * import { Injectable, Logger } from '@nestjs/common';
 *
 * @Injectable()
 * class Deployment {
 *   constructor(private readonly migrations: MigrationService) {}
 *
 *   async deploy(): Promise<void> {
 *     const { steps } = await this.migrations.upgrade();
 *     new Logger('Deployment').log(`${steps.length} revisions applied`);
 *   }
 * }
 */
export class MigrationService {
  /** @internal */
  constructor(
    private readonly contextOf: (call: Omit<ConfigureCall, 'connection'>) => CommandContext,
    private readonly modules?: ModulesContainer,
  ) {}

  /**
   * Creates the script directory: `versions/`, a template, a `package.json` that makes revisions ES modules.
   *
   * @throws ScriptDirectoryNotEmptyError where the folder holds something already.
   * @example
   * const { created } = await migrations.init();
   */
  async init(options?: InitOptions): Promise<{ readonly created: readonly string[] }> {
    const { init } = await import('../commands/init.js');
    return init(this.context('init', options), options);
  }

  /**
   * Writes a revision with empty functions.
   *
   * @throws MultipleHeadsError where there are several heads and `head` does not name one.
   * @example
   * await migrations.revision({ message: 'backfill slugs' });
   */
  async revision(options?: NewRevision): Promise<Created> {
    const { revision } = await import('../commands/revision.js');
    return revision(this.context('revision', options), options);
  }

  /**
   * Compares the entities with the database and writes the difference as a revision. Where there is none, it writes no
   * file.
   *
   * @throws DatabaseNotAtHeadError where revisions wait to be applied.
   * @example
   * const { created, warnings } = await migrations.migrate({ message: 'add books' });
   */
  async migrate(options?: MigrateOptions): Promise<MigrateResult> {
    const { migrate } = await import('../commands/migrate.js');
    return migrate(this.context('migrate', options), options);
  }

  /**
   * Writes a revision with empty functions that follows several others and joins their branches.
   *
   * @throws NothingToMergeError where the symbols denote fewer than two revisions.
   * @example
   * await migrations.merge({ revisions: 'heads', message: 'join the branches' });
   */
  async merge(options: MergeOptions): Promise<Merged> {
    const { merge } = await import('../commands/merge.js');
    return merge(this.context('merge', options), options);
  }

  /**
   * Hangs the unpublished revisions behind what is published. Their code is kept; what both sides change is told.
   *
   * @throws RebaseRefusedError with the reason, before anything is written.
   * @example
   * const { rebased, conflicts } = await migrations.rebase();
   */
  async rebase(options?: RebaseOptions): Promise<RebaseResult> {
    const { rebase } = await import('../commands/rebase.js');
    return rebase(this.context('rebase', options), options);
  }

  /**
   * Writes one revision that does the work of several, once scratch databases have proven that it does. A difference is
   * data, not an error; no file is written then.
   *
   * @throws SquashRangeError where the range has other ways in or out; SquashDataError where a revision asks the
   * database; ScratchPlaceMissingError where the options do not say where a scratch database may be created.
   * @example
   * const { created, clean, proofs } = await migrations.squash({ range: 'b2d6:d441' });
   */
  async squash(options?: SquashOptions): Promise<SquashResult> {
    // rehearsals are loaded by those who use them
    const { squash } = await import('../commands/squash.js');
    return squash(this.context('squash', options), options);
  }

  /**
   * Writes the migrations of MikroORM's own migrator, or of another tool, as revisions: a chain of the same SQL in the same
   * order, proven on scratch databases. Then stamps the database where that tool has left it. A second call changes
   * nothing.
   *
   * @throws MigrationsNotFoundError where there are none; ImportNotFirstError where the script directory has other
   * revisions; ScratchPlaceMissingError where the options do not say where a scratch database may be created.
   * @example
   * const { clean, created, findings, stamped } = await migrations.import({ folder: 'src/migrations' });
   */
  async import(options?: ImportOptions): Promise<ImportResult> {
    // rehearsals are loaded by those who use them
    const { importHistory } = await import('../commands/import-history.js');
    return importHistory(this.context('import', options), options);
  }

  /**
   * Writes the list of revisions that a bundled application imports, for the option `revisions`. Asks no database.
   *
   * @throws RevisionsBundledError where the application runs from a bundle already.
   * @example
   * const { path } = await migrations.bundle();
   */
  async bundle(options?: BundleOptions): Promise<BundleResult> {
    const { bundle } = await import('../commands/bundle.js');
    return bundle(this.context('bundle', options), options);
  }

  /**
   * Applies revisions up to `target` (default `'head'`), under the migration lock.
   *
   * @throws RevisionFailedError where one fails; LockTimeoutError where another process held the lock too long.
   * @example
   * const { steps } = await migrations.upgrade();
   */
  async upgrade(options?: UpgradeOptions & { sql?: false; dryRun?: false }): Promise<RunResult>;
  /**
   * Shows what they would send: the functions run on a session that the server keeps from writing, and nothing but their
   * queries is sent. The preview ends at a query that depends on what was not.
   *
   * @throws PlanOutdatedError with `plan`, where the upgrade is no longer that of the plan.
   * @example
   * const { steps, endedBecause } = await migrations.upgrade({ dryRun: true });
   */
  async upgrade(options: UpgradeOptions & { dryRun: true; sql?: false }): Promise<Preview>;
  /**
   * Writes the SQL that would apply them, as a script for the engine's own client; connects to no database. `target` is
   * `<from>:<to>`, or where to get from base.
   *
   * @throws OfflineVerbError where a revision asks the database; OfflineRangeError where the range lacks an end.
   * @example
   * const { sql } = await migrations.upgrade({ target: 'ae10:head', sql: true });
   */
  async upgrade(options: RunOptions & { sql: true }): Promise<SqlResult>;
  async upgrade(
    options: UpgradeOptions & { sql?: boolean; dryRun?: boolean } = {},
  ): Promise<RunResult | SqlResult | Preview> {
    const { sql, dryRun, ...rest } = options;
    const context = this.context('upgrade', options);
    const { upgrade } = await import('../commands/upgrade.js');
    if (sql === true) return upgrade(context, { ...rest, sql });
    return dryRun === true ? upgrade(context, { ...rest, dryRun }) : upgrade(context, rest);
  }

  /**
   * Undoes revisions down to `target` (default `'-1'`, one step), under the migration lock.
   *
   * @throws RevisionFailedError where one fails; LockTimeoutError where another process held the lock too long;
   * DowngradeRefusedError where all would be undone in a database that {@link mark} marks, and `database` does not name it.
   * @example
   * await migrations.downgrade({ target: 'ae10' });
   */
  async downgrade(options?: DowngradeOptions & { sql?: false }): Promise<RunResult>;
  /**
   * Writes the SQL that would undo them; connects to no database. `target` is `<from>:<to>`, by default `'head:-1'`.
   *
   * @throws OfflineRangeError where the target does not say where the database stands.
   * @example
   * const { sql } = await migrations.downgrade({ target: 'head:-1', sql: true });
   */
  async downgrade(options: DowngradeOptions & { sql: true }): Promise<SqlResult>;
  async downgrade(options: DowngradeOptions & { sql?: boolean } = {}): Promise<RunResult | SqlResult> {
    const { sql, ...rest } = options;
    const context = this.context('downgrade', options);
    const { downgrade } = await import('../commands/downgrade.js');
    return sql === true ? downgrade(context, { ...rest, sql }) : downgrade(context, rest);
  }

  /**
   * Drops what the database holds, as far as `migrate` compares it, applies all revisions, and with `seed` runs MikroORM's
   * seeders. What the options leave out of a comparison stays.
   *
   * @throws FreshRefusedError where the database is marked as production and `database` does not name it;
   * SeederMissingError where MikroORM has no seeders.
   * @example
   * const { steps, seeded } = await migrations.fresh({ seed: true });
   */
  async fresh(options?: FreshOptions): Promise<FreshResult> {
    // few commands drop anything
    const { fresh } = await import('../commands/fresh.js');
    return fresh(this.context('fresh', options), options);
  }

  /**
   * Makes the version table hold `revisions`, under the migration lock, and runs none of them.
   *
   * @throws LockTimeoutError where another process held the lock too long.
   * @example
   * await migrations.stamp({ revisions: 'head' });
   */
  async stamp(options: StampOptions & { sql?: false }): Promise<RunResult>;
  /**
   * Writes the SQL that would do so; connects to no database. A revision written as `<from>:<to>` says where the
   * database stands. Default: base.
   *
   * @throws OfflinePurgeError with `purge`, which deletes what it finds.
   * @example
   * const { sql } = await migrations.stamp({ revisions: 'ae10:head', sql: true });
   */
  async stamp(options: StampOptions & { sql: true }): Promise<SqlResult>;
  async stamp(options: StampOptions & { sql?: boolean }): Promise<RunResult | SqlResult> {
    const { sql, ...rest } = options;
    const context = this.context('stamp', options);
    const { stamp } = await import('../commands/stamp.js');
    return sql === true ? stamp(context, { ...rest, sql }) : stamp(context, rest);
  }

  /**
   * Creates the configured database, empty, where it does not exist yet: on a server with the character set and the
   * collation of MikroORM's configuration.
   *
   * @throws DatabaseNotCreatedError where it can't be created, as where the user may not.
   * @example
   * const { created } = await migrations.createDatabase();
   */
  async createDatabase(options?: Common): Promise<CreateDatabaseResult> {
    const { createDatabase } = await import('../commands/create-database.js');
    return createDatabase(this.context('create-database', options), options);
  }

  /**
   * Marks the database as production, deletes the mark (`as: null`), or only reads it. The mark is in the database, so
   * that {@link fresh}, and a {@link downgrade} of all revisions, are refused to whichever process does not name it.
   *
   * @throws LockTimeoutError where another process held the lock too long.
   * @example
   * await migrations.mark({ as: 'production' });
   */
  async mark(options?: MarkOptions): Promise<MarkResult> {
    const { mark } = await import('../commands/mark.js');
    return mark(this.context('mark', options), options);
  }

  /**
   * Creates the version table and the history table where they do not exist yet, under the migration lock.
   *
   * @throws LockTimeoutError where another process held the lock too long.
   * @example
   * await migrations.ensureVersion();
   */
  async ensureVersion(options?: EnsureVersionOptions & { sql?: false }): Promise<EnsureVersionResult>;
  /**
   * Writes the SQL that would do so; connects to no database.
   *
   * @example
   * const { sql } = await migrations.ensureVersion({ sql: true });
   */
  async ensureVersion(options: EnsureVersionOptions & { sql: true }): Promise<SqlResult>;
  async ensureVersion(
    options: EnsureVersionOptions & { sql?: boolean } = {},
  ): Promise<EnsureVersionResult | SqlResult> {
    const { sql, ...rest } = options;
    const context = this.context('ensure-version', options);
    const { ensureVersion } = await import('../commands/ensure-version.js');
    return sql === true ? ensureVersion(context, { ...rest, sql }) : ensureVersion(context, rest);
  }

  /**
   * Compares the entities with the database and writes nothing. A difference is data, not an error. With `base` it
   * compares the scripts with those of a git commit instead, and asks no database.
   *
   * @throws DatabaseNotAtHeadError where revisions wait to be applied; GitFailedError where git does not know `base`.
   * @example
   * const { clean, operations } = await migrations.check();
   */
  async check(options?: CheckOptions): Promise<CheckResult> {
    const { check } = await import('../commands/check.js');
    return check(this.context('check', options), options);
  }

  /**
   * Where the database stands. Writes nothing.
   *
   * @example
   * const { rows, atHead } = await migrations.current();
   */
  async current(options?: Common): Promise<Current> {
    const { current } = await import('../commands/current.js');
    return current(this.context('current', options), options);
  }

  /**
   * Where the database stands, what is under way (an unfinished revision, who holds the lock) and what was done last.
   * Writes nothing, and waits for no lock.
   *
   * @example
   * const { standing, pending } = await migrations.status();
   */
  async status(options?: Common): Promise<Status> {
    const { status } = await import('../commands/status.js');
    return status(this.context('status', options), options);
  }

  /**
   * The whole schema of the database as canonical text, one object a line, and the hash of that text. Databases whose
   * schemas do the same have the same text. Whatever the engine has is in it, declared by entities or not: options,
   * grants, triggers, sequences with their limits. Left out are the owners of objects, counters, the tool's own tables,
   * and the schemas of MikroORM's option `schemaGenerator.ignoreSchema`. Writes nothing.
   *
   * @example
   * const before = await migrations.fingerprint();
   * await migrations.upgrade();
   * const { hash } = await migrations.fingerprint();
   * const changed = hash !== before.hash;
   */
  async fingerprint(options?: Common): Promise<Fingerprint> {
    const { readFingerprint } = await import('../commands/read-fingerprint.js');
    return readFingerprint(this.context('fingerprint', options), options);
  }

  /**
   * Tells which applied revisions are not what the history says of them. With `accept` it makes the history say what is
   * in the files now. With `run` it runs the `upgrade` of those with another file, twice and without a database, to see
   * whether they do what was applied. It moves no version row, and runs no revision against the database.
   *
   * @throws HistoryDisabledError where the options switch the history off; LockTimeoutError where another process held
   * the lock too long.
   * @example
   * const { altered } = await migrations.repair({ run: true });
   * const changed = altered.filter(({ alteration }) => alteration !== 'equivalent');
   */
  async repair(options?: RepairOptions): Promise<RepairResult> {
    const { repair } = await import('../commands/repair.js');
    return repair(this.context('repair', options), options);
  }

  /**
   * The revisions that no other follows. Asks no database.
   *
   * @example
   * const ids = (await migrations.heads()).map(({ revision }) => revision);
   */
  async heads(options?: HeadsOptions): Promise<readonly RevisionInfo[]> {
    const { heads } = await import('../commands/heads.js');
    return heads(this.context('heads', options), options);
  }

  /**
   * The revisions that several others follow. Asks no database.
   *
   * @example
   * const [fork] = await migrations.branches();
   */
  async branches(options?: Common): Promise<readonly RevisionInfo[]> {
    const { branches } = await import('../commands/branches.js');
    return branches(this.context('branches', options), options);
  }

  /**
   * Tries revisions on scratch databases: up, down, and up again, without rows and with some. By default those that are
   * not applied. What it finds is data, not an error. With the option `verify: { services: true }` the application is built
   * once more on each scratch database, without its lifecycle hooks, while the one that runs goes on.
   *
   * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
   * @example
   * const { clean, findings } = await migrations.verify({ all: true });
   */
  async verify(options?: VerifyOptions): Promise<VerifyResult> {
    // rehearsals are loaded by those who use them
    const { verify } = await import('../commands/verify.js');
    const context = this.context('verify', options);
    return verify(context, options, scratchServices(context, this.modules));
  }

  /**
   * What an upgrade would do to the database: what each statement locks, whom that stops, how long it takes there, and
   * what to write in its place. The statements are measured on a scratch database; this one is only read.
   *
   * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
   * @example
   * const { worst, findings } = await migrations.plan();
   * if (worst === 'blocking') console.log(findings.map(({ message }) => message));
   */
  async plan(options?: PlanOptions): Promise<PlanResult> {
    const { plan } = await import('../commands/plan.js');
    return plan(this.context('plan', options), options);
  }

  /**
   * What {@link MigrationService.plan} says, of the revisions that are not published and without the application's
   * database. With `stats` it knows the sizes that the database had.
   *
   * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
   * @example
   * const { findings } = await migrations.lint({ base: 'origin/main', stats: 'stats.json' });
   */
  async lint(options?: LintOptions): Promise<LintResult> {
    const { lint } = await import('../commands/lint.js');
    return lint(this.context('lint', options), options);
  }

  /**
   * The sizes of the database's tables as its server estimates them, and what else decides how long a change of them
   * takes. It only reads.
   *
   * @example
   * const { tables } = await migrations.stats();
   */
  async stats(options?: Common): Promise<DatabaseStatistics> {
    const { stats } = await import('../commands/stats.js');
    return stats(this.context('stats', options), options);
  }

  /**
   * The schema that the revisions up to one make, as text.
   *
   * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
   * @example
   * const { text } = await migrations.at({ revision: 'ae10' });
   */
  async at(options?: AtOptions): Promise<SchemaAt> {
    const { at } = await import('../commands/at.js');
    return at(this.context('at', options), options);
  }

  /**
   * Tells whether something else than a revision has changed the schema since the last run, in one session and without
   * a scratch database. Runs keep what it needs where the option `drift` is `'hash'`. It only reads.
   *
   * @example
   * const { verdict, differences } = await migrations.schemaChange();
   */
  async schemaChange(options?: Common): Promise<SchemaChange> {
    const { schemaChange } = await import('../commands/schema-change.js');
    return schemaChange(this.context('drift', options), options);
  }

  /**
   * Compares the database with what its revisions make on a scratch database. It only reads. A difference is data, not
   * an error.
   *
   * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
   * @example
   * const { clean, differences } = await migrations.drift();
   */
  async drift(options?: DriftOptions): Promise<DriftResult> {
    const { drift } = await import('../commands/drift.js');
    return drift(this.context('drift', options), options);
  }

  /**
   * The revisions, newest first.
   *
   * @example
   * const latest = await migrations.history({ range: 'head-2:head' });
   */
  async history(options?: HistoryOptions): Promise<readonly RevisionInfo[]> {
    const { history } = await import('../commands/history.js');
    return history(this.context('history', options), options);
  }

  /**
   * The revisions with what each does, for a picture of the history. It runs their `upgrade` without a database. The
   * database is asked for what is applied; where it can't be reached, that is a warning.
   *
   * @throws PlanFileInvalidError where the plan can't be read.
   * @example
   * const { revisions } = await migrations.graph();
   * const pending = revisions.filter(({ isApplied }) => isApplied === false);
   */
  async graph(options?: GraphOptions): Promise<GraphResult> {
    // few applications draw
    const { graph } = await import('../commands/history-graph.js');
    return graph(this.context('graph', options), options);
  }

  /**
   * The revisions that a symbol (default `'head'`) denotes.
   *
   * @example
   * const [{ message, path }] = await migrations.show({ revision: 'ae10' });
   */
  async show(options?: ShowOptions): Promise<readonly RevisionInfo[]> {
    const { show } = await import('../commands/show.js');
    return show(this.context('show', options), options);
  }

  /**
   * The revisions that touched a table or a column, and what they did to it. It runs the `upgrade` of every revision
   * without a database; those that need one are listed as such. Names are followed back through renames.
   *
   * @throws BlameNameError where the name is not that of a table or a column.
   * @example
   * const { touched } = await migrations.blame({ name: 'book.isbn' });
   */
  async blame(options: BlameOptions): Promise<BlameResult> {
    const { blame } = await import('../commands/blame.js');
    return blame(this.context('blame', options), options);
  }

  /**
   * Hands revision files to `open` for editing, and makes sure that they load afterwards.
   *
   * @throws NoRevisionFilesError where the symbol denotes none; RevisionFileSyntaxError where a file no longer loads.
   * @example
   * await migrations.edit({ revision: 'head', open: async (paths) => console.log(paths) });
   */
  async edit(options: EditOptions): Promise<readonly RevisionInfo[]> {
    const { edit } = await import('../commands/edit.js');
    return edit(this.context('edit', options), options);
  }

  /**
   * The templates that a script directory can be made from.
   *
   * @example
   * const names = (await migrations.listTemplates()).map(({ name }) => name);
   */
  async listTemplates(): Promise<readonly TemplateInfo[]> {
    const { listTemplates } = await import('../commands/list-templates.js');
    return listTemplates();
  }

  /**
   * The names of the connections whose revisions are in the same script directory as those of this one, with this one,
   * in the order of registration. `default` is the one without a `contextName`.
   *
   * @example
   * // one revision for all of them
   * await migrations.migrate({ message: 'orders', connections: await migrations.connections() });
   */
  async connections(options?: Common & { command?: string }): Promise<readonly string[]> {
    return sharing(this.context(options?.command ?? 'connections', options)).map(({ connection }) => connection);
  }

  /** The context of one call, whose options may differ from those of the next call. */
  private context(command: string, { xArguments = {} }: Common = {}): CommandContext {
    return this.contextOf({ command, xArguments });
  }
}
