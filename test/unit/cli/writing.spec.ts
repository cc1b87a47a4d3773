import { PassThrough } from 'node:stream';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type MigrateOptions, type MigrateResult } from '../../../libs/nest-migrate/src/commands/migrate.js';
import { type Common } from '../../../libs/nest-migrate/src/commands/command-context.js';
import { type Diff } from '../../../libs/nest-migrate/src/commands/results.js';
import { type Step } from '../../../libs/nest-migrate/src/runtime/events.js';
import { temporaryFolder } from '../../support/projects.js';
import { db, revisionInfo } from './fake-session.js';

const step = (parts: Partial<Step>): Step => ({
  direction: 'upgrade',
  revision: 'b',
  message: '',
  from: [],
  to: [],
  rows: [],
  durationMs: 1,
  ...parts,
});

const operations: Diff['operations'] = [
  {
    kind: 'createTable',
    table: 'book',
    columns: [],
    indexes: [{ name: 'book_title_index', columns: [{ name: 'title' }] }],
    uniques: [],
    checks: [],
    foreignKeys: [],
  },
  { kind: 'dropTable', table: 'old', schema: 'archive' },
  { kind: 'addColumn', table: 'book', column: { name: 'isbn', type: 'string' } },
  { kind: 'dropColumn', table: 'book', column: 'code' },
  {
    kind: 'alterColumn',
    table: 'book',
    column: 'title',
    change: { length: 500, nullable: true, default: null, comment: 'x', collation: 'C' },
    existing: { type: 'string', length: 255 },
  },
  { kind: 'createIndex', table: 'book', index: { columns: [{ name: 'isbn' }, { name: 'title' }] } },
  { kind: 'dropIndex', table: 'book', name: 'gone' },
  {
    kind: 'createForeignKey',
    table: 'book',
    foreignKey: { columns: ['author_id'], referencedTable: 'author', referencedColumns: ['id'] },
  },
  { kind: 'createUniqueConstraint', table: 'book', unique: { name: 'book_isbn_unique', columns: ['isbn'] } },
  { kind: 'createCheckConstraint', table: 'book', check: { name: 'positive', expression: 'price > 0' } },
  { kind: 'dropConstraint', table: 'book', name: 'fk', type: 'foreignKey' },
  {
    kind: 'alterColumn',
    table: 'book',
    column: 'notes',
    change: { type: 'text' },
    // a text has no length to keep
    existing: { type: 'string', length: 255 },
  },
  { kind: 'alterEnum', name: 'state', items: ['a', 'b'], existing: ['a', 'c'], columns: [] },
];

const detected = [
  "Detected added table 'book'",
  "Detected added index 'book_title_index' (title) on 'book'",
  "Detected removed table 'archive.old'",
  "Detected added column 'book.isbn'",
  "Detected removed column 'book.code'",
  "Detected type change from string(255) to string(500) on 'book.title'",
  "Detected NULL on column 'book.title'",
  "Detected server default on column 'book.title'",
  "Detected column comment 'book.title'",
  "Detected change of collation on column 'book.title'",
  "Detected added index (isbn, title) on 'book'",
  "Detected removed index 'gone' on 'book'",
  "Detected added foreign key (author_id) to author(id) on table 'book'",
  "Detected added unique constraint 'book_isbn_unique' (isbn) on 'book'",
  "Detected added check constraint 'positive' on table 'book'",
  "Detected removed foreign key 'fk' on table 'book'",
  "Detected type change from string(255) to text on 'book.notes'",
  "Detected changed enum 'state': +'b', -'c'",
  '',
].join('\n');

const migrated = (parts: Partial<MigrateResult>): MigrateResult => ({
  differences: [{ connection: 'default', operations: parts.operations ?? [], candidates: [], warnings: [] }],
  operations: [],
  candidates: [],
  warnings: [],
  created: [],
  source: [],
  ...parts,
});

describe('what is written goes to stdout, what was seen on the way to stderr', () => {
  it('revision and merge answer with the path of the file', async () => {
    expect(await db(['revision', '-m', 'x'])).toMatchObject({
      code: 0,
      stdout: '/abs/m/versions/new01_.ts\n',
      stderr: '',
    });
    expect(await db(['merge', 'a', 'b'])).toMatchObject({ code: 0, stdout: '/abs/m/versions/mrg01_.ts\n', stderr: '' });
  });

  it('init answers with what it created, and says what comes next', async () => {
    expect(await db(['init'])).toMatchObject({
      code: 0,
      stdout: '/app/migrations/versions\n',
      stderr: 'Next: db migrate -m "what changed", read the revision, db upgrade.\n',
    });
  });

  it.each([['migrate'], ['revision --autogenerate']])('%s tells each difference', async (line) => {
    const migrate = () => migrated({ operations, created: [revisionInfo({ revision: 'new01' })], source: ['…'] });
    expect(await db(line.split(' '), { answers: { migrate } })).toMatchObject({
      code: 0,
      stdout: '/abs/m/versions/new01_.ts\n',
      stderr: detected,
    });
  });

  it('no difference is a result, and no file', async () => {
    expect(await db(['migrate'])).toMatchObject({ code: 0, stdout: 'No changes in schema detected.\n', stderr: '' });
  });

  it('the whole schema as a first revision comes with what to do next', async () => {
    const migrate = () => ({
      operations: [],
      candidates: [],
      warnings: [],
      created: [revisionInfo({ revision: 'all01' })],
      differences: [],
      source: [''],
    });
    const { stdout, stderr } = await db(['db', 'migrate', '--from-empty'], { answers: { migrate } });
    expect(stdout).toBe('/abs/m/versions/all01_.ts\n');
    expect(stderr).toContain('A database that has all this already: db stamp head. An empty one: db upgrade.');
  });

  it('a dry run prints the source', async () => {
    const migrate = () => migrated({ operations: operations.slice(2, 3), source: ["await op.addColumn('book');\n"] });
    expect(await db(['migrate', '--dry-run'], { answers: { migrate } })).toMatchObject({
      code: 0,
      stdout: "await op.addColumn('book');\n",
      stderr: "Detected added column 'book.isbn'\n",
    });
  });
});

describe('progress', () => {
  it('is one line a step on stderr, as Alembic words it', async () => {
    const upgrade = ({ onEvent }: Common) => {
      const steps = [
        step({ revision: '1975ea83b712', to: ['1975ea83b712'], message: 'create book' }),
        step({
          revision: '3f2a9c1b7d10',
          from: ['1975ea83b712'],
          to: ['3f2a9c1b7d10'],
          message: 'add users\nand more',
        }),
      ];
      steps.forEach((taken, index) => {
        onEvent?.({ connection: 'default', type: 'stepStarted', step: taken, index });
        onEvent?.({ connection: 'default', type: 'stepFinished', step: taken, index });
      });
      onEvent?.({ connection: 'default', type: 'warning', message: 'look out' });
      return { before: [], rows: ['3f2a9c1b7d10'], steps };
    };
    expect(await db(['upgrade'], { answers: { upgrade } })).toMatchObject({
      code: 0,
      stdout: '',
      stderr:
        'Running upgrade  -> 1975ea83b712, create book\n' +
        'Running upgrade 1975ea83b712 -> 3f2a9c1b7d10, add users\n' +
        'Warning: look out\n',
    });
  });

  it('says once who holds the lock', async () => {
    const stamp = ({ onEvent }: Common) => {
      const holder = { pid: 7, application: 'psql', address: null, since: null, statement: null };
      for (let round = 0; round < 3; round++) onEvent?.({ connection: 'default', type: 'lockWaiting', holder });
      const taken = step({ direction: 'stamp', revision: null, from: ['a', 'b'], to: ['base0'] });
      onEvent?.({ connection: 'default', type: 'stepStarted', step: taken, index: 0 });
      return { before: ['a', 'b'], rows: ['base0'], steps: [taken] };
    };
    const { stderr } = await db(['stamp', 'base0'], { answers: { stamp } });
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^Waiting for the migration lock: .*psql/),
      'Running stamp_revision a, b -> base0',
      '',
    ]);
  });

  it('shows on a terminal what is done to which revision, in the same words', async () => {
    const upgrade = ({ onEvent }: Common) => {
      const taken = step({ revision: 'b1', from: ['a1'], to: ['b1'], message: 'add isbn' });
      onEvent?.({ connection: 'default', type: 'stepStarted', step: taken, index: 0 });
      return { before: ['a1'], rows: ['b1'], steps: [taken] };
    };
    const { stderr } = await db(['upgrade'], { answers: { upgrade }, streams: { isTTY: true } });
    expect(stderr).toBe(
      '\u001b[32mRunning upgrade\u001b[39m \u001b[33ma1\u001b[39m -> \u001b[33mb1\u001b[39m, add isbn\n',
    );
  });

  it('is coloured on a terminal alone, and NO_COLOR is obeyed', async () => {
    const current = ({ onEvent }: Common) => {
      onEvent?.({ connection: 'default', type: 'warning', message: 'x' });
      return { rows: [], revisions: [], atHead: true };
    };
    const streams = { isTTY: true };
    const coloured = await db(['current'], { answers: { current }, streams });
    const plain = await db(['current'], { answers: { current }, streams, env: { NO_COLOR: '1' } });
    expect(coloured.stderr).toContain('\u001b[33mWarning:\u001b[39m x\n');
    expect(plain.stderr).toContain('Warning: x\n');
  });
});

describe('a possible rename', () => {
  const candidates = [
    { kind: 'table', from: 'book', to: 'work', answer: 'book:work' },
    { kind: 'column', from: 'author.name', to: 'author.full_name', answer: 'author.name:full_name' },
    { kind: 'enumValue', from: 'mood.a', to: 'mood.b', answer: 'mood.a:b' },
  ] as const;
  const answering = (seen: unknown[]) => ({
    migrate: async ({ renames }: MigrateOptions) => {
      seen.push(typeof renames === 'function' ? await renames(candidates) : renames);
      return migrated({});
    },
  });

  it('is asked on a terminal, where anything but a yes is a no', async () => {
    const seen: unknown[] = [];
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.write('n\n');
    setTimeout(() => stdin.write('y\n'), 20);
    setTimeout(() => stdin.end(), 40);
    const { stderr } = await db(['migrate'], { answers: answering(seen), streams: { stdin, isTTY: true } });
    expect(seen).toEqual([['author.name:full_name']]);
    expect(stderr).toBe(
      "Was the table 'book' renamed to 'work'? [y/N] Was the column 'author.name' renamed to 'author.full_name'? [y/N] " +
        "Was the enum value 'mood.a' renamed to 'mood.b'? [y/N] ",
    );
  });

  it('is never asked elsewhere, nor where the options answer', async () => {
    const seen: unknown[] = [];
    await db(['migrate'], { answers: answering(seen) });
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    await db(['migrate', '--rename', 'a:b'], { answers: answering(seen), streams: { stdin, isTTY: true } });
    expect(seen).toEqual([undefined, ['a:b']]);
  });

  it('may be answered by a file, whose mistakes are named by their line', async () => {
    const seen: unknown[] = [];
    const folder = await temporaryFolder('renames', {
      files: { 'good.txt': '\ufeff# since spring\r\n\r\n book:work\nauthor.name:full_name', 'bad.txt': 'a:b\nbook\n' },
    });
    try {
      const [good, bad] = ['good.txt', 'bad.txt'].map((name) => join(folder.path, name));
      const { code } = await db(['migrate', '--renames', good ?? '', '--rename', 'a:b'], { answers: answering(seen) });
      expect([code, seen]).toEqual([0, [['a:b', 'book:work', 'author.name:full_name']]]);
      const mistake = await db(['migrate', '--renames', bad ?? ''], { answers: answering(seen) });
      expect([mistake.code, mistake.stderr]).toEqual([
        2,
        expect.stringMatching(/^Error: Line 2 of '.*bad\.txt' is no rename: 'book'\./),
      ]);
      const missing = await db(['migrate', '--renames', join(folder.path, 'none')], { answers: answering(seen) });
      expect([missing.code, missing.stderr]).toEqual([
        2,
        expect.stringMatching(/^Error: The renames in '.*none' cannot be read: ENOENT/),
      ]);
      expect(seen).toHaveLength(1);
    } finally {
      await folder.remove();
    }
  });
});
