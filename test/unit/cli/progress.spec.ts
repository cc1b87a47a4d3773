import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type MigrationEvent, type Step } from 'nest-migrate';
import { Progress } from '../../../libs/nest-migrate/src/cli/progress.js';
import { StatusLine } from '../../../libs/nest-migrate/src/cli/status-line.js';
import { type Environment, Terminal } from '../../../libs/nest-migrate/src/cli/terminal.js';

const CLEAR = '\r\u001b[2K';

function collector(more: object = {}): { text: string; write(text: string): boolean } {
  return {
    text: '',
    write(text) {
      this.text += text;
      return true;
    },
    ...more,
  };
}

describe('a line that stays below all others', () => {
  it('is written in its place, and what else is written goes above it', () => {
    const stream = collector();
    const line = new StatusLine(stream);
    line.show('1 of 2');
    line.show('1 of 2');
    line.show('2 of 2');
    line.write('a warning\n');
    line.write(Buffer.from('bytes\n'));
    line.clear();
    line.clear();
    line.write('the end\n');
    expect(stream.text).toBe(
      [
        `${CLEAR}1 of 2${CLEAR}2 of 2`,
        `${CLEAR}a warning\n${CLEAR}2 of 2`,
        `${CLEAR}bytes\n${CLEAR}2 of 2`,
        `${CLEAR}the end\n`,
      ].join(''),
    );
  });

  it('leaves a line alone that somebody has begun, until it is ended', () => {
    const stream = collector();
    const line = new StatusLine(stream);
    line.show('1 of 2');
    line.write('dots');
    line.show('2 of 2');
    line.write(' ...');
    line.write('\n');
    line.show('2 of 2');
    expect(stream.text).toBe(`${CLEAR}1 of 2${CLEAR}dots ...\n${CLEAR}2 of 2`);
  });
});

const step: Step = {
  direction: 'upgrade',
  revision: 'bbbb2',
  message: '',
  from: ['aaaa1'],
  to: ['bbbb2'],
  rows: ['bbbb2'],
  durationMs: 0,
};
const connection = 'default';
const sql =
  'create index\n  \u001b[31m on a_table_with_a_long_name (a_column_with_a_long_name) /* postgres://me:secret@host */';
const begun: readonly MigrationEvent[] = [
  { connection, type: 'planned', steps: 3 },
  { connection, type: 'stepStarted', step, index: 1 },
  { connection, type: 'statementStarted', revision: 'bbbb2', ordinal: 0, sql },
];

describe('the progress of a run', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function run(
    events: readonly MigrationEvent[],
    {
      env = {},
      stderr = {},
      name,
      quiet = false,
    }: { env?: Environment; stderr?: object; name?: string; quiet?: boolean } = {},
  ): { readonly progress: Progress; readonly text: () => string } {
    const stream = collector({ isTTY: true, columns: 80, ...stderr });
    const terminal = new Terminal({ stdout: collector(), stderr: stream }, { TERM: 'xterm', NO_COLOR: '1', ...env });
    terminal.quiet = quiet;
    const progress = new Progress(terminal, name);
    events.forEach((event) => progress.hear(event));
    return { progress, text: () => stream.text };
  }

  it('says which revision of how many, for how long and what runs, on one line that is cut where the terminal ends', () => {
    const { progress, text } = run(begun, { stderr: { columns: 60 } });
    jest.advanceTimersByTime(900);
    expect(text()).toBe('');
    jest.advanceTimersByTime(100);
    const line = 'Revision 2 of 3 (bbbb2), 0:01: create index \ufffd[31m on a_tab…';
    expect([text(), line.length]).toEqual([`${CLEAR}${line}`, 59]);
    jest.advanceTimersByTime(3_724_000);
    expect(text().split(CLEAR).at(-1)).toMatch(/^Revision 2 of 3 \(bbbb2\), 1:02:05: create index/);
    progress.end();
    expect(text().endsWith(CLEAR)).toBe(true);
    const after = text();
    jest.advanceTimersByTime(5_000);
    expect(text()).toBe(after);
  });

  it('names the connection where there are several, and hides passwords', () => {
    const { progress, text } = run(begun, { name: 'stock', stderr: { columns: 200 } });
    jest.advanceTimersByTime(1_000);
    expect(text()).toContain('[stock] Revision 2 of 3 (bbbb2), 0:01: create index');
    expect(text()).toContain('postgres://me:***@host');
    progress.end();
  });

  it('says that it waits for the lock', () => {
    const { progress, text } = run([{ connection, type: 'lockWaiting', holder: null }]);
    jest.advanceTimersByTime(12_000);
    expect(text().split(CLEAR).at(-1)).toBe('Waiting for the migration lock, 0:12');
    progress.end();
  });

  it('is shown at a statement that keeps timers from running', () => {
    const { progress, text } = run(begun.slice(0, 2));
    jest.setSystemTime(Date.now());
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 2_000);
    progress.hear(begun[2]);
    expect(text()).toContain('Revision 2 of 3 (bbbb2), 0:02: create index');
    jest.restoreAllMocks();
    progress.end();
  });

  it.each([
    ['a pipe', { stderr: { isTTY: undefined } }],
    ['a terminal that cannot go back', { env: { TERM: 'dumb' } }],
    ['continuous integration', { env: { CI: 'true' } }],
    ['somebody who wants to hear nothing', { quiet: true }],
  ])('is kept from %s', (_, settings) => {
    const { text } = run(begun, settings);
    jest.advanceTimersByTime(10_000);
    expect(text()).toBe('');
  });

  it('has colours where the terminal has them', () => {
    const { progress, text } = run(begun, { env: { NO_COLOR: undefined } });
    jest.advanceTimersByTime(1_000);
    expect(text()).toContain('\u001b[33mbbbb2\u001b[39m');
    progress.end();
  });
});
