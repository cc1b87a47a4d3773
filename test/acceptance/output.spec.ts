/** What commands print: JSON for programs as the guide shows it, drawings and colours for people. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { type ProcessResult, runProcess } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

/** The examples of the guide, by the type that each is of. */
const examples = new Map<string, unknown[]>();
for (const [, type, json] of readFileSync('docs/guide/json.md', 'utf8').matchAll(
  /^<!-- (.*) -->\n```json\n([\s\S]*?)^```$/gm,
)) {
  examples.set(type, [...(examples.get(type) ?? []), JSON.parse(json)]);
}

/** The names and the kinds of values, level by level, without what differs from one revision to the next. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'boolean' : typeof value;
  // operations differ by their kind; what they hold is the business of their own tests
  if ('kind' in value) return 'operation';
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [
        name,
        Array.isArray(inner) && !inner.some((each) => typeof each === 'object') ? 'list' : shapeOf(inner),
      ]),
  );
}

function expectShape(result: ProcessResult, type: string): void {
  const documented = examples.get(type);
  if (documented === undefined) throw new Error(`the guide has no example of ${type}`);
  expect([type, shapeOf(JSON.parse(result.stdout))]).toEqual([type, shapeOf(documented[0])]);
}

let folder: TemporaryFolder;
let database: TestDatabase;
let app: TestApplication;

beforeAll(async () => {
  folder = await temporaryFolder('output');
  database = await createDatabase('postgres');
  app = new TestApplication(folder.path, database.env);
});
afterAll(async () => {
  await database.drop();
  await folder.remove();
});

describe('the guide to JSON', () => {
  it('shows what the commands print, from an empty folder to the second revision', async () => {
    const run = (line: string, env = {}): Promise<ProcessResult> => app.db([...line.split(' '), '--json'], env);
    const init = await run('init');
    expect(Object.keys(JSON.parse(init.stdout) as object)).toEqual(['created']);
    expectShape(await run('list-templates'), 'readonly TemplateInfo[]');
    expectShape(await run('ensure-version'), 'EnsureVersionResult');
    const found = await run('check', { ENTITIES: 'v1' });
    expect([found.code, found.stderr]).toEqual([3, '']);
    expectShape(found, 'CheckResult');
    expectShape(await run('migrate -m first --rev-id aaaa1', { ENTITIES: 'v1' }), 'MigrateResult');
    expectShape(await run('upgrade --sql'), 'SqlResult');
    expectShape(await run('upgrade'), 'RunResult');
    expectShape(await run('current'), 'Current');
    expectShape(await run('status'), 'Status');
    expect((await app.db(['status'])).stdout).toMatch(
      /^Standing    at head: every revision is applied\nCurrent     aaaa1\nLast        upgrade of aaaa1 at .*Z in \d+ ms, by .*, pid \d+\n$/,
    );
    const created = await run('revision -m second --rev-id bbbb1');
    expect((await app.db(['status'])).stdout).toMatch(
      /^Standing    behind: 1 revision waits to be applied\nCurrent     aaaa1\nPending     bbbb1, second\n/,
    );
    expect(Object.keys(JSON.parse(created.stdout) as object)).toEqual(['created']);
    for (const line of ['heads', 'history', 'history -i', 'show', 'show current']) {
      expectShape(await run(line), 'readonly RevisionInfo[]');
    }
    const behind = await run('current --check-heads');
    expect(behind.code).toBe(3);
    expectShape(behind, 'Current');
    expectShape(await run('stamp heads'), 'RunResult');
    expectShape(await run('downgrade'), 'RunResult');
    const failed = await run('show nope');
    expect([failed.code, failed.stdout]).toEqual([1, '']);
    const failure = JSON.parse(failed.stderr.trimEnd().split('\n').at(-1)!) as unknown;
    expect(failure).toEqual(examples.get('DbCommandFailure')?.[0]);
  });
});

describe('for people', () => {
  const git = (id: string, down: readonly string[]): string =>
    [
      `export const revision = '${id}';`,
      `export const downRevision = ${JSON.stringify(down)};`,
      'export const branchLabels = null;',
      'export const dependsOn = null;',
      `export const message = 'rev ${id}';`,
      'export const createDate = null;',
      'export async function upgrade() {}',
      'export async function downgrade() {}',
      '',
    ].join('\n');

  it('history --graph draws a branch and its merge', async () => {
    for (const [id, ...down] of [
      ['left1', 'bbbb1'],
      ['right1', 'bbbb1'],
      ['joined', 'left1', 'right1'],
    ]) {
      await writeFile(join(app.versions, `${id}.ts`), git(id, down));
    }
    const { stdout } = await app.succeed(['history', '--graph', '-r', 'bbbb1:']);
    expect(stdout.split('\n')).toEqual([
      '* joined (head) (mergepoint), rev joined',
      '|\\',
      expect.stringMatching(/^(\| \*|\* \|) (left1|right1), rev/),
      expect.stringMatching(/^(\| \*|\* \|) (left1|right1), rev/),
      '|/',
      '* bbbb1 (branchpoint), second',
      '',
    ]);
  });

  it('a terminal gets colours, a pipe none unless FORCE_COLOR asks for them', async () => {
    const env = { NO_COLOR: undefined, TERM: 'xterm' };
    const yellow = '\u001b[33mjoined\u001b[39m';
    expect((await app.dbProcess(['heads'], env)).stdout).toBe('joined (head)\n');
    expect((await app.dbProcess(['heads'], { ...env, FORCE_COLOR: '1' })).stdout).toContain(yellow);
    // it runs a command in a pseudo-terminal; Debian's bsdutils, which is always there
    expect((await runProcess('script', ['--version'])).stdout).toContain('util-linux');
    const inTerminal = async (more: Record<string, string | undefined>): Promise<string> =>
      (await app.inTerminal(['heads'], { ...env, ...more })).stdout;
    expect(await inTerminal({})).toContain(yellow);
    expect(await inTerminal({ NO_COLOR: '1' })).toContain('joined (head)  rev joined');
    expect(await inTerminal({ TERM: 'dumb' })).toContain('joined (head)  rev joined');
  });
});

describe('an application that prints while its files are loaded', () => {
  // as the banner of dotenv, before the application can hand its stdout over
  const banner = { NODE_OPTIONS: "--import=data:text/javascript,console.log('injected%20env')" };

  it.each([['current'], ['heads'], ['history']])(
    'leaves the JSON of %s whole in the file of --output',
    async (command) => {
      const plain = await app.db([command, '--json']);
      const file = join(folder.path, `${command}.json`);
      const { code, stdout } = await app.dbProcess([command, '--json', '--output', file], banner);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'injected env\n' });
      expect(readFileSync(file, 'utf8')).toBe(plain.stdout);
    },
  );

  it('leaves a script of --sql whole, too', async () => {
    const plain = await app.db(['upgrade', 'base:head', '--sql']);
    const file = join(folder.path, 'upgrade.sql');
    await app.dbProcess(['upgrade', 'base:head', '--sql', '--output', file], banner);
    const withoutTime = (text: string): string => text.replace(/\d{4}-\d\d-\d\d[ T][\d:.]+(Z|[+-][\d:]+)?/g, 'then');
    expect(withoutTime(readFileSync(file, 'utf8'))).toBe(withoutTime(plain.stdout));
  });
});
