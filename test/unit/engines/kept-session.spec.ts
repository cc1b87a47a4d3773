/** Whether a pooler keeps the server session of a client: told by what happens first, however long a reply takes. */
import { describe, expect, it } from '@jest/globals';
import { keptSession } from '../../../libs/nest-migrate/src/engines/postgres/session/kept-session.ts';
import { type SideSession, type WayToServer } from '../../../libs/nest-migrate/src/engines/session/lock.ts';
import { type SqlSession } from '../../../libs/nest-migrate/src/engines/session/sql-session.ts';

/** What the pooler does with the two clients. */
interface Pooler {
  /** The server session that a statement of the client reaches; by the number of its statements before. */
  readonly own?: (count: number) => number;
  /** The server session that the other client gets once this one has sent so many statements. Default: none, ever. */
  readonly other?: { readonly pid: number; readonly after: number };
}

/** Returns what is seen, and how many statements this client sent meanwhile. */
async function seenThrough({ own = () => 1, other }: Pooler): Promise<readonly [number | undefined, number]> {
  let sent = 0;
  let last = '';
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  const session = {
    query: async (sql: string) => {
      last = sql;
      const pid = own(sent);
      sent += 1;
      if (other !== undefined && sent >= other.after) give();
      return [{ pid }];
    },
  } as unknown as SqlSession;
  const side: SideSession = {
    query: async <T>(sql: string): Promise<T[]> => {
      if (sql === 'begin') await given;
      return [{ pid: other?.pid, statement: last }] as T[];
    },
    close: async () => undefined,
  };
  const way: WayToServer = {
    leadsTo: async () => false,
    openBeside: async () => side,
    // time passes once everybody who can has replied
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
  return [await keptSession(session, way), sent];
}

describe('a session is kept', () => {
  it('where the other client gets one of its own', async () => {
    expect(await seenThrough({ other: { pid: 2, after: 0 } })).toEqual([1, 9]);
  });

  it('where the other client waits for good, as behind a pooler in session mode whose sessions are all in use', async () => {
    const [pid, sent] = await seenThrough({});
    expect(pid).toBe(1);
    expect(sent).toBeLessThan(40);
  });

  it('where the other client gets one of its own late', async () => {
    expect((await seenThrough({ other: { pid: 2, after: 10 } }))[0]).toBe(1);
  });
});

describe('a session is shared', () => {
  it.each([0, 3, 10])('where the other client gets it, after %d statements of this one', async (after) => {
    expect((await seenThrough({ other: { pid: 1, after } }))[0]).toBeUndefined();
  });

  it('where a statement reaches another one while the other client waits', async () => {
    expect((await seenThrough({ own: (count) => (count < 5 ? 1 : 2) }))[0]).toBeUndefined();
  });
});
