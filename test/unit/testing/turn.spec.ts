/** What test processes make once for all, they make once. */
import { expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import fc from 'fast-check';
import { type Host } from '../../../libs/nest-migrate/src/runtime/host.js';
import { oneAfterTheOther } from '../../../libs/nest-migrate/src/testing/turn.js';

const host: Host = {
  cwd: process.cwd(),
  env: process.env,
  execPath: process.execPath,
  pid: process.pid,
  hostname: hostname(),
  user: 'tester',
  activity: 'a test',
};

/** A wait as the loop of events counts it, not the clock. */
async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Each looks, is held up, takes its turn, and makes it, unless it was there. */
async function make(delays: readonly { readonly look: number; readonly making: number }[]): Promise<number> {
  const what = randomUUID();
  let made = 0;
  await Promise.all(
    delays.map(({ look, making }) =>
      oneAfterTheOther(what, host, async (takeTurn) => {
        const isThere = made > 0;
        await turns(look);
        if (isThere) return;
        await takeTurn();
        await turns(making);
        made += 1;
      }),
    ),
  );
  return made;
}

it('one that looked before it was made, and takes its turn afterwards, does not make it again', async () => {
  expect(
    await make([
      { look: 0, making: 5 },
      { look: 2_000, making: 5 },
    ]),
  ).toBe(1);
});

it('it is made once, however long each looks and makes', async () => {
  const delay = fc.record({ look: fc.nat(300), making: fc.nat(300) });
  await fc.assert(
    fc.asyncProperty(fc.array(delay, { minLength: 1, maxLength: 3 }), async (delays) => {
      expect(await make(delays)).toBe(1);
    }),
    { numRuns: 10 },
  );
});

it('what one could not make, the next one makes', async () => {
  const what = randomUUID();
  let tries = 0;
  const work = async (takeTurn: () => Promise<void>): Promise<number> => {
    await takeTurn();
    tries += 1;
    if (tries === 1) throw new Error('the first one fails');
    return tries;
  };
  const results = await Promise.allSettled([oneAfterTheOther(what, host, work), oneAfterTheOther(what, host, work)]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
