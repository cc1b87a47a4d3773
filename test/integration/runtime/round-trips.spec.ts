/** How often a run and a boot go to the server, as the server's wire has it. */
import { afterEach, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { type RecordingProxy, startRecording } from '../../support/recording-proxy.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  while (ends.length > 0) await ends.pop()!();
});

/** A database that is reached through the proxy. */
async function recorded(): Promise<{ readonly database: TestDatabase; readonly proxy: RecordingProxy }> {
  const database = await createDatabase('postgres');
  ends.push(() => database.drop());
  const { host = '', port = 0 } = database.options;
  const proxy = await startRecording({ host, port });
  ends.push(() => proxy.close());
  const options = { ...database.options, host: '127.0.0.1', port: proxy.port };
  return { database: { ...database, options }, proxy };
}

async function start(...[engine, options]: Parameters<typeof scenario>): Promise<Scenario> {
  const at = await scenario(engine, { poolMax: 1, ...options });
  ends.push(() => at.end());
  return at;
}

/** The texts that clients have sent, each of which waits for the server once. */
function roundTrips(sent: string): readonly string[] {
  return [...sent.matchAll(/Q\0\0[^]{2}([^\0]+)\0/g)].map(([, text = '']) => text);
}

/** Those of each revision: from its begin to its commit. */
function ofRevisions(texts: readonly string[]): readonly (readonly string[])[] {
  return texts.reduce<string[][]>((found, text) => {
    if (text.startsWith('begin')) found.push([]);
    found.at(-1)?.push(text);
    return found;
  }, []);
}

const lineOf = (count: number, code: (index: number) => RevisionCode): Revisions =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`r${index}`, code(index)]));

const selects = (count: number): Revisions =>
  lineOf(count, (index) => given({ index }, (op, values) => op.execute(`select ${values.index}`)));

const WRITTEN = /^with written0 as \(update .*\), added0 as \(insert into .*; commit/s;

it('ten revisions take one round trip each beside their own statements', async () => {
  const { database, proxy } = await recorded();
  const at = await start('postgres', {
    database,
    revisions: lineOf(11, (index) =>
      given({ index }, async (op, values) => {
        await op.createTable(`table_${values.index}`, {
          columns: { id: { type: 'integer', primary: true }, name: { type: 'string', length: 40 } },
        });
        await op.createIndex(`table_${values.index}`, ['name'], { name: `index_${values.index}` });
      }),
    ),
  });
  // the first makes the tables of the tool, and learns what the session is like
  await at.migrations.upgrade({ target: 'r0' });
  proxy.take();
  await at.migrations.upgrade();
  const texts = roundTrips(proxy.take());
  // the first of a run reads the line of the one before
  const begin = texts.findIndex((text) => text.startsWith('create table "table_2"'));
  const revisions = texts.slice(begin, begin + 27);
  const own = [expect.stringMatching(/^create table /), expect.stringMatching(/^create index /)];
  const written = expect.stringMatching(new RegExp(`${WRITTEN.source}; begin; select [^;]*$`, 's'));
  const last = expect.stringMatching(new RegExp(`${WRITTEN.source}$`, 's'));
  expect(revisions).toEqual([...Array.from({ length: 8 }).flatMap(() => [...own, written]), ...own, last]);
});

it('a revision whose text may change the session is looked behind, which is one more', async () => {
  const { database, proxy } = await recorded();
  const at = await start('postgres', { database, revisions: selects(4) });
  await at.migrations.upgrade({ target: 'r0' });
  proxy.take();
  await at.migrations.upgrade();
  const texts = roundTrips(proxy.take());
  const second = texts.slice(texts.indexOf('select 2'), texts.indexOf('select 3'));
  expect(second).toEqual(['select 2', expect.any(String), expect.stringMatching(WRITTEN)]);
});

it('a transaction that was begun ahead is taken back where the run does not go on', async () => {
  const { database, proxy } = await recorded();
  const stop = new AbortController();
  const at = await start('postgres', { database, revisions: selects(4) });
  await at.migrations.upgrade({ target: 'r0' });
  proxy.take();
  const stopped = at.migrations.upgrade({
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'stepFinished' && event.index === 1) stop.abort(new Error('enough'));
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'RUN_ABORTED' });
  const texts = roundTrips(proxy.take());
  const after = texts.slice(texts.indexOf('select 2'));
  expect(after.slice(2, 4)).toEqual([expect.stringMatching(/; commit; begin; select [^;]*$/), 'rollback']);
  expect((await at.migrations.current()).rows).toEqual(['r2']);
});

it.each([
  ['without a history', false],
  ['with a history', true],
])('a boot that finds nothing to do takes three round trips at most: %s', async (_, history) => {
  const { database, proxy } = await recorded();
  const options = { database, revisions: selects(3), module: { onBootstrap: 'upgrade', history } } as const;
  await start('postgres', options);
  expect(ofRevisions(roundTrips(proxy.take()))).not.toHaveLength(0);
  await start('postgres', options);
  expect(roundTrips(proxy.take()).length).toBeLessThanOrEqual(3);
});
