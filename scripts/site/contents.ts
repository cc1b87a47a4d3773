/** The pages of the documentation site, in the order of its sidebar: each once, with a sentence that says what is in it. */

/** A page of `docs/`. */
export interface Page {
  /** Below `docs/`, such as `guide/plan.md`. */
  readonly path: string;
  /** What the sidebar says. */
  readonly text: string;
  /** One sentence: for search engines, for `llms.txt`, and below the title in lists of pages. */
  readonly description: string;
}

export interface Section {
  readonly title: string;
  /** Whether the sidebar shows its pages before a reader opens it. */
  readonly open: boolean;
  readonly pages: readonly Page[];
}

function page(path: string, text: string, description: string): Page {
  return { path, text, description };
}

export const home = page(
  'index.md',
  'nest-migrate',
  'Database migrations for NestJS applications on MikroORM, in the manner of Flask-Migrate and Alembic.',
);

export const contents: readonly Section[] = [
  {
    title: 'Start',
    open: true,
    pages: [
      page(
        'start.md',
        'Where to start',
        'What to type first: in a new application, on an existing database, or coming from another tool.',
      ),
      page(
        'guide/getting-started.md',
        'Getting started',
        'Install the package, wire the module, write and apply the first revision.',
      ),
      page('guide/nest-add.md', 'nest add', 'Let nest add wire the module, main.ts and the script of an application.'),
      page(
        'guide/existing-database.md',
        'An existing database',
        'Bring a database that has its tables already under migrations, without touching one of them.',
      ),
      page(
        'decisions.md',
        'Which mode, which lock',
        'Tables that decide: what the application does while it boots, which lock, where scratch databases are, and which limits.',
      ),
      page(
        'guide/command-line.md',
        'The command line',
        'How commands reach your application, what they print, and their exit codes.',
      ),
    ],
  },
  {
    title: 'Moving in',
    open: true,
    pages: [
      page(
        'guide/coming-from-flask.md',
        'From Flask-Migrate, Alembic',
        'Where each command, setting and verb of Flask-Migrate and Alembic went, and how the database moves over.',
      ),
      page(
        'guide/from-mikro-orm.md',
        "From MikroORM's migrator",
        "Take over the migrations of MikroORM's own migrator as revisions, proven on scratch databases.",
      ),
      page(
        'guide/mikro-orm-6-to-7.md',
        'MikroORM 6 to 7',
        'Raise an application from MikroORM 6 to 7 and keep the history of its migrations.',
      ),
      page(
        'guide/from-typeorm.md',
        'From TypeORM',
        'Take over the migrations of TypeORM as revisions, and stamp each database where it stands.',
      ),
      page(
        'guide/from-prisma.md',
        'From Prisma',
        'Take over the migrations of Prisma as revisions, and stamp each database where it stands.',
      ),
      page(
        'guide/from-drizzle.md',
        'From Drizzle',
        'Take over the migrations of Drizzle Kit as revisions, and stamp each database where it stands.',
      ),
      page(
        'guide/from-knex.md',
        'From Knex',
        'Take over the migrations of Knex as revisions, and stamp each database where it stands.',
      ),
      page(
        'guide/from-sql-files.md',
        'From SQL files',
        'Take over a folder of SQL files, as golang-migrate, dbmate, goose and Flyway have them.',
      ),
    ],
  },
  {
    title: 'Recipes',
    open: true,
    pages: [
      page('recipes/rename.md', 'Rename', 'Rename a column or a table and keep what is in it.'),
      page('recipes/not-null.md', 'Not null', 'Make a column required in a table that has rows.'),
      page('recipes/split-a-table.md', 'Split a table', 'Move columns into a table of their own, with their rows.'),
      page(
        'recipes/change-a-type.md',
        'Change a type',
        'Give a column another type, and say how a value becomes another.',
      ),
      page('recipes/seed.md', 'Seed', 'Put rows in that the application needs everywhere.'),
      page(
        'recipes/backfill.md',
        'Backfill',
        'Fill a new column of a large table in batches, while the application works.',
      ),
      page('recipes/tenants.md', 'Tenants', 'Upgrade one schema a tenant with the same revisions.'),
    ],
  },
  {
    title: 'Write revisions',
    open: true,
    pages: [
      page(
        'guide/autogenerate.md',
        'What migrate writes',
        'How entities and database are compared, and what db migrate writes for each difference.',
      ),
      page(
        'guide/operations.md',
        'Operations',
        'What op is, operations of your own, and what each verb of Alembic is called here.',
      ),
      page('guide/branches.md', 'Branches', 'Two people at once, merges, branches on purpose, and several bases.'),
      page(
        'guide/history.md',
        'Care of the history',
        'What a revision says about itself, squashing a long history, and rebasing unpublished revisions.',
      ),
      page(
        'guide/backfills.md',
        'Backfills',
        'Fill columns of tables in use, in batches that survive a killed process.',
      ),
      page(
        'guide/new-database.md',
        'A new database, and one as new',
        'Create the configured database; drop what one holds, apply all revisions, and seed.',
      ),
      page('guide/services.md', 'Services in revisions', 'Use a provider of the application in a revision.'),
      page(
        'guide/triggers-and-routines.md',
        'Triggers and routines',
        'How triggers and stored routines are compared and written.',
      ),
      page('guide/hooks.md', 'Hooks', 'Functions in the options that decide what is compared, written and recorded.'),
      page(
        'guide/script-directory.md',
        'The script directory',
        'What db init makes, templates of revisions, names of files, and several folders.',
      ),
    ],
  },
  {
    title: 'Before a deployment',
    open: false,
    pages: [
      page('guide/rehearsal.md', 'Rehearsal', 'Try revisions up, down and up again on a scratch database.'),
      page('guide/plan.md', 'Know before you deploy', 'See what a run will lock, whom that stops and for how long.'),
      page('guide/online.md', 'While the application works', 'Write revisions that stop no request.'),
      page('guide/ci.md', 'In CI', 'What a pull request should be asked, and how the result gets beside its lines.'),
      page(
        'guide/testing.md',
        'Testing',
        "Tests of revisions and migrated databases for the application's own test suite.",
      ),
      page('guide/offline.md', 'SQL scripts', 'Write migrations as SQL for another person or machine to run.'),
    ],
  },
  {
    title: 'In production',
    open: false,
    pages: [
      page(
        'guide/production.md',
        'In production',
        'Boot modes, signals, crashes, locks, limits, roles, and clusters: what is promised.',
      ),
      page(
        'guide/bundles.md',
        'An application in one file',
        'Revisions inside a bundle of esbuild, webpack or Rollup.',
      ),
      page('guide/docker.md', 'Docker', 'An image that carries its revisions.'),
      page('guide/kubernetes.md', 'Kubernetes', 'Upgrades with many replicas, probes, and readiness.'),
      page('guide/observability.md', 'Observability', 'Events for a logger, and OpenTelemetry: traces and metrics.'),
      page(
        'guide/several-databases.md',
        'Several databases',
        'One application with several connections: a history for each, or one for all.',
      ),
      page('guide/sqlite.md', 'SQLite', 'What is different on SQLite.'),
      page('guide/monorepo.md', 'Monorepos', 'Which application of a monorepo owns the revisions.'),
      page('guide/nest-11-and-12.md', 'NestJS 11 and 12', 'ES modules and CommonJS, NestJS 11 and 12.'),
    ],
  },
  {
    title: 'Reference',
    open: false,
    pages: [
      page('guide/commands.md', 'Commands', 'Every command with its arguments, options and examples.'),
      page(
        'reference/operations.md',
        'Verbs of op',
        'Every verb of op with its arguments, its options and an example.',
      ),
      page('reference/options.md', 'Options of the module', 'Every option of MigrationModule with its default.'),
      page('reference/errors.md', 'Error codes', 'Every error by its code: what causes it, and what to do.'),
      page(
        'reference/api.md',
        'API: classes and functions',
        'What an application imports from nest-migrate to call it.',
      ),
      page(
        'reference/operation-types.md',
        'API: types of operations',
        'Operations as data, and the options of the verbs that make them.',
      ),
      page('reference/types.md', 'API: types', 'The types that nest-migrate exports.'),
      page('reference/testing.md', 'API: nest-migrate/testing', 'What test suites import from nest-migrate/testing.'),
      page(
        'guide/json.md',
        'JSON for programs',
        'What each command prints with --json, and how a failure is reported.',
      ),
      page('rules/README.md', 'Rules', 'What db plan and db lint look for in revisions.'),
      page(
        'autogenerate-matrix.md',
        'Matrix of changes',
        "What migrate makes of each feature and change of entities on each engine, beside MikroORM's generator and Alembic.",
      ),
      page(
        'compatibility.md',
        'Compatibility',
        'What was run with other versions of servers, Nest, MikroORM and Node.',
      ),
      page('measured-impact.md', 'Measured impact', 'What each verb locks and how it grows, measured on each engine.'),
    ],
  },
  {
    title: 'What keeps it true',
    open: false,
    pages: [
      page('scorecard.md', 'Scorecard', 'Each promise with a link to the test that keeps it.'),
      page('benchmarks.md', 'Benchmarks', 'What was measured, where, beside which other tools.'),
      page('readme.md', 'README', 'The page that the repository begins with.'),
      page('overview.md', 'How it is built', 'The parts of the library and what each may import.'),
      page('adr/README.md', 'Decisions', 'What was decided, why, and instead of what.'),
      page('contributing.md', 'Contributing', 'How to set up, run one test, and where new code goes.'),
    ],
  },
];

export const pages: readonly Page[] = [home, ...contents.flatMap((section) => section.pages)];

/** Pages that another page of the contents lists: `rules/README.md` each rule, and `overview.md` the decisions. */
export const listedElsewhere = /^(?:rules|adr)\/[\w-]+\.md$/;

/** Pages for other readers: a report that a test compares. */
export const notOnSite: readonly string[] = ['api-report.md'];

/** Pages that show a file of another place, with the folder that the links in it begin at. */
export const shownFiles: Readonly<Record<string, string>> = {
  'readme.md': 'README.md',
  'benchmarks.md': 'bench/README.md',
  'contributing.md': 'CONTRIBUTING.md',
};

/** The address of a page below the site's root, without an ending: `rules/`, `guide/plan`. */
export function addressOf(path: string): string {
  return path.replace(/(^|\/)(?:README|index)\.md$/, '$1').replace(/\.md$/, '');
}
