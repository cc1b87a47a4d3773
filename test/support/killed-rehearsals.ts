/**
 * Spec files that kill rehearsing processes, and those that look whether a rehearsal has left anything, at the same
 * time: what a killed process has left belongs to nothing until the next rehearsal removes it.
 */
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach } from '@jest/globals';

/** A lock of the operating system, which ends with the process. */
const file = join(tmpdir(), `nest-migrate-tests-${userInfo().uid}-kills.lock`);

/** For a spec file that kills rehearsing processes: while one of its tests runs, none looks for what is left. */
export function killsRehearsals(): void {
  holdInEachTest('begin exclusive');
}

/** For a spec file that looks for what is left: while one of its tests runs, no rehearsing process is killed. */
export function looksForLeftOvers(): void {
  holdInEachTest('begin; select count(*) from sqlite_schema');
}

function holdInEachTest(take: string): void {
  let held: DatabaseSync | undefined;
  beforeEach(async () => {
    for (;;) {
      const lock = new DatabaseSync(file);
      try {
        lock.exec(take);
        held = lock;
        return;
      } catch (error) {
        lock.close();
        if (!/locked|busy/i.test(String(error))) throw error;
        await pause(50);
      }
    }
  });
  afterEach(() => held?.close());
}
