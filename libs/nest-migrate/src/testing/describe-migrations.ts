import { join } from 'node:path';
import { type Finding } from '../commands/finding.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { describePublished } from '../commands/published-revisions.js';
import { folder } from '../commands/absolute-folder.js';
import { type RevisionAtOnce, revisionsAtOnce } from '../commands/revisions-at-once.js';
import { type VerifiedRevision, type VerifyResult } from '../commands/verify.js';
import { type ModuleUnderTest, type OptionsUnderTest, withTestedCommands } from './tested-commands.js';
import { type TestRunner, testRunner } from './test-runner.js';

/**
 * What {@link describeMigrations} takes in any case.
 *
 * @example
 * describeMigrations({ orm: config, directory: 'migrations', title: 'the catalogue', base: 'origin/main' });
 */
export interface DescribedTests extends Pick<MigrationModuleOptions, 'directory' | 'versionLocations'> {
  /**
   * A git commit, such as `origin/main`. Nothing that it has may have been edited or deleted, and no new revision may
   * follow one of its own that others follow already. Default: that is not tested.
   */
  base?: string;
  /** The name that the tests stand under. Default `'migrations'`. */
  title?: string;
  /** How long a test may take, in milliseconds. Default 600,000: with rows, each revision is tried twice. */
  timeout?: number;
  /** By which the tests are registered. Default: the global functions of the runner. */
  runner?: TestRunner;
}

/**
 * Options of {@link describeMigrations}: with `orm` the ORM's options and those of `MigrationModule.forRoot()`, or with
 * `module` the root module of the application, which has both. `directory` is needed with both, since a test runner
 * wants to know the tests before anything is started.
 *
 * @example
 * const migrations: DescribeMigrationsOptions = { module: AppModule, directory: 'migrations', base: 'origin/main' };
 */
export type DescribeMigrationsOptions = DescribedTests & (ModuleUnderTest | OptionsUnderTest);

/** How long a test may take, in milliseconds, unless the options tell. */
const TIMEOUT = 600_000;

/**
 * Registers the tests that every history of migrations is worth: it has one head; each revision goes up, down and up
 * again, one test a revision; at the head the entities match; nothing was edited that is published. To be called where
 * `describe()` may be called. The revisions run on scratch databases, as with `db verify --all`; the application's
 * database is not opened. With `orm` they are created on the server that the options name, unless `scratch` says
 * another place.
 *
 * Works in jest and vitest, and in every runner with functions like theirs.
 *
 * @throws MigratedDatabaseError where no test runner is found.
 * @example
 * // migrations.spec.ts
 * describeMigrations({ orm: config, directory: 'migrations', base: 'origin/main' });
 */
export function describeMigrations(options: DescribeMigrationsOptions): void {
  const { title = 'migrations', timeout = TIMEOUT, base, runner, ...application } = options;
  const { describe, it, beforeAll } = testRunner(runner);
  const revisions = revisionsAtOnce(foldersOf(options));
  describe(title, () => {
    it(
      'have one head',
      () => withTestedCommands(application, async (commands) => checkHeads(await commands.heads())),
      timeout,
    );
    if (base !== undefined) {
      it(
        `are what they were on ${base}`,
        () =>
          withTestedCommands(application, async (commands) => {
            const { published } = await commands.check({ base });
            fail(published.map(describePublished));
          }),
        timeout,
      );
    }
    describe('go up, down and up again', () => {
      let verified: Verified;
      beforeAll(async () => {
        verified = await withTestedCommands(application, async (commands) => ({
          ...(await commands.verify({ all: true })),
          paths: new Map((await commands.history()).map(({ revision, path }) => [path, revision])),
        }));
      }, timeout);
      for (const revision of revisions) it(titleOf(revision), async () => checkRevision(verified, revision), timeout);
      it('and make what the entities say', async () => checkRest(verified, revisions), timeout);
    });
  });
}

/** What was found, and the ids of the revisions by their files. */
type Verified = VerifyResult & { readonly paths: ReadonlyMap<string, string> };

function foldersOf({
  directory = 'migrations',
  versionLocations = [],
  ...options
}: DescribeMigrationsOptions): string[] {
  const base = ('orm' in options ? options.orm.baseDir : undefined) ?? process.cwd();
  return [join(folder(directory, base), 'versions'), ...versionLocations.map((location) => folder(location, base))];
}

function titleOf({ id, message, path }: RevisionAtOnce): string {
  const [line = ''] = message.split('\n');
  return [id ?? path.slice(path.lastIndexOf('/') + 1), line].filter((part) => part !== '').join(' ');
}

function checkHeads(heads: readonly { readonly revision: string; readonly message: string }[]): void {
  if (heads.length < 2) return;
  fail([
    `There are ${heads.length} heads. Merge them: db merge heads.`,
    ...heads.map(({ revision, message }) => `  ${revision} ${message}`),
  ]);
}

function checkRevision({ revisions, findings, paths }: Verified, { id, path, services }: RevisionAtOnce): void {
  const name = id ?? paths.get(path);
  const outcome = revisions.find(({ revision }) => revision === name);
  if (outcome === undefined) return fail([`The application has no revision from this file: ${path}.`]);
  const about = findings.filter(({ revision, accepted }) => revision === name && accepted === undefined);
  const isUntried = outcome.outcome === 'not verified' && about.length === 0;
  fail([...about.map(textOf), ...(isUntried ? [untriedText(outcome, services)] : [])]);
}

function untriedText({ reason }: VerifiedRevision, services: readonly string[]): string {
  const text = `It was not tried: it ${reason ?? 'cannot be'}.`;
  if (services.length === 0) return text;
  const standIns = services.map((name) => `${name}: { … }`).join(', ');
  return `${text} Give describeMigrations() stand-ins: services: () => ({ ${standIns} }).`;
}

/** Everything that no test of a revision tells. */
function checkRest({ revisions, findings, paths }: Verified, tested: readonly RevisionAtOnce[]): void {
  const names = new Set(tested.map(({ id, path }) => id ?? paths.get(path)));
  const untested = revisions.filter(({ revision }) => !names.has(revision));
  const about = findings.filter(
    ({ revision, accepted }) => accepted === undefined && (revision === null || !names.has(revision)),
  );
  fail([
    ...untested.map(({ revision }) => `Revision ${revision} has no test: its file is in no folder of the options.`),
    ...about.map(textOf),
  ]);
}

function textOf({ rule, direction, message, schema }: Finding): string {
  const head = `${rule}${direction === null ? '' : `, ${direction}`}: ${message}`;
  return [head, ...schema.map((line) => `  ${line}`)].join('\n');
}

/** @throws Error with the lines, if there are any: a test runner shows it as it is. */
function fail(lines: readonly string[]): void {
  if (lines.length > 0) throw new Error(lines.join('\n'));
}
