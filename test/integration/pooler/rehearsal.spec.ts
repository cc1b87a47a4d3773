/** Scratch databases of a server that is reached through a real PgBouncer. */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { serverOf } from '../../support/databases.ts';
import { abandonedDatabases } from '../../support/rehearsals.ts';
import { scenario, type Revisions, type Scenario } from '../../support/scenario.ts';
import { type Server, startPgbouncer } from '../../support/servers/index.ts';
import { looksForLeftOvers } from '../../support/killed-rehearsals.ts';

looksForLeftOvers();

const ending: (() => Promise<unknown>)[] = [];
const poolers: Server[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});
afterAll(async () => {
  for (const pooler of poolers) await pooler.stop();
});

const revisions: Revisions = {
  aaaa: {
    upgrade: (op) => op.createTable('book', { columns: { id: { type: 'integer' } } }),
    downgrade: (op) => op.dropTable('book'),
  },
};

async function rehearsingThrough(options: Parameters<typeof startPgbouncer>[1]): Promise<Scenario> {
  const pooler = await startPgbouncer(serverOf('postgres'), options);
  poolers.push(pooler);
  const { user, password, host, port } = pooler;
  const scratch = `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
  const at = await scenario('postgres', { revisions, module: { scratch } });
  ending.push(() => at.end());
  return at;
}

/** Scratch databases without an owner that were not there before. */
async function left(before: readonly string[]): Promise<readonly string[]> {
  return (await abandonedDatabases('postgres')).filter((name) => !before.includes(name));
}

describe('a rehearsal behind a pooler', () => {
  it.each([
    ['the last used is the next', {}],
    ['in turn', { roundRobin: true }],
  ])('that shares sessions (%s) is refused, and leaves no database', async (_, options) => {
    const before = await abandonedDatabases('postgres');
    const at = await rehearsingThrough(options);
    await expect(at.migrations.verify()).rejects.toMatchObject({ code: 'SCRATCH_POOLED' });
    expect(await left(before)).toEqual([]);
  });

  it('that keeps sessions works, and leaves nothing', async () => {
    const at = await rehearsingThrough({ poolMode: 'session' });
    const before = await abandonedDatabases('postgres');
    const { revisions: tried } = await at.migrations.verify();
    expect(tried).toMatchObject([{ revision: 'aaaa', outcome: 'verified' }]);
    expect(await left(before)).toEqual([]);
  });
});
