import { describe, expect, it } from '@jest/globals';
import { type BackfillProgress, type MigrationEvent, type Step } from 'nest-migrate';
import { progressLine } from '../../../libs/nest-migrate/src/cli/present/progress-line.js';
import { describeEvent } from '../../../libs/nest-migrate/src/commands/describe-event.js';
import { RunProgress } from '../../../libs/nest-migrate/src/commands/run-progress.js';

const step: Step = {
  ...{ direction: 'upgrade', revision: '3f2a9c1b7d10', message: 'slugs', from: [], to: ['3f2a9c1b7d10'] },
  ...{ rows: ['3f2a9c1b7d10'], durationMs: 0 },
};
const halfway: BackfillProgress = {
  ...{ table: 'book', done: 120_000, total: 1_000_000, changed: 119_990, pass: 1, rate: 24_000, leftMs: 36_667 },
};
const event = (
  type: 'backfillStarted' | 'backfillProgress' | 'backfillFinished',
  progress: BackfillProgress,
  isLogged = true,
): MigrationEvent => ({ type, connection: 'default', revision: '3f2a9c1b7d10', progress, isLogged });

/** The last line of a terminal after these events. */
function lineAfter(...events: readonly MigrationEvent[]): string {
  const progress = new RunProgress();
  progress.hear({ type: 'planned', connection: 'default', steps: 1 });
  progress.hear({ type: 'stepStarted', connection: 'default', step, index: 0 });
  for (const heard of events) progress.hear(heard);
  return progressLine(progress.stage, 3_000, undefined)
    .map(([, text]) => text)
    .join('');
}

describe('a backfill on the terminal', () => {
  it('says how far it is, how fast, and how long it still takes', () => {
    const start = 'Revision 1 of 1 (3f2a9c1b7d10), 0:03';
    expect(lineAfter(event('backfillProgress', halfway))).toBe(`${start}: 12% of book, 24,000 rows/s, 0:36 left`);
    const unknown = { ...halfway, total: null, leftMs: null };
    expect(lineAfter(event('backfillProgress', unknown))).toBe(`${start}: 120,000 rows of book, 24,000 rows/s`);
    const last = { ...halfway, pass: 2, done: 1, total: null, rate: null, leftMs: null };
    expect(lineAfter(event('backfillProgress', last))).toBe(`${start}: last pass over book, 1 row found`);
    expect(lineAfter(event('backfillProgress', halfway), event('backfillFinished', halfway))).toBe(start);
  });

  it('has lines in a log at its beginning and its end, and now and then', () => {
    const textOf = (told: MigrationEvent): string | undefined => describeEvent(told)?.text;
    const beginning = { ...halfway, done: 0, rate: null, leftMs: null };
    expect(textOf(event('backfillStarted', beginning))).toBe('Backfill of book, about 1,000,000 rows');
    expect(textOf(event('backfillStarted', { ...halfway, total: null }))).toBe(
      'Backfill of book, continued after 120,000 rows',
    );
    expect(textOf(event('backfillProgress', halfway, false))).toBeUndefined();
    expect(textOf(event('backfillProgress', halfway))).toBe(
      'Backfill of book: 120,000 of about 1,000,000 rows, 24,000 a second, 0:36 left',
    );
    expect(textOf(event('backfillFinished', halfway))).toBe('Backfill of book is done: 119,990 rows filled');
  });
});
