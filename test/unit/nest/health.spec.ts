import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DatabaseUnreachableError, MigrationHealthIndicator, type MigrationService, type Status } from 'nest-migrate';

type Source = Pick<MigrationService, 'status'>;

const secret = 'hunter2';
const planted = fc.oneof(
  fc.constant(secret),
  fc.string().map((text) => `${text} ${secret}`),
);

/** A status in which all that a server or a driver says holds a secret. */
const statuses: fc.Arbitrary<Status> = fc.record({
  standing: fc.constantFrom('head', 'behind', 'ahead', 'foreign'),
  rows: fc.constant(['aaaa']),
  squashes: fc.constant([]),
  mark: fc.constantFrom(null, 'production'),
  pending: fc.constant([]),
  unknown: fc.constant(['bbbb']),
  unfinished: fc.option(
    fc.record({
      revision: fc.constant('cccc'),
      direction: fc.constantFrom('upgrade', 'downgrade'),
      done: fc.nat(),
      running: fc.option(planted),
      backfill: fc.option(fc.record({ table: planted, rows: fc.nat(), cursor: fc.option(fc.array(planted)) })),
      isKnown: fc.boolean(),
      isInTheWay: fc.boolean(),
      finish: fc.option(planted),
      forget: planted,
    }),
  ),
  lock: fc.option(
    fc.record({
      pid: fc.constant(4711),
      application: fc.option(planted),
      address: fc.option(planted),
      since: fc.option(planted),
      statement: fc.option(planted),
    }),
  ),
  last: fc.constant(null),
});

describe('a health check without details', () => {
  const check = async (migrations: Source, details?: boolean): Promise<string> =>
    JSON.stringify(await new MigrationHealthIndicator(migrations as MigrationService).check('shop', { details }));

  it('says nothing of the session that holds the lock', async () => {
    await fc.assert(
      fc.asyncProperty(statuses, async (status) => {
        const text = await check({ status: async () => status });
        expect(text).not.toContain(secret);
        expect(text).not.toContain('4711');
      }),
    );
  });

  it.each([
    ['of the driver', new Error(`connect ECONNREFUSED ${secret}`), 'where the database stands cannot be told'],
    [
      'of its own',
      new DatabaseUnreachableError(`${secret}:5432`, secret, new Error(secret)),
      'where the database stands cannot be told (DATABASE_UNREACHABLE)',
    ],
    ['that is no error', secret, 'where the database stands cannot be told'],
  ])('tells the kind of a failure %s and not its text', async (_, error, message) => {
    const failure = AbortSignal.abort(error);
    const status = async (): Promise<Status> => {
      failure.throwIfAborted();
      return {} as Status;
    };
    expect(await check({ status })).toBe(JSON.stringify({ shop: { status: 'down', message } }));
    expect(await check({ status }, true)).toContain(secret);
  });
});
