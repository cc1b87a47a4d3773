import { DatabaseNotAtHeadError } from '../errors/autogenerate.errors.js';
import { EmbeddedDatabaseMissingError } from '../errors/database.errors.js';
import { HEADS } from '../revision/symbol.js';
import { planUpgrade } from '../revision/upgrade-plan.js';
import { type AlteredRevision, alteredRevisions, proven } from './altered-revisions.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { compareAtHead } from './compare-at-head.js';
import { otherConfigurations } from './migration-tables.js';
import {
  describePublished,
  headsFinding,
  published,
  type PublishedFinding,
  publishedFindings,
} from './published-revisions.js';
import { type Diff } from './results.js';
import { readScripts } from './revision-scripts.js';
import { type CertificateFinding, certificateFindings } from './squash-certificate.js';
import { strangeTables } from './strange-tables.js';

/**
 * Options of `check`.
 *
 * @example
 * const { clean, published } = await migrations.check({ base: 'origin/main' });
 */
export interface CheckOptions extends Common {
  /**
   * A git commit, such as `origin/main`: instead of the database, the scripts are compared with those of this commit.
   * Default: the database is compared with the entities.
   */
  base?: string;
}

/** What `check` found. */
export interface CheckResult extends Diff {
  /** Whether the entities and the database agree, every applied revision is what it was, and every squash is proven. */
  readonly clean: boolean;
  /** Applied revisions that are not what the history says of them. */
  readonly altered: readonly AlteredRevision[];
  /** What does not fit to what is published; empty where no `base` was given. */
  readonly published: readonly PublishedFinding[];
  /** Squashes that are not proven as they are. */
  readonly squashes: readonly CertificateFinding[];
}

/**
 * Compares the entities with the database as `migrate` does, and writes nothing: no file, and nothing in the database,
 * so that a role which may only read is enough. A difference is data, not an error. With `base` it compares the scripts
 * with those of a git commit instead, and asks no database.
 *
 * @throws DatabaseNotAtHeadError where revisions wait to be applied: the difference would hold them once more.
 */
export async function check(context: CommandContext, options: CheckOptions = {}): Promise<CheckResult> {
  const scripts = await readScripts(context, options);
  const heads = await headsFinding(scripts);
  const squashes = await certificateFindings(scripts);
  if (options.base !== undefined) {
    const { base, signal } = options;
    const findings = await publishedFindings(scripts, await published(scripts, { base, signal }));
    const found = heads === undefined ? findings : [...findings, heads];
    const clean = found.length === 0 && squashes.length === 0;
    return { operations: [], candidates: [], warnings: [], altered: [], published: found, squashes, clean };
  }
  const database = databaseOf(context, options);
  if (!(await database.exists())) {
    const waiting = planUpgrade(scripts.graph, [], HEADS);
    if (waiting.length > 0) throw new DatabaseNotAtHeadError(waiting.map(({ revision }) => revision ?? ''));
    // to open it would create it
    throw new EmbeddedDatabaseMissingError(database.folder ?? '');
  }
  const rows = await database.readRows();
  const altered = await alteredRevisions(scripts, { rows, lines: await database.readHistory() });
  const { upgrade: operations, candidates, warnings } = await compareAtHead(context, scripts, { database });
  const emit = emitter(context, options);
  const strange = await strangeTables(scripts, operations);
  if (strange !== undefined) emit({ type: 'warning', message: strange });
  for (const { problem, cure } of await otherConfigurations(context))
    emit({ type: 'warning', message: `${problem} ${cure}` });
  for (const message of warnings) emit({ type: 'warning', message });
  if (heads !== undefined) emit({ type: 'warning', message: describePublished(heads) });
  const clean = operations.length === 0 && proven(altered).length === 0 && squashes.length === 0;
  return { operations, candidates, warnings, altered, published: [], squashes, clean };
}
