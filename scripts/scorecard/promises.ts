/** What the tool promises, each promise with the tests that keep it: docs/scorecard.md is made of this list. */

export interface KeptBy {
  /** From the root of the repository. */
  readonly file: string;
  /** The title of the test as the file has it, with `%s` where it stands for several. */
  readonly title: string;
}

export interface Promised {
  readonly text: string;
  readonly kept: readonly KeptBy[];
}

export interface PromiseGroup {
  readonly title: string;
  readonly promises: readonly Promised[];
}

function promise(text: string, ...kept: readonly (readonly [file: string, ...titles: string[]])[]): Promised {
  const tests = kept.flatMap(([file, ...titles]) => titles.map((title) => ({ file: `test/${file}.spec.ts`, title })));
  return { text, kept: tests };
}

export const groups: readonly PromiseGroup[] = [
  {
    title: 'The graph',
    promises: [
      promise("Symbols, plans and errors are Alembic's: its results are the expected ones.", [
        'conformance/conformance',
        '%s',
      ]),
      promise('Every plan of a random graph keeps the laws of the version table.', [
        'unit/revision/properties',
        'an upgrade to heads applies everything, parents first, and rows are tips',
        'an upgrade is what the downgrade to where it began takes back, on a line of its own',
        'a downgrade to base takes everything back and leaves no row',
      ]),
      promise(
        'Two branches are merged, and each goes up and down while the other stays.',
        ['acceptance/commands', 'heads, branches, history and show ask no database'],
        ['acceptance/story', 'the second: two developers at once; merge is the way out'],
      ),
      promise('The page about branches is what its reader sees.', ['acceptance/readme', '%s']),
    ],
  },
  {
    title: 'Commands',
    promises: [
      promise('The main job works on every engine: init, migrate, upgrade, change, step back, return to base.', [
        'acceptance/main-job',
        'goes from init to head, changes, steps back and returns to base',
      ]),
      promise('Words, options and exit codes reach the application through nest start, npm and node.', [
        'acceptance/doors',
        'nest start -- db passes words, options and exit codes',
        'npm run db -- passes text untouched and a negative number',
        'node dist/src/main.js db writes JSON on stdout and nothing else',
      ]),
      promise(
        'Reading commands write nothing.',
        ['integration/runtime/runtime', 'reads without writing'],
        ['acceptance/commands', 'creates no embedded database'],
      ),
      promise('Bad input is one line with what to do, and changes nothing.', [
        'acceptance/refusals',
        'two heads with upgrade head',
        'a parent that no script has',
        'a statement that fails leaves the database at the revision before, and is named',
      ]),
      promise('The JSON of every command is what the guide shows.', [
        'acceptance/output',
        'shows what the commands print, from an empty folder to the second revision',
      ]),
      promise('A command that the files are enough for loads neither Nest nor MikroORM.', [
        'acceptance/program',
        'loads neither Nest, MikroORM nor nest-commander for a command that the files are enough for',
      ]),
      promise('The history is a page in a browser: two thousand revisions stay smooth, and search finds them.', [
        'pages/pages',
        'keeps few elements of 2,000 revisions, wherever it is scrolled to',
        'finds revisions by id, message, table and SQL, and by what they are',
      ]),
      promise('A script of --sql does what the run does.', [
        'integration/offline/offline',
        'does what the run does: schema, rows and version table, up, down, over branches, merges and stamps',
      ]),
    ],
  },
  {
    title: 'Safe execution',
    promises: [
      promise('Replicas that boot at once run each revision exactly once.', [
        'acceptance/boot',
        'run each revision once on an empty database, and all come up',
      ]),
      promise('A boot that finds nothing to do takes three round trips at most.', [
        'integration/runtime/round-trips',
        'a boot that finds nothing to do takes three round trips at most: %s',
      ]),
      promise('A process that is killed while it upgrades is continued, and everything takes effect once.', [
        'acceptance/crash',
        'leaves a database that the next upgrade brings to head, with everything done once',
      ]),
      promise('On MySQL and MariaDB the next run continues behind the last statement that took effect.', [
        'integration/resume/resume',
        'is gone on with behind what was applied, once it is mended; each statement takes effect once',
        'asks the catalogue about a statement that was running when the process died',
      ]),
      promise('A signal lets the statement finish, frees the lock and says where things stand.', [
        'acceptance/long-runs',
        'during a statement lets it finish, says where things stand, frees the lock and ends with 130',
      ]),
      promise(
        'The application starts on a database that a newer version has upgraded, and refuses what nothing shows to be its own.',
        [
          'integration/boot-modes/boot-modes',
          'starts on a database that a newer version has upgraded, with a warning, whatever it would have done',
          'refuses what nothing shows to stand on its own revisions, unless it is told to start',
        ],
      ),
      promise('An applied revision that does something else now is told, and reformatting is not.', [
        'integration/altered/altered',
        'that do something else now are told by every upgrade and by check, until that is accepted',
        'are the same with other line endings, other words around them, printed otherwise, and compiled',
      ]),
      promise('A statement that waits too long for a lock gives way and is tried again.', [
        'integration/limits/limits',
        'end the wait for a lock after the retries, say so in one line, and leave the session as it was',
      ]),
      promise('What a revision sets in its session does not count for the next one, nor for the application.', [
        'integration/session/settings',
        'does not count for the application after the revision has failed',
      ]),
      promise('A revision cannot end the transaction of the run.', [
        'integration/session/refused-control',
        'is refused before that statement runs: in %s',
      ]),
      promise('Hostile rows in the tables of the tool are told, and do no harm.', [
        'acceptance/hostile',
        'into the version table, the history and the journal are told, and do no harm',
      ]),
      promise('No password is printed, at any door.', [
        'acceptance/refusals',
        'a wrong password, which is never printed',
        'a password in a URL, which nothing prints: no command, no stack trace, no boot',
      ]),
      promise('The grants in the guide are enough for the role that migrates.', [
        'integration/privileges/privileges',
        'are enough to upgrade, down to the last right: without any of them it is refused in one line, and goes on with it',
      ]),
    ],
  },
  {
    title: 'Autogenerate',
    promises: [
      promise('What entities can say is written, applied and found no more, on every engine.', [
        'integration/autogenerate/single-features',
        '$name: applied, nothing is left to do; taken back, nothing is left',
      ]),
      promise('Changes of tables with rows lead there and back.', [
        'integration/autogenerate/changes',
        '$name: there, back, there again, and back by another revision; what both have keeps its rows',
      ]),
      promise('A change takes along what hangs on it.', [
        'integration/autogenerate/dependencies',
        'the result is that of a fresh database, there and back, with its rows; %s by the seed %s',
      ]),
      promise('Random graphs of entities go from nothing, to the next version, back, and back to nothing.', [
        'integration/autogenerate/entity-graphs',
        'seed %i: from nothing, to the next version, back, and back to nothing',
      ]),
      promise('A database that MikroORM has made is adopted, and the revision builds the same.', [
        'integration/adopting/existing-schema',
        'is adopted: written as the first revision, stamped, and the same in a database that it builds',
      ]),
      promise('Every verb is written into a revision with all its options.', [
        'contract/operations/rendering',
        '%s is written as in the snapshot',
      ]),
      promise('Steps that lose something or may fail are named where a reviewer begins.', [
        'integration/autogenerate/unsafe-steps',
        'are a table and a column that go, and a column that rows have no value for',
        'are types that hold less, and none that hold more',
      ]),
    ],
  },
  {
    title: 'Rehearsal',
    promises: [
      promise('db verify finds a revision that does not go down, loses rows or needs what it does not name.', [
        'integration/rehearsal/verify',
        'finds %s',
        'finds nothing in revisions that go up, down and up again and are what the entities say',
      ]),
      promise('A scratch database is dropped, also after a process that was killed.', [
        'integration/rehearsal/left-overs',
        'leaves nothing that is there after the next command, and keeps its drafts while it lives',
        'a database with the name of a scratch database is not dropped unless it is marked or empty',
      ]),
      promise(
        'The tests of the guide to testing are green in jest and vitest, and fail for the revision that is broken.',
        [
          'acceptance/testing',
          'is green, and each revision is a test',
          'fails the test of the revision that was broken, and of no other',
        ],
      ),
      promise('Two schemas that differ have different fingerprints, and a restored dump has the same.', [
        'integration/fingerprint/fingerprint',
        'tells %s',
        'does not tell %s',
      ]),
      promise('db merge --prove tells where the order of branches matters.', [
        'integration/rehearsal/merge-pairs',
        'on %s, seed %i',
      ]),
    ],
  },
  {
    title: 'Planning',
    promises: [
      promise('Each statement is measured by itself, without the locks of those before it.', [
        'integration/impact/steps',
        'are measured one by one, each without the locks of those before it',
      ]),
      promise('What a plan says of a verb, a second session finds.', [
        'integration/impact/verbs',
        'is measured for every verb',
      ]),
      promise('Each rule finds the example on its page, and not the one to write instead.', [
        'integration/plan/rule-pages',
        '$rule',
      ]),
      promise('An upgrade by a plan does what was planned, or nothing.', [
        'integration/plan/approved-plans',
        'runs where nothing differs, and not a second time',
        'is refused where the schema was changed by hand, with the difference',
        'is refused where the database has moved',
      ]),
    ],
  },
  {
    title: 'While the application works',
    promises: [
      promise('A column moves to a new type while requests write it, and no value is lost.', [
        'integration/online/moved-column',
        'lose nothing: %s',
      ]),
      promise('The online form makes the same schema as the plain one, for every verb.', [
        'integration/online/every-verb',
        'of %s ends as the plain form does, and goes back as it does',
      ]),
      promise('Requests are all done while a revision runs in its online form.', [
        'integration/online/traffic',
        'are all done while a revision runs in its online form',
      ]),
      promise(
        'A backfill works on each row once, also where processes are killed or run twice.',
        ['integration/backfill/backfill', 'fills every row once, by SQL, in batches that each commit'],
        [
          'integration/backfill/kills',
          'both end well on $engine with a lock of the $lock, and each row is worked on once',
        ],
      ),
    ],
  },
  {
    title: 'Care of the history',
    promises: [
      promise('A squash is written only where it does what the revisions do, from every place.', [
        'integration/history/squash-proof',
        'is written where it does what the revisions do, from every place',
        'is not written where rows are left out that a new database needs',
      ]),
      promise('A rebase changes no file where one revision does not fit.', [
        'integration/history/rebase-rewritten',
        'is code that names what the base renames: it is said with its line, and no file changes',
      ]),
      promise('check --base finds a published revision that was edited or deleted.', [
        'integration/history/published',
        'finds what was edited, unless the program is the same',
        'finds what was deleted, and not what was moved or squashed',
      ]),
    ],
  },
  {
    title: 'Moving in',
    promises: [
      promise('nest add edits what is sure, names the rest, and finds nothing to edit the second time.', [
        'unit/schematics/wire-application',
        '$title: edits what is sure, names the rest, and finds nothing to edit after that',
      ]),
      promise("A database of Alembic's goes on from its row, with its table as it is.", [
        'integration/adopting/alembic',
        'goes on from its row, with its table as it is',
      ]),
      promise(
        "The history of MikroORM's own migrator becomes revisions that make the same, and each database is stamped where it stands.",
        [
          'integration/adopting/import-mikro-orm',
          'becomes revisions that make the same, and the database is stamped where it stands',
          'what cannot be taken over is named with its line, and nothing is written',
        ],
      ),
      promise('A database that differs from its entities becomes the first revision as it is.', [
        'integration/adopting/from-database',
        'becomes the first revision as it is, and the next one is the same on it and on a new database',
      ]),
    ],
  },
  {
    title: 'The documentation',
    promises: [
      promise('A reader who follows a recipe sees what it shows.', ['unit/guides/recipes', '%s']),
      promise(
        'The TypeScript of the guides, and each example of the reference, compiles.',
        ['unit/guides/guides', 'hold TypeScript that compiles, and so do the templates of revisions'],
        ['house/examples', 'compile'],
      ),
    ],
  },
];

export const promises: readonly Promised[] = groups.flatMap((group) => group.promises);
