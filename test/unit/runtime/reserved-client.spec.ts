/** What a client is given to send, and in which order, by a driver that sends all at once. */
import { expect, it } from '@jest/globals';
import { ReservedClient } from '../../../libs/nest-migrate/src/runtime/reserved-client.ts';

/** A client whose queries end when the test says so. */
class HeldClient {
  processID = 7;
  pipeline?: boolean = false;
  readonly given: string[] = [];
  readonly #waiting: (() => void)[] = [];

  query(text: string): Promise<object> {
    this.given.push(text);
    return new Promise((resolve) => this.#waiting.push(() => resolve([{ rows: [{ value: '8' }] }])));
  }

  answer(): void {
    this.#waiting.shift()?.();
  }

  on(): this {
    return this;
  }

  off(): this {
    return this;
  }

  end(): void {
    // nothing to close
  }

  release(): void {
    // no pool
  }

  get isPatched(): boolean {
    return Object.hasOwn(this, 'query');
  }
}

const reserved = (client: HeldClient): ReservedClient => new ReservedClient(client);

it('goes on once the text is given, and sends what comes next behind it', async () => {
  const client = new HeldClient();
  const own = reserved(client);
  const events: string[] = [];
  const work = async (): Promise<void> => {
    await client.query('statement');
    events.push('ended');
  };
  const underway = await own.sendAhead('statement', work);
  expect([client.given, events, client.isPatched]).toEqual([['statement'], [], false]);
  const committed = own.commitBehind('write', 'mark', async () => void (await client.query('commit')));
  client.answer();
  await underway?.ended;
  client.answer();
  expect(await committed).toEqual({ value: '8' });
  expect([client.given, events]).toEqual([['statement', 'write; commit; begin; mark'], ['ended']]);
});

it('lets a commit be sent whose turn comes while the statement ends', async () => {
  const client = new HeldClient();
  const own = reserved(client);
  const underway = await own.sendAhead('statement', async () => void (await client.query('statement')));
  const committed = own.commitBehind('write', undefined, async () => {
    client.answer();
    await underway?.ended;
    // what has sent the statement has cleared up behind itself meanwhile
    await client.query('commit');
  });
  while (client.given.length < 2) await new Promise(setImmediate);
  client.answer();
  await committed;
  expect(client.given).toEqual(['statement', 'write; commit']);
});

it.each([
  ['sends another text', async (client: HeldClient) => void (await client.query('statement /* traced */'))],
  ['sends nothing', async () => undefined],
  ['fails', async () => Promise.reject(new Error('no'))],
])('waits for the end of work that %s', async (_, work) => {
  const client = new HeldClient();
  let isOver = false;
  const ahead = reserved(client)
    .sendAhead('statement', () => work(client))
    .then((underway) => {
      isOver = true;
      return underway?.ended;
    })
    .catch(() => undefined);
  if (client.given.length > 0) expect(isOver).toBe(false);
  await new Promise(setImmediate);
  client.answer();
  await ahead;
  expect([isOver, client.isPatched]).toEqual([true, false]);
});

it('does nothing with a driver that sends one text at a time', async () => {
  const client = new HeldClient();
  delete client.pipeline;
  expect(await reserved(client).sendAhead('statement', async () => Promise.reject(new Error('ran')))).toBeUndefined();
});

it('gives the client back as the application has configured it', async () => {
  const client = new HeldClient();
  const own = reserved(client);
  await own.sendAhead('statement', async () => undefined);
  expect(client.pipeline).toBe(true);
  own.letGo();
  expect(client.pipeline).toBe(false);
});
