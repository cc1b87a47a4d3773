/** What others have written (files, tables, arguments, the environment) harms nobody: one line, exit 1 or 2, nothing changed. */
import { execFileSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { queryDatabase, tablesOf } from '../support/inspect.ts';
import { type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

const ESCAPE = '\u001b';
const HARM = `${ESCAPE}[2J\u009b31m\u202e\r\u0007`;

let folder: TemporaryFolder;
let database: TestDatabase;
let application: TestApplication;
beforeEach(async () => {
  [folder, database] = await Promise.all([temporaryFolder('hostile'), createDatabase('sqlite')]);
  application = new TestApplication(folder.path, database.env);
  await application.succeed(['init']);
  await writeRevision('a', { revision: 'aaaa', downRevision: null, message: 'one' });
});
afterEach(async () => {
  await database.drop();
  await folder.remove();
});

async function writeRevision(name: string, constants: Readonly<Record<string, unknown>>): Promise<void> {
  const lines = Object.entries(constants).map(([key, value]) => `export const ${key} = ${JSON.stringify(value)};\n`);
  const functions = 'export async function upgrade() {}\nexport async function downgrade() {}\n';
  await writeFile(join(application.versions, `${name}.ts`), `${lines.join('')}${functions}`);
}

/** All that was printed, which has to leave a terminal as it is. */
function harmless({ stdout, stderr }: ProcessResult): string {
  const all = stdout + stderr;
  expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(all).not.toMatch(/^\s+at /m);
  return all;
}

function refused(result: ProcessResult, message: RegExp): void {
  expect(harmless(result)).toMatch(message);
  expect([1, 2]).toContain(result.code);
  const lines = result.stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
}

describe('files that others have written', () => {
  it.each<[string, (at: string) => Promise<void> | void, RegExp]>([
    ['a link to itself', async (at) => symlink(at, at), /too many symbolic links/],
    ['a link that leads nowhere', async (at) => symlink('../nowhere', at), /cannot be read/],
    [
      'bytes that are no text',
      async (at) => writeFile(at, Buffer.from([0xff, 0xfe, 0x65, 0, 0xc3, 0x28])),
      /exports no 'revision'/,
    ],
    [
      'text in UTF-16',
      async (at) => writeFile(at, Buffer.from("export const revision = 'u';", 'utf16le')),
      /exports no 'revision'/,
    ],
    ['a hundred megabytes', async (at) => writeFile(at, 'a'.repeat(100_000_000)), /exports no 'revision'/],
  ])('%s among the revisions', async (_, write, message) => {
    await write(join(application.versions, 'x.ts'));
    refused(await application.db(['upgrade']), message);
    expect(await tablesOf(database)).toEqual([]);
  });

  it('a pipe and a folder among the revisions are none', async () => {
    execFileSync('mkfifo', [join(application.versions, 'pipe.ts')]);
    execFileSync('mkdir', [join(application.versions, 'folder.ts')]);
    expect((await application.succeed(['heads'])).stdout).toBe('aaaa (head)\n');
  });

  it('an id with control characters is refused, a path as an id is an id, and neither leads out of the folder', async () => {
    await writeRevision('b', { revision: `b${HARM}`, downRevision: 'aaaa' });
    refused(await application.db(['heads']), /Character\(s\) .*not allowed in revision identifier/);
    await writeRevision('b', { revision: 'b\u0000b', downRevision: 'aaaa' });
    refused(await application.db(['upgrade']), /not allowed in revision identifier 'b\\u0000b'/);
    await writeRevision('b', { revision: '../../x', downRevision: 'aaaa' });
    expect((await application.succeed(['upgrade'])).stderr).toContain('Running upgrade aaaa -> ../../x\n');
    const { stdout } = await application.succeed(['revision', '-m', 'next', '--rev-id', '../../../out']);
    expect(stdout.startsWith(application.versions)).toBe(true);
    refused(await application.db(['revision', '-m', 'x', '--version-path', '../../../etc']), /not represented/);
    refused(await application.db(['revision', '-m', 'x', '--rev-id', `a\nb`]), /not allowed in revision identifier/);
  });

  it('a message may hold anything, and be of any length', async () => {
    await writeRevision('b', {
      revision: 'bbbb',
      downRevision: 'aaaa',
      message: `two ${HARM}`,
      branchLabels: `l${HARM}`,
    });
    await writeRevision('c', { revision: 'cccc', downRevision: 'bbbb', message: 'm'.repeat(10_000_000) });
    const { stderr } = await application.succeed(['upgrade']);
    expect(stderr.length).toBeLessThan(1_000);
    for (const command of [['upgrade'], ['show', 'bbbb'], ['heads'], ['current'], ['status'], ['upgrade', '--sql']])
      harmless(await application.succeed(command));
    harmless(await application.db(['upgrade', `no${HARM}such`]));
    const [shown] = JSON.parse((await application.succeed(['show', 'bbbb', '--json'])).stdout) as { message: string }[];
    expect(shown?.message).toBe(`two ${HARM}`);
    const [line] = await queryDatabase(
      database,
      "select length(message) as n from nest_migrate_history where revision = 'cccc'",
    );
    expect(line).toEqual({ n: 1_000 });
  });
});

describe('rows that others have written', () => {
  it('into the version table, the history and the journal are told, and do no harm', async () => {
    await application.succeed(['upgrade']);
    const harm = "'x' || char(27) || '[2J' || char(10) || 'y'";
    await queryDatabase(
      database,
      `update nest_migrate_history set parents = 'no json', direction = ${harm}, applied_at = 'then', message = ${harm}, client = ${harm}`,
    );
    harmless(await application.succeed(['status']));
    await application.succeed(['upgrade']);
    await application.succeed(['repair']);
    await queryDatabase(database, `insert into nest_migrate_version values (${harm})`);
    for (const command of ['current', 'upgrade', 'check']) {
      const result = await application.db([command]);
      expect([command, result.code]).toEqual([command, 1]);
      harmless(result);
    }
    harmless(await application.succeed(['status']));
    await queryDatabase(database, "delete from nest_migrate_version where version_num <> 'aaaa'");
    const columns =
      'revision direction ordinal part operation statement state postcondition held_before repeatable cleanup';
    const names = columns.split(' ');
    await queryDatabase(database, `create table nest_migrate_journal (${names.join(', ')})`);
    await queryDatabase(database, `insert into nest_migrate_journal values (${names.map(() => harm).join(', ')})`);
    harmless(await application.succeed(['status']));
    for (const command of ['upgrade', 'downgrade']) refused(await application.db([command]), /was interrupted/);
  });
});

describe('an environment that others have written', () => {
  it('is refused in one line, quotes, line breaks and all', async () => {
    refused(await application.db(['heads'], { NEST_MIGRATE_ON_BOOTSTRAP: `up'"${HARM}grade` }), /can't be 'up'"/);
    refused(
      await application.db(['heads'], {
        NEST_MIGRATE_DIRECTORY: `/no\n"such' ${HARM}`,
        MIGRATIONS_DIRECTORY: undefined,
      }),
      /There is no script directory/,
    );
  });
});
