import { describe, expect, it } from '@jest/globals';
import { WrittenRevisionWrongError } from '../../../libs/nest-migrate/src/errors/autogenerate.errors.js';
import { MigrationError } from '../../../libs/nest-migrate/src/errors/migration.error.js';
import { WalkedTooFarError } from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { command, worded } from '../../../libs/nest-migrate/src/errors/wording.js';
import { type MigrationEvent, warning } from '../../../libs/nest-migrate/src/runtime/events.js';
import { scrub } from '../../../libs/nest-migrate/src/cli/scrub.js';
import { nodeVersionProblem } from '../../../libs/nest-migrate/src/cli/node-version.js';
import { type FakeSettings, db } from './fake-session.js';

class NotThereError extends MigrationError {
  readonly code = 'NOT_THERE';
}

const failing = (error: unknown): FakeSettings => ({
  answers: {
    upgrade: () => {
      throw error;
    },
  },
});

describe('a failing command', () => {
  it('is one line on stderr and exit code 1, and what was opened is closed', async () => {
    const error = new NotThereError("Can't locate revision identified by 'x'.", { cure: 'Look at db history.' });
    expect(await db(['upgrade', 'x'], failing(error))).toMatchObject({
      code: 1,
      stdout: '',
      stderr: "Error: Can't locate revision identified by 'x'. Look at db history.\n",
      closed: true,
    });
  });

  it('shows which lines of the schema a new revision gets wrong, and the file to send', async () => {
    const lines = ['- table book index by_title: on book (title)'];
    const error = new WrittenRevisionWrongError(['Its downgrade fails.'], lines, 'wrong-revision.json');
    expect((await db(['upgrade'], failing(error))).stderr).toBe(
      'Error: The new revision is wrong, and its file was removed. Its downgrade fails. This is an error of nest-migrate, ' +
        'or of a hook that has a part in writing revisions. Please report it with this file: wrong-revision.json.\n' +
        '  - table book index by_title: on book (title)\n',
    );
    const drifted = new WrittenRevisionWrongError(['Its upgrade fails.'], [], null);
    expect((await db(['upgrade'], failing(drifted))).stderr).toMatch(/look at it with db drift\.\n$/);
  });

  it.each([
    [
      'of several lines',
      new Error('An instance of S3Config has failed the validation:\n - property endpoint must be a string\n\n'),
      'Error: An instance of S3Config has failed the validation:\n - property endpoint must be a string\n',
    ],
    [
      'of very many lines',
      new Error(Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join('\n')),
      `Error: ${Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`).join('')}… 28 more lines with --verbose\n`,
    ],
    ['without a message', Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'Error: ECONNREFUSED\n'],
    ['that is many', new AggregateError([new Error('connect refused')], ''), 'Error: connect refused\n'],
    ['that is no error', 'text', 'Error: text\n'],
    // nest-commander prints a page about request scope for errors worded like this
    [
      'that is a programming mistake',
      new TypeError("Cannot read properties of undefined (reading 'x')"),
      "Error: Cannot read properties of undefined (reading 'x')\n",
    ],
  ])('tells an error %s', async (_, error, stderr) => {
    expect(await db(['upgrade'], failing(error))).toMatchObject({ code: 1, stdout: '', stderr });
  });

  it('shows the stack and the causes on demand only', async () => {
    const error = new Error('outer', { cause: new Error('inner') });
    for (const { stderr } of [
      await db(['upgrade', '-v'], failing(error)),
      await db(['-v', 'upgrade'], failing(error)),
      await db(['upgrade'], { ...failing(error), env: { DEBUG: '1' } }),
    ]) {
      expect(stderr).toMatch(/^Error: outer\nError: outer\n +at [\s\S]*\nCaused by: Error: inner\n +at /);
    }
  });

  it('says by the own word of the group what to do, also in the stack, in JSON and in a warning', async () => {
    const error = new WalkedTooFarError('ae10-9');
    const said = "Walked too far: 'ae10-9' leads past the last revision. Count with schema history.";
    const settings = { ...failing(error), group: 'schema' };
    expect((await db(['upgrade'], settings)).stderr).toBe(`Error: ${said}\n`);
    const { stderr: verbose } = await db(['upgrade', '-v'], settings);
    expect(verbose).toContain(`WalkedTooFarError: ${said}\n`);
    expect(verbose).not.toMatch(/\bdb history/);
    expect(JSON.parse((await db(['upgrade', '--json'], settings)).stderr)).toEqual({
      error: { code: 'WALKED_TOO_FAR', message: said, cure: 'Count with schema history.' },
    });

    const upgrade = (options: unknown) => {
      const { onEvent } = options as { onEvent: (event: MigrationEvent) => void };
      onEvent({ connection: 'default', ...warning(worded`Accept it: ${command('repair', '--accept')}.`) });
      return { before: [], rows: [], steps: [] };
    };
    const warned = await db(['upgrade'], { answers: { upgrade }, group: 'schema' });
    expect(warned.stderr).toContain('Warning: Accept it: schema repair --accept.\n');
  });

  it('tells a program all lines of an error of the application, on one line of JSON', async () => {
    const { stderr } = await db(
      ['upgrade', '--json'],
      failing(new Error('failed the validation:\n - property endpoint')),
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'UNEXPECTED', message: 'failed the validation:\n - property endpoint' },
    });
  });

  it('never shows a password', async () => {
    const url = 'postgres://app:s3cr/t@3@db.example:5432/shop';
    const error = new Error(`can't connect to ${url}`, { cause: new Error(url) });
    const { stderr } = await db(['upgrade', '-v'], failing(error));
    expect(stderr).toContain("can't connect to postgres://app:***@db.example:5432/shop");
    expect(stderr).not.toContain('s3cr');
  });

  it('an application that does not start fails the command, not its help', async () => {
    const { code } = await db(['upgrade', '--help'], failing(new Error('no')));
    expect(code).toBe(0);
  });
});

describe('scrub', () => {
  it.each([
    ['mysql://root:@h/d', 'mysql://root:***@h/d'],
    ['mysql://root@h/d and http://localhost:3000/a', 'mysql://root@h/d and http://localhost:3000/a'],
    ['["a://u:p@h","b://u:p@h"] x@y', '["a://u:***@h","b://u:***@h"] x@y'],
  ])('%s', (text, expected) => expect(scrub(text)).toBe(expected));
});

describe('an old Node.js', () => {
  it.each(['20.19.4', '22.17.1', '21.0.0'])('%s is named', (version) =>
    expect(nodeVersionProblem(version)).toContain(`this is ${version}`),
  );
  it.each(['22.18.0', '24.1.0', '26.0.0'])('%s is fine', (version) =>
    expect(nodeVersionProblem(version)).toBeUndefined(),
  );
});
