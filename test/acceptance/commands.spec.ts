/** Each command and option that no other acceptance test has, as people type it. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { adminQuery, createDatabase, type TestDatabase } from '../support/databases.ts';
import { queryDatabase, tablesOf } from '../support/inspect.ts';
import { executing, revision, type RevisionCode, type RevisionFile } from '../support/revision-file.ts';
import { openDatabase, runScript } from '../support/scripts.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

type Place = Omit<RevisionFile, 'id' | 'message'>;

function script(id: string, place: Place = {}): string {
  return revision({ id, message: `rev ${id}`, ...place });
}

/** Two bases, a branch that is merged again, labels, a dependency. */
const history: Readonly<Record<string, Place>> = {
  base0: {},
  aaaa1: { down: 'base0', labels: 'left' },
  aaaa2: { down: 'aaaa1' },
  bbbb1: { down: 'base0', labels: 'right' },
  bbbb2: { down: 'bbbb1' },
  mrg01: { down: ['aaaa2', 'bbbb2'] },
  ind01: { labels: 'indep' },
  ind02: { down: 'ind01', dependsOn: 'bbbb1' },
};

let folder: TemporaryFolder;
let database: TestDatabase;

beforeAll(async () => {
  folder = await temporaryFolder('commands');
  database = await createDatabase('postgres');
});
afterAll(async () => {
  await database.drop();
  await folder.remove();
});

async function projectOf(name: string, env = database.env): Promise<TestApplication> {
  const project = await temporaryFolder(name);
  projects.push(project);
  const application = new TestApplication(project.path, env);
  await application.succeed(['init']);
  return application;
}
const projects: TemporaryFolder[] = [];
afterAll(async () => {
  for (const project of projects) await project.remove();
});

async function withHistory(name: string): Promise<TestApplication> {
  const application = await projectOf(name);
  for (const [id, place] of Object.entries(history)) {
    await writeFile(join(application.versions, `${id}.ts`), script(id, place));
  }
  return application;
}

async function rows(): Promise<readonly unknown[]> {
  const found = await queryDatabase(database, 'select version_num from nest_migrate_version order by version_num');
  return found.map((row) => row['version_num']);
}

describe('check', () => {
  it('tells what migrate would write, with exit code 3, and needs no right but to read', async () => {
    const own = await createDatabase('postgres');
    const role = `reader_${own.name}`;
    try {
      const application = await projectOf('checked', own.env);
      await application.succeed(['migrate', '-m', 'first']);
      const early = await application.db(['check']);
      expect([early.code, early.stdout]).toEqual([1, '']);
      expect(early.stderr).toMatch(
        /^Error: Target database is not up to date\. The revision \w+ is not applied: run db upgrade, or db stamp where the database has their changes already\.\n$/,
      );
      await application.succeed(['upgrade']);

      await adminQuery('postgres', `create role "${role}" login password 'reading'`);
      await adminQuery('postgres', `grant select on all tables in schema public to "${role}"`, [], {
        database: own.name,
      });
      const reader = { DB_USER: role, DB_PASSWORD: 'reading' };
      expect(await application.db(['check'], reader)).toMatchObject({
        code: 0,
        stdout: 'No new upgrade operations detected.\n',
        stderr: '',
      });
      expect(JSON.parse((await application.succeed(['check', '--json'], reader)).stdout)).toEqual({
        operations: [],
        candidates: [],
        warnings: [],
        altered: [],
        published: [],
        squashes: [],
        clean: true,
      });

      const changed = await application.db(['check'], { ...reader, ENTITIES: 'v2' });
      expect(changed.code).toBe(3);
      expect(changed.stdout).toContain("Detected added table 'review'\n");
      expect(changed.stdout).toContain("Detected type change from string(200) to string(300) on 'book.title'\n");
      const count = changed.stdout.trimEnd().split('\n').length;
      expect(changed.stderr).toBe(
        `Error: New upgrade operations detected: ${count} differences between the entities and the database. Write a revision with db migrate.\n`,
      );
      const json = await application.db(['check', '--json'], { ...reader, ENTITIES: 'v2' });
      expect(json.code).toBe(3);
      expect(JSON.parse(json.stdout)).toMatchObject({ clean: false });
      expect(await application.scripts()).toHaveLength(1);
    } finally {
      await own.drop();
      await adminQuery('postgres', `drop role if exists "${role}"`);
    }
  });

  it('creates no embedded database', async () => {
    const data = join(folder.path, 'no-such-folder', 'data');
    const application = await projectOf('embedded', { DB_ENGINE: 'pglite', DB_NAME: data });
    for (const command of ['check', 'current', 'history']) await application.db([command]);
    expect(await application.db(['check'])).toMatchObject({
      code: 1,
      stderr: `Error: There is no database at ${data} yet. Write a revision with db migrate, db upgrade creates the database.\n`,
    });
    expect(existsSync(join(folder.path, 'no-such-folder'))).toBe(false);
  });
});

describe('edit', () => {
  /** An editor that adds a line to every file it gets, and says what arguments it got. */
  const editor = `
    const { appendFileSync } = require('node:fs');
    const [word, ...paths] = process.argv.slice(2);
    for (const path of paths) appendFileSync(path, word + '\\n');
    console.log(process.stdin.isTTY, paths.length);
  `;

  it('opens revisions in $VISUAL or $EDITOR, and tells when they do not load any more', async () => {
    const application = await withHistory('edited');
    const program = join(application.folder, 'an editor.cjs');
    await writeFile(program, editor);
    const textOf = (id: string) => readFile(join(application.versions, `${id}.ts`), 'utf8');
    const using = (word: string) => `"${process.execPath}" "${program}" ${word}`;

    // the editor writes to the terminal itself
    const edited = await application.inProcesses().db(['edit', 'heads'], { EDITOR: 'false', VISUAL: using('//1') });
    expect(edited).toMatchObject({ code: 0, stderr: '' });
    expect(edited.stdout.trim()).toMatch(/ 2$/);
    expect((await textOf('mrg01')) + (await textOf('ind02'))).toMatch(/\/\/1\n[^]*\/\/1\n$/);
    await application.succeed(['edit', 'right@bbbb2'], { EDITOR: using('//2'), VISUAL: '' });
    expect(await textOf('bbbb2')).toMatch(/\/\/2\n$/);

    const broken = await application.db(['edit', 'bbbb2'], { EDITOR: using('function(') });
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/^Error: The revision file .*bbbb2\.ts has a syntax error in line \d+: .*\n$/);
    await writeFile(join(application.versions, 'bbbb2.ts'), script('bbbb2', history['bbbb2']));
  });

  it('says why nothing can be edited', async () => {
    const application = await projectOf('nothing-to-edit');
    const none = { EDITOR: undefined, VISUAL: undefined };
    const missing = `"EDITOR" or "VISUAL" environment variables). For example EDITOR="code --wait".`;
    for (const [argv, env, line] of [
      [['edit'], none, `Error executing editor (No suitable editor found. Please set the ${missing}`],
      [['edit'], { EDITOR: 'true' }, "No revision files indicated by symbol 'head'."],
      [['edit', 'base'], { EDITOR: 'true' }, "No revision files indicated by symbol 'base'."],
      [['edit', 'current'], { EDITOR: 'true' }, 'No current revisions: nothing is applied to the database.'],
    ] as const) {
      const result = await application.db(argv, env);
      expect(result).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`Error: ${line}`) });
    }
    await writeFile(join(application.versions, 'base0.ts'), script('base0'));
    expect((await application.db(['edit'], { EDITOR: 'no-such-editor -w', VISUAL: undefined })).stderr).toMatch(
      /^Error: Error executing editor \(no-such-editor can't be started: /,
    );
    const failed = await application.db(['edit'], { EDITOR: 'false', VISUAL: undefined });
    expect(failed).toMatchObject({
      code: 1,
      stderr: 'Error: Error executing editor (false ended with exit code 1).\n',
    });
  });
});

describe('a history with a branch, a merge and a second base', () => {
  let application: TestApplication;
  beforeAll(async () => {
    application = await withHistory('branched');
  });
  const out = async (...argv: string[]): Promise<string> => (await application.succeed(argv)).stdout;

  it('ensure-version creates the version table, once', async () => {
    expect(await tablesOf(database)).toEqual([]);
    expect(await application.succeed(['ensure-version'])).toMatchObject({ stdout: '' });
    expect(await tablesOf(database)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
    expect((await application.succeed(['ensure-version'])).stderr).toBe('Nothing to do: the version table is there.\n');
  });

  it('heads, branches, history and show ask no database', async () => {
    const unreachable = { DB_PORT: '1' };
    const read = async (...argv: string[]): Promise<string> => (await application.succeed(argv, unreachable)).stdout;
    expect(await read('heads')).toBe('ind02 (indep) (head)\nmrg01 (left, right) (head)\n');
    expect(await read('heads', '-v')).toMatch(/^Rev: ind02 \(head\)\nParent: ind01\nAlso depends on: bbbb1\n/);
    expect(await read('branches')).toContain('base0 (branchpoint)\n');
    expect(await read('branches', '-v')).toMatch(
      /^Rev: base0 \(branchpoint\)\nParent: <base>\nBranches into: aaaa1, bbbb1\n/,
    );
    expect(await read('history', '-r', 'aaaa1:', '-v')).toMatch(/^Rev: mrg01 .*\nMerges: aaaa2, bbbb2\n/);
    expect(await read('show', 'left@head')).toMatch(/^Rev: mrg01 /);
    expect(await read('show', 'ind02')).toContain(`Path: ${join(application.versions, 'ind02.ts')}\n`);
  });

  it('stamp takes several revisions, and with --purge forgets rows that no script has', async () => {
    await application.succeed(['stamp', 'aaaa1', 'right', 'ind01']);
    expect(await rows()).toEqual(['aaaa1', 'bbbb1', 'ind01']);
    await queryDatabase(database, "insert into nest_migrate_version values ('gone')");
    expect((await application.db(['stamp', 'heads'])).code).toBe(1);
    await application.succeed(['stamp', '--purge', 'heads']);
    expect(await rows()).toEqual(['ind02', 'mrg01']);
  });

  it('current -v and -c say where the database is, and whether that is everything', async () => {
    expect(await out('current', '-c')).toBe('ind02 (head)\nmrg01 (head) (mergepoint)\n');
    expect(await out('current', '-v')).toMatch(/^Rev: ind02 \(head\)\n[^]*Rev: mrg01 \(head\) \(mergepoint\)\n/);
    await application.succeed(['stamp', '--purge', 'bbbb2']);
    const behind = await application.db(['current', '--check-heads']);
    expect(behind).toMatchObject({
      code: 3,
      stdout: 'bbbb2\n',
      stderr: 'Error: Database is not on all head revisions: the heads are ind02, mrg01. Run db upgrade heads.\n',
    });
    expect(JSON.parse((await application.db(['current', '-c', '--json'])).stdout)).toMatchObject({ atHead: false });
  });

  it('history -i marks where the database is', async () => {
    expect(await out('history', '-i', '-r', 'base0:current')).toBe(
      'bbbb1 -> bbbb2 (right) (current), rev bbbb2\nbase0 -> bbbb1 (right), rev bbbb1\n<base> -> base0 (branchpoint), rev base0\n',
    );
  });

  it('negative steps are arguments and no options, and nothing to do is said with the reason', async () => {
    await application.succeed(['stamp', '--purge', 'aaaa2']);
    expect(await out('history', '-r', '-1:current')).toBe(
      'aaaa1 -> aaaa2 (left), rev aaaa2\nbase0 -> aaaa1 (left), rev aaaa1\n',
    );
    expect(await out('show', 'indep@-1')).toMatch(/^Rev: ind01/);
    expect((await application.succeed(['downgrade', '-1'])).stderr).toContain('Running downgrade aaaa2 -> aaaa1');
    expect((await application.succeed(['upgrade', 'base0'])).stderr).toBe(
      'Nothing to do: base0 is applied already, the database is at aaaa1. db downgrade base0 goes back to it.\n',
    );
    const empty = await application.db(['stamp', '--purge', '']);
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('is a variable not set?') });
    expect(await rows()).toEqual(['aaaa1']);
  });

  it('a revision goes where its options say', async () => {
    const written = async (...argv: string[]): Promise<string> => {
      const path = (await application.succeed(argv, { DB_PORT: '1' })).stdout.trim();
      const text = await readFile(path, 'utf8');
      await rm(path);
      return /export const revision[^]*?(?=\nexport const message)/.exec(text)?.[0] ?? text;
    };
    const options = ['--rev-id', 'new01', '--head', 'aaaa1', '--splice', '--branch-label', 'hotfix'];
    expect(
      await written('revision', '-m', 'a fix', ...options, '--depends-on', 'indep', '--depends-on', 'bbbb2', '--sql'),
    ).toBe(
      `export const revision = 'new01';
export const downRevision = 'aaaa1';
export const branchLabels = 'hotfix';
export const dependsOn = ['indep', 'bbbb2'];`,
    );
    expect(
      await written('revision', '--rev-id', 'new02', '--head', 'base', '--version-path', 'migrations/versions'),
    ).toContain('export const downRevision = null;');
    expect(
      await written('merge', 'left@head', 'indep@head', '-m', 'all', '--rev-id', 'all01', '--branch-label', 'all'),
    ).toContain("export const downRevision = ['mrg01', 'ind02'];\nexport const branchLabels = 'all';");
    expect(await written('merge', 'aaaa2', 'indep', '--splice', '--rev-id', 'all02')).toContain("['aaaa2', 'ind01']");
    const elsewhere = await application.db(['revision', '--head', 'base', '--version-path', 'elsewhere']);
    expect(elsewhere.stderr).toContain('is not represented in current version locations');
  });

  it('--sql with a comparison is a contradiction', async () => {
    for (const argv of [
      ['migrate', '--sql'],
      ['revision', '--autogenerate', '--sql'],
    ]) {
      const { code, stderr } = await application.db(argv);
      expect(code).toBe(2);
      expect(stderr).toContain('Using --sql with --autogenerate does not make any sense');
    }
  });
});

describe('options of every command', () => {
  it('-x on the group and on the command arrive once each, -q keeps progress back, -d and its variable choose the directory', async () => {
    const own = await createDatabase('postgres');
    try {
      const application = await projectOf('options', own.env);
      const upgrade: RevisionCode = async (op) => {
        await op.execute('create table told (x text)');
        await op.execute('insert into told values (?)', [JSON.stringify(op.xArguments)]);
      };
      await writeFile(join(application.versions, 'tell1.ts'), script('tell1', { upgrade }));
      const upgraded = await application.db(['-x', 'a=1', '-q', 'upgrade', '-x', 'b=-2', '-x', 'c']);
      expect(upgraded).toMatchObject({ code: 0, stdout: '', stderr: '' });
      expect(await queryDatabase(own, 'select x from told')).toEqual([{ x: '{"a":"1","b":"-2","c":""}' }]);
      expect(await application.db(['upgrade', 'nosuch', '--quiet'])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^Error: /),
      });
      expect((await application.succeed(['current', '--quiet'])).stdout).toBe('tell1 (head)\n');

      const other = join(application.folder, 'other');
      await application.succeed(['init', '-d', 'other']);
      await writeFile(join(other, 'versions', 'othr1.ts'), script('othr1'));
      expect((await application.succeed(['heads'], { NEST_MIGRATE_DIRECTORY: 'other' })).stdout).toBe('othr1 (head)\n');
      for (const argv of [
        ['heads', '-d', other],
        ['-d', 'other', 'heads'],
      ]) {
        const { stdout } = await application.succeed(argv, { NEST_MIGRATE_DIRECTORY: 'nowhere' });
        expect(stdout).toBe('othr1 (head)\n');
      }
    } finally {
      await own.drop();
    }
  });

  it('db --version and list-templates start nothing', async () => {
    const application = new TestApplication(folder.path, { ...database.env, DB_PORT: '1' });
    expect((await application.succeed(['--version'])).stdout).toMatch(/^nest-migrate \d+\.\d+\.\d+\n$/);
    expect((await application.succeed(['list-templates'])).stdout).toMatch(/^default +\S/);
    expect(JSON.parse((await application.succeed(['list-templates', '--json'])).stdout)).toContainEqual({
      name: 'default',
      description: expect.any(String),
    });
  });
});

describe('--sql', () => {
  const tables: Readonly<Record<string, Place>> = {
    aaaa1111: { upgrade: executing('create table a (n int)') },
    bbbb2222: { down: 'aaaa1111', upgrade: executing('create table b (n int)') },
  };

  it('prints a script and nothing else, knows no database, and the script does the rest', async () => {
    const own = await createDatabase('postgres');
    const open = await openDatabase(own);
    try {
      const nowhere = { ...own.env, DB_PORT: '1', DB_NAME: 'nosuch' };
      const application = await projectOf('offline', nowhere);
      for (const [id, place] of Object.entries(tables)) {
        await writeFile(join(application.versions, `${id}.ts`), script(id, place));
      }
      const made = await application.succeed(['ensure-version', '--sql']);
      expect(made).toMatchObject({
        stderr: '',
        // a history that an older release created gets the columns that it lacks
        stdout: expect.stringMatching(
          /^(create table if not exists .*;\n){2}(do \$nest_migrate\$\n[^]*\nend \$nest_migrate\$;\n)?$/,
        ),
      });
      const up = await application.succeed(['upgrade', '--sql']);
      expect(up.stderr).toBe(
        'Running upgrade  -> aaaa1111, rev aaaa1111\nRunning upgrade aaaa1111 -> bbbb2222, rev bbbb2222\n',
      );
      expect(up.stdout).toMatch(/^-- nest-migrate: upgrade base:head\n/);
      for (const sql of [made.stdout, up.stdout]) expect((await runScript(open, sql)).code).toBe(0);
      expect(await tablesOf(own)).toEqual(['a', 'b', 'nest_migrate_history', 'nest_migrate_version']);

      const down = await application.succeed(['downgrade', '--sql']);
      expect(down.stderr).toBe('Running downgrade bbbb2222 -> aaaa1111, rev bbbb2222\n');
      expect((await application.succeed(['downgrade', '-1', '--sql'])).stdout).toBe(down.stdout);
      expect((await application.succeed(['downgrade', 'bbbb:aaaa', '--sql', '-q'])).stderr).toBe('');
      const stamped = await application.succeed(['stamp', 'bbbb:aaaa', '--sql']);
      expect(stamped.stderr).toBe('Running stamp_revision bbbb2222 -> aaaa1111\n');
      expect((await runScript(open, stamped.stdout)).code).toBe(0);
      expect(await queryDatabase(own, 'select version_num from nest_migrate_version')).toEqual([
        { version_num: 'aaaa1111' },
      ]);

      for (const range of ['head:head', 'bbbb2222:aaaa']) {
        expect(await application.db(['upgrade', range, '--sql'])).toMatchObject({
          code: 0,
          stdout: `-- nest-migrate: upgrade ${range}\n-- There is nothing to do.\n`,
          stderr: 'Nothing to do: the script holds no step.\n',
        });
      }
      expect(JSON.parse((await application.succeed(['upgrade', 'aaaa:head', '--sql', '--json'])).stdout)).toMatchObject(
        {
          steps: [{ direction: 'upgrade', revision: 'bbbb2222', from: ['aaaa1111'], to: ['bbbb2222'] }],
          sql: expect.stringMatching(/^-- nest-migrate: upgrade aaaa:head\n/),
        },
      );
    } finally {
      await open.orm.close(true);
      await own.drop();
    }
  });

  it('creates no embedded database, and takes none away from who has it open', async () => {
    const data = join(folder.path, 'no-such-folder', 'data');
    const application = await projectOf('offline-embedded', { DB_ENGINE: 'pglite', DB_NAME: data });
    await writeFile(join(application.versions, 'a.ts'), script('aaaa1111', tables['aaaa1111']));
    for (const argv of [['upgrade'], ['downgrade'], ['stamp', 'head'], ['ensure-version']]) {
      await application.succeed([...argv, '--sql']);
    }
    expect(existsSync(join(folder.path, 'no-such-folder'))).toBe(false);
  });

  it.each([
    [
      ['upgrade', 'base:head'],
      1,
      "Error: Range revision not allowed: 'base:head'. Name the target alone: where the database stands is read from it. A range is for --sql.\n",
    ],
    [['downgrade', 'head:base'], 1, /^Error: Range revision not allowed/],
    [['stamp', 'base:head'], 1, /^Error: Range revision not allowed/],
    [
      ['upgrade', ':head', '--sql'],
      2,
      "Error: ':head' lacks what is before the colon. Write <from>:<to>, such as base:head or ae10:+1.\n",
    ],
    [['upgrade', 'base:', '--sql'], 2, /lacks what is behind the colon/],
    [['upgrade', 'base:aaaa:head', '--sql'], 2, /has more than two ends/],
    [
      ['upgrade', 'current:head', '--sql'],
      2,
      "Error: 'current' would ask the database. Name the revision that the database stands at: db current tells it.\n",
    ],
    [['upgrade', 'base:nosuch', '--sql'], 1, /^Error: Can't locate revision identified by 'nosuch'/],
    [['upgrade', 'aaaa:+9', '--sql'], 1, /^Error: Relative revision \+9 didn't produce 9 migrations/],
    [
      ['downgrade', 'base', '--sql'],
      2,
      "Error: downgrade with --sql requires <fromrev>:<torev>, and got 'base'. Say where the database stands: head:base.\n",
    ],
    [
      ['stamp', 'aaaa:bbbb', 'base:bbbb', '--sql'],
      2,
      'Error: Stamp operation with --sql only supports a single starting revision at a time, and got aaaa and base. Write one of them.\n',
    ],
    [
      ['stamp', 'head', '--purge', '--sql'],
      2,
      "Error: Can't use --purge with --sql mode: which rows to delete is known to the database alone. Say where the database stands: stamp <from>:<to> --sql.\n",
    ],
    [
      ['upgrade', 'bbbb:ffff', '--sql'],
      1,
      /^Running upgrade bbbb2222 -> ffff9999, rev ffff9999\nError: The upgrade of ffff9999 calls op\.query, and with --sql there is no database to ask\./,
    ],
  ])('says in one line why db %j is no script, and prints none', async (argv, code, stderr) => {
    const application = await projectOf('no-script', { ...database.env, DB_PORT: '1' });
    for (const [id, place] of Object.entries({
      ...tables,
      ffff9999: { down: 'bbbb2222', upgrade: ((op) => op.query('select 1')) satisfies RevisionCode },
    })) {
      await writeFile(join(application.versions, `${id}.ts`), script(id, place));
    }
    expect(
      await application.db(argv, argv.includes('--sql') ? {} : { DB_PORT: database.env['DB_PORT'] }),
    ).toMatchObject({
      code,
      stdout: '',
      stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr),
    });
  });
});
