/**
 * Every block of commands of the documentation is run: here, by another spec, or not, and then this file says why. A new
 * block has to be in one of the three.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pagesIn } from '../../scripts/site/markdown-files.ts';
import { entities } from '../application/entities.ts';
import { TestApplication } from '../support/application.ts';
import { createDatabase } from '../support/databases.ts';
import { temporaryFolder } from '../support/projects.ts';
import { readmeBlocks } from '../support/readme.ts';

/** The pages that another spec follows from the first block to the last. */
const followed: Readonly<Record<string, string>> = {
  'guide/branches.md': 'test/acceptance/readme.spec.ts',
  'guide/rehearsal.md': 'test/acceptance/readme.spec.ts',
  'guide/plan.md': 'test/acceptance/readme.spec.ts',
  'guide/from-mikro-orm.md': 'test/acceptance/readme.spec.ts',
  'guide/from-drizzle.md': 'test/acceptance/readme.spec.ts',
  'guide/from-knex.md': 'test/acceptance/readme.spec.ts',
  'guide/from-prisma.md': 'test/acceptance/readme.spec.ts',
  'guide/from-sql-files.md': 'test/acceptance/readme.spec.ts',
  'guide/from-typeorm.md': 'test/acceptance/readme.spec.ts',
  'guide/commands.md': 'test/unit/cli/usage.spec.ts',
};

/** Blocks that no test runs as they are, by their first command, with the reason. */
const notRun: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'start.md': {
    'db import src/migrations --dry-run':
      'needs old migrations: test/acceptance/readme.spec.ts follows guide/from-mikro-orm.md',
  },
  'guide/autogenerate.md': {
    'db migrate --rename book.title:name': 'needs entities that have changed: test/integration/autogenerate has them',
  },
  'guide/bundles.md': { 'npx nest-migrate bundle': 'needs a program that bundles: test/acceptance/bundle.spec.ts' },
  'guide/command-line.md': { 'npx nest-migrate heads --check': 'the program: test/unit/cli/bin.spec.ts' },
  'guide/getting-started.md': {
    'npx nest add nest-migrate': 'installs packages: test/adopt/nest-12-esm.spec.ts',
    'npm install --save-exact nest-migrate @mikro-orm/nestjs \\': 'installs packages of a registry',
    'npm ls --depth=0 | grep @mikro-orm/': 'is about packages of the reader, and installs some',
  },
  'guide/history.md': {
    'db squash b2d6:d441': 'its lines are alternatives: test/integration/history/squash-file.spec.ts',
    'db check --base origin/main': 'needs a repository: test/integration/history has some',
    'git merge origin/main': 'needs a repository: test/integration/history has some',
  },
  'guide/json.md': {
    'if ! result=$(node dist/main.js db upgrade --json -q 2> errors.txt); then':
      'needs jq: test/acceptance/output.spec.ts holds the JSON',
  },
  'guide/nest-add.md': {
    'npx nest add nest-migrate': 'installs packages: test/adopt/nest-12-esm.spec.ts',
    'npx nest add nest-migrate --dry-run': 'its lines are alternatives: test/unit/schematics',
  },
  'guide/new-database.md': { 'db fresh --seed': 'needs seeders: test/integration/fresh/fresh.spec.ts' },
  'guide/offline.md': {
    'db upgrade --sql > upgrade.sql': 'needs psql: test/integration/offline sends the scripts to each engine',
  },
  'guide/script-directory.md': {
    'db init --template javascript': 'its lines are alternatives: test/acceptance/script-directory.spec.ts',
    'db revision -m "shop begins" --head base --branch-label shop --version-path src/shop/migrations':
      'needs an option of the module: test/integration/script-directory',
  },
};

interface Scenario {
  readonly page: string;
  /** The first command of each of its blocks behind `db init`, in the order in which they are run. */
  readonly blocks: readonly string[];
  /** Whether the database has the tables of the entities, and no revision. Default: it is empty. */
  readonly hasTables?: boolean;
  /** What the text before the blocks has had the reader do. */
  readonly before?: readonly string[];
  /** What stands in the page for something of the reader's own, and what it is here. */
  readonly instead?: Readonly<Record<string, string>>;
}

/** What every page begins with that goes on from a first revision. */
const atHead = ['init', 'migrate -m first --rev-id aaaa', 'upgrade'];

const scenarios: readonly Scenario[] = [
  { page: 'start.md', blocks: ['db migrate -m "create book"'] },
  { page: 'start.md', blocks: ['db check'], hasTables: true },
  { page: 'start.md', blocks: ['db migrate --from-empty --rev-id 8f27b0c4d9e1 -m "what Alembic made"'] },
  { page: 'guide/existing-database.md', blocks: ['db check'], hasTables: true },
  {
    page: 'guide/existing-database.md',
    blocks: ['db migrate --from-database -m "everything so far"'],
    hasTables: true,
    before: ['init'],
  },
  {
    page: 'guide/coming-from-flask.md',
    blocks: ['db migrate --from-empty --rev-id 8f27b0c4d9e1 -m "what Alembic made"'],
  },
  {
    page: 'guide/coming-from-flask.md',
    blocks: ['db migrate --from-empty --rev-id a94c27d1e036 -m "what Alembic made"'],
    before: ['init'],
  },
  {
    page: 'guide/getting-started.md',
    blocks: ['nest start -- db init', 'nest start -- db migrate -m "create book"'],
  },
  {
    page: 'guide/new-database.md',
    blocks: ['db create-database && db upgrade', 'db mark production', 'db fresh --database shop'],
    before: ['init', 'migrate -m first'],
    instead: { '--database shop': '--database <file>' },
  },
  { page: 'guide/history.md', blocks: ['db blame book'], before: atHead, instead: { 'book.isbn': 'book.title' } },
  { page: 'guide/online.md', blocks: ['db lint --fix --dry-run'], before: [...atHead, 'revision -m second'] },
  { page: 'guide/ci.md', blocks: ['node dist/main.js db stats --output stats.json'], before: atHead },
];

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const pages = pagesIn('docs').filter((page) => page !== 'api-report.md');
/** By this a block is known: most begin with `db init`, which tells them from no other. */
const firstOf = (commands: readonly { readonly text: string }[]): string => {
  const texts = commands.map(({ text }) => (text.split('\n')[0] ?? '').replace(/\s+#.*$/, '').trim());
  return texts.find((text) => text !== 'db init') ?? texts[0] ?? '';
};
const blocksOf = (page: string): readonly ReturnType<typeof readmeBlocks>[number][] =>
  readmeBlocks(readFileSync(join('docs', page), 'utf8'));

/** The words of a command line without what leads to the application, and without its comment. */
function wordsOf(line: string): readonly string[] {
  const [, command] = /^(?:nest start -- |node dist\/main.js )?db (.*?)(?:\s+#.*)?$/.exec(line) ?? [];
  if (command === undefined) throw new Error(`no command of db: ${line}`);
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, ...parts]) => parts.find((part) => part) ?? '');
}

describe('the blocks of commands of the documentation', () => {
  it('are each run here, by another spec, or by none for a reason that is given', () => {
    const known = pages.flatMap((page) =>
      blocksOf(page).map(({ commands }) => {
        const first = firstOf(commands);
        const here = scenarios.filter((each) => each.page === page && each.blocks.includes(first)).length;
        const places = here + (page in followed ? 1 : 0) + (first in (notRun[page] ?? {}) ? 1 : 0);
        return { page, first, places };
      }),
    );
    expect(known.filter(({ places }) => places !== 1)).toEqual([]);
    expect(known.length).toBeGreaterThan(75);
    const reasons = [...Object.values(followed), ...Object.values(notRun).flatMap((blocks) => Object.values(blocks))];
    const specs = reasons.flatMap((reason) => /test\/[\w./-]+/.exec(reason) ?? []);
    expect(specs.filter((path) => !existsSync(path))).toEqual([]);
    const named = [
      ...scenarios.flatMap(({ page, blocks }) => blocks.map((first) => ({ page, first }))),
      ...Object.entries(notRun).flatMap(([page, blocks]) => Object.keys(blocks).map((first) => ({ page, first }))),
    ];
    expect(named.filter((one) => !known.some(({ page, first }) => page === one.page && first === one.first))).toEqual(
      [],
    );
  });

  it.each(scenarios)('$page: $blocks', async ({ page, blocks, hasTables = false, before = [], instead = {} }) => {
    const database = await createDatabase('sqlite');
    ending.push(() => database.drop());
    const folder = await temporaryFolder('guide');
    ending.push(() => folder.remove());
    if (hasTables) {
      const orm = await MikroORM.init({ ...database.options, entities: entities.v1 });
      await orm.schema.create();
      await orm.close(true);
    }
    const application = new TestApplication(folder.path, database.env);
    for (const line of before) await application.succeed(wordsOf(`db ${line}`));
    const all = blocksOf(page);
    const lines = blocks.flatMap(
      (first) =>
        all
          .find(({ commands }) => firstOf(commands) === first)
          ?.commands.flatMap(({ text, exitCode }) => text.split(' && ').map((line) => ({ line, exitCode }))) ?? [],
    );
    for (const { line, exitCode } of lines) {
      const typed = Object.entries(instead).reduce(
        (text, [part, own]) => text.replaceAll(part, own.replaceAll('<file>', database.name)),
        line,
      );
      const { code, stdout, stderr } = await application.db(wordsOf(typed));
      expect({ line, code, output: code === exitCode ? '' : stdout + stderr }).toEqual({
        line,
        code: exitCode,
        output: '',
      });
    }
  });
});
