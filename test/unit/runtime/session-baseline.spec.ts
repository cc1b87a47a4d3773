/** What revisions set in a session is put back, setting by setting. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type SessionSettings } from '../../../libs/nest-migrate/src/engines/session/settings.ts';
import { SessionBaseline } from '../../../libs/nest-migrate/src/runtime/session-baseline.ts';
import { MemoryDatabase, type MemorySession } from '../../support/memory-database.ts';

class NoSetting extends Error {}

let session: MemorySession;
/** What is set in the session, and what else stays in it. */
let settings: Map<string, string | null>;
let tables: string[];
let reads: number;

const engine: SessionSettings = {
  read: async () => {
    reads += 1;
    return new Map(settings);
  },
  restore: (name, value) => [`set ${name} = ${value}`],
  identity: ['role'],
  isNoSetting: (error) => error instanceof NoSetting,
  differInside: false,
  leftovers: async () => tables.map((table) => `the temporary table ${table}`),
};

beforeEach(() => {
  const database = new MemoryDatabase();
  database.meddle = (call) => {
    const [, name = '', value = ''] = /^set (\w+) = (.*)$/.exec(call) ?? [];
    if (name !== '') settings.set(name, value);
  };
  session = database.session();
  settings = new Map([
    ['path', 'public'],
    ['zone', 'utc'],
    ['role', 'app'],
  ]);
  tables = ['kept'];
  reads = 0;
});

describe('the settings of a session', () => {
  it('are put back where a revision has changed them, and only those', async () => {
    const baseline = await SessionBaseline.of(session, engine);
    settings.set('path', 'other').set('zone', 'cet');
    await baseline.putBack();
    expect(Object.fromEntries(settings)).toEqual({ role: 'app', path: 'public', zone: 'utc' });
    expect(session.calls).toEqual(['set path = public', 'set zone = utc']);
  });

  it('are put back each time', async () => {
    const baseline = await SessionBaseline.of(session, engine);
    for (const path of ['a', 'b']) {
      settings.set('path', path);
      await baseline.putBack();
      expect(settings.get('path')).toBe('public');
    }
  });

  it('that decide what the session sees come before the others', async () => {
    const baseline = await SessionBaseline.of(session, engine);
    settings.set('path', 'other').set('role', 'admin');
    await baseline.putBack();
    expect(session.calls).toEqual(['set role = app', 'set path = public']);
  });

  it('are not read again where one look says that none has changed', async () => {
    session.database.results.set('look', [{ look: 'same' }]);
    const baseline = await SessionBaseline.of(session, { ...engine, look: () => 'look' });
    await baseline.putBack();
    expect(reads).toBe(1);
    session.database.results.set('look', [{ look: 'other' }]);
    settings.set('zone', 'cet');
    await baseline.putBack();
    expect(settings.get('zone')).toBe('utc');
  });

  it('that no session can set are left alone from then on', async () => {
    const { meddle } = session.database;
    session.database.meddle = (call, of) => {
      if (call.startsWith('set clock')) throw new NoSetting();
      return meddle(call, of);
    };
    settings.set('clock', '1');
    const baseline = await SessionBaseline.of(session, engine);
    settings.set('clock', '2');
    await baseline.putBack();
    settings.set('clock', '3');
    await baseline.putBack();
    expect(session.calls).toEqual(['set clock = 1']);
  });

  it('take the next statement where the engine refuses the first', async () => {
    const { meddle } = session.database;
    session.database.meddle = (call, of) => {
      if (call === 'reset zone') throw new Error('refused');
      return meddle(call, of);
    };
    const restore: SessionSettings['restore'] = (name, value) => [`reset ${name}`, `set ${name} = ${value}`];
    const baseline = await SessionBaseline.of(session, { ...engine, restore });
    settings.set('zone', 'cet');
    await baseline.putBack();
    expect(session.calls).toEqual(['reset zone', 'set zone = utc']);
  });

  it.each([
    [
      'is refused',
      () => {
        throw new Error('permission denied');
      },
      /'?zone'?.*permission denied/,
    ],
    ['does not stay', () => settings.set('zone', 'cet'), /zone.*did not stay/],
  ])('are named where putting one back %s', async (_, setting, message) => {
    const baseline = await SessionBaseline.of(session, engine);
    settings.set('zone', 'cet');
    session.database.meddle = () => void setting();
    await expect(baseline.putBack()).rejects.toMatchObject({
      code: 'SETTING_NOT_RESTORED',
      message: expect.stringMatching(message),
    });
  });

  it('that are new stay, and are known from then on', async () => {
    const baseline = await SessionBaseline.of(session, engine);
    settings.set('added', '1');
    await baseline.putBack();
    settings.set('added', '2');
    await baseline.putBack();
    expect(settings.get('added')).toBe('1');
  });
});

it('what a session has gained beside settings is what was not there before', async () => {
  const baseline = await SessionBaseline.of(session, engine);
  expect(await baseline.leftovers()).toEqual([]);
  tables.push('scratch');
  expect(await baseline.leftovers()).toEqual(['the temporary table scratch']);
});
