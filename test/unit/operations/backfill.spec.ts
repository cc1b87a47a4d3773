import { describe, expect, it } from '@jest/globals';
import { type BackfillOptions } from '../../../libs/nest-migrate/src/operations/backfill.js';
import { recorder } from './recording-sink.ts';

const work = { set: { slug: 'lower(title)' } };

describe('the argument of op.backfill', () => {
  it.each<[string, object, string]>([
    ['no table', work, 'the table needs a name as text, and got nothing'],
    ['no work', { table: 'book' }, "needs its work, and one of 'set' and 'rows' alone says it"],
    ['two kinds of work', { table: 'book', ...work, rows: () => undefined }, 'alone says it'],
    ['no columns', { table: 'book', set: {} }, "needs SQL by column as 'set', and got an object"],
    ['a value', { table: 'book', set: { pages: 0 } }, "needs the new value of 'pages' as SQL, and got 0"],
    ['rows that are none', { table: 'book', rows: 'all' }, "needs a function as 'rows', and got 'all'"],
    ['a throttle that is none', { table: 'book', ...work, throttle: 5 }, "needs a function as 'throttle', and got 5"],
    ['an empty batch', { table: 'book', ...work, batch: 0 }, 'needs a batch of at least one row, and got 0'],
    ['a negative pause', { table: 'book', ...work, pause: -1 }, "can't wait for -1 ms"],
    ['an empty condition', { table: 'book', ...work, where: ' ' }, "needs 'where' as SQL, and got ' '"],
    ['a key that moves', { table: 'book', key: ['id', 'slug'], ...work }, "sets 'slug', which is part of its key"],
    [
      'an unknown option',
      { table: 'book', ...work, wher: 'a' },
      "does not know the option 'wher'. Did you mean 'where'?",
    ],
  ])('refuses %s', async (_, options, problem) => {
    const { op, finish } = recorder();
    await expect(op.backfill(options as BackfillOptions<string>)).rejects.toThrow(problem);
    await expect(finish()).rejects.toThrow(problem);
  });

  it('is read when the verb is called', async () => {
    const { op, finish, log } = recorder();
    const options = { table: 'book', set: { slug: '1' } };
    const done = op.backfill(options);
    options.table = 'other';
    await done;
    await finish();
    expect(log).toEqual(['backfill book']);
  });

  it('lets no verb run meanwhile, and none of a batch', async () => {
    const first = recorder();
    const running = first.op.backfill({ table: 'book', ...work });
    await running;
    await expect(
      first.op.batchAlterTable('book', (batch) => batch.backfill({ table: 'book', ...work })),
    ).rejects.toThrow('was called in op.batchAlterTable, which may be one statement');
  });
});
