/** How the migration lock is waited for, by a clock that takes no time. */
import { describe, expect, it } from '@jest/globals';
import { type MigrationLock } from '../../../libs/nest-migrate/src/engines/session/lock.ts';
import { type RunEvent } from '../../../libs/nest-migrate/src/runtime/events.ts';
import { withMigrationLock } from '../../../libs/nest-migrate/src/runtime/migration-lock.ts';
import { waitUntil } from '../../../libs/nest-migrate/src/runtime/wait-until.ts';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { MemoryClock } from '../../support/memory-run.ts';
import { otherSession } from './work-lock.ts';

describe('waiting', () => {
  const wait = { timeout: 60_000, awaited: 'the moon' };

  it('asks first, and then ever less often, up to once a second', async () => {
    const clock = new MemoryClock();
    const { isSo, waitedMs } = await waitUntil(async () => clock.pauses.length === 30, {
      ...{ ...wait, clock, announce: async () => undefined },
    });
    expect(isSo).toBe(true);
    expect(waitedMs).toBe(Math.round(clock.pauses.reduce((sum, pause) => sum + pause, 0)));
    expect(Math.max(...clock.pauses)).toBeLessThanOrEqual(1_500);
    expect(clock.pauses[0]).toBeLessThan(40);
    expect(await waitUntil(async () => true, { ...wait, clock, announce: async () => undefined })).toEqual({
      isSo: true,
      waitedMs: 0,
    });
  });

  it('says so at once, and every five seconds from then on', async () => {
    const clock = new MemoryClock();
    const said: number[] = [];
    const announce = async (): Promise<void> => void said.push(clock.now());
    await waitUntil(async () => false, { ...wait, clock, announce });
    expect(said[0]).toBe(0);
    expect(said.length).toBeGreaterThanOrEqual(9);
    for (const [index, moment] of said.slice(1).entries()) expect(moment - (said[index] ?? 0)).toBeGreaterThan(4_999);
  });

  it('is given up behind its time, and not much later', async () => {
    const clock = new MemoryClock();
    const { isSo, waitedMs } = await waitUntil(async () => false, { ...wait, clock, announce: async () => undefined });
    expect(isSo).toBe(false);
    expect(waitedMs).toBeGreaterThanOrEqual(60_000);
    expect(waitedMs).toBeLessThan(60_100);
  });

  it('ends with the signal', async () => {
    const clock = new MemoryClock();
    const stop = new AbortController();
    clock.onPause = () => stop.abort('SIGINT');
    const waiting = waitUntil(async () => false, {
      ...{ ...wait, clock, signal: stop.signal, announce: async () => undefined },
    });
    await expect(waiting).rejects.toMatchObject({ code: 'RUN_ABORTED', message: expect.stringContaining('the moon') });
  });
});

describe('the lock of a session', () => {
  const lockOf = (lock: Partial<MigrationLock>): MigrationLock => ({
    ...{ tryAcquire: async () => true, release: async () => true, holder: async () => otherSession, ...lock },
  });
  const way = { leadsTo: async () => true, openBeside: async () => undefined, pause: async () => undefined };

  it('is not worked without, and names its holder', async () => {
    const clock = new MemoryClock();
    const events: RunEvent[] = [];
    const wait = { way, timeout: 5_000, clock, emit: (event: RunEvent) => void events.push(event) };
    const never = async (): Promise<never> => expect.getState() as never;
    const session = new MemoryDatabase().session();
    const taken = withMigrationLock(lockOf({ tryAcquire: async () => false }), session, wait, never);
    await expect(taken).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', message: expect.stringContaining('pid 7') });
    expect(events[0]).toEqual({ type: 'lockWaiting', holder: otherSession });
    expect(events.map(({ type }) => type)).not.toContain('lockAcquired');
  });

  it('is let go of behind work that fails, whose failure a failed release does not hide', async () => {
    const events: string[] = [];
    const wait = { way, timeout: 0, emit: ({ type }: RunEvent) => void events.push(type) };
    const release = (): Promise<never> => Promise.reject(new Error('no connection'));
    const working = withMigrationLock(lockOf({ release }), new MemoryDatabase().session(), wait, async () => {
      throw new Error('the work failed');
    });
    await expect(working).rejects.toThrow('the work failed');
    expect(events).toEqual(['lockAcquired', 'lockReleased']);
  });

  it('that a revision has let go of is told of', async () => {
    const warnings: string[] = [];
    const emit = (event: RunEvent): void => void (event.type === 'warning' && warnings.push(event.message));
    const lock = lockOf({ release: async () => false });
    await withMigrationLock(lock, new MemoryDatabase().session(), { way, timeout: 0, emit }, async () => undefined);
    expect(warnings).toEqual([expect.stringContaining('The migration lock was let go of before this run has ended')]);
  });
});
