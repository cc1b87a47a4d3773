import { describe, expect, it } from '@jest/globals';
import { builders, describeOperation, reverse } from '../../../libs/nest-migrate/src/operations/all.js';

const { alterSequence, createSequence } = builders;

describe('a sequence', () => {
  it('keeps numbers beyond the safe integers', () => {
    expect(createSequence('s', { maxValue: 2n ** 62n, increment: -1 })).toEqual({
      kind: 'createSequence',
      name: 's',
      sequence: { maxValue: { $bigint: '4611686018427387904' }, increment: -1 },
    });
  });

  it.each([
    [{ start: 1.5 }, /sequence 's' wants a whole number as 'start'/],
    [{ start: 2 ** 60 }, /wants a whole number as 'start'.*bigint/],
    [{ maxValue: '5' as never }, /wants a whole number as 'maxValue'/],
    [{ increment: 0n }, /has 0 as 'increment'/],
    [{ type: 'int' as never }, /does not know 'int' as 'type'/],
    [{ ownedBy: { table: 't' } as never }, /needs the column as text/],
    [{ cicle: true } as never, /does not know the option 'cicle'.*Did you mean 'cycle'/],
  ])('refuses %o', (options, problem) => {
    expect(() => createSequence('s', options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPERATION', message: expect.stringMatching(problem) }),
    );
  });

  it('does not begin at its default unless the sequence is known', () => {
    expect(() => alterSequence('s', { start: null })).toThrow(/'start' as null without 'existing'/);
    expect(() => alterSequence('s', {})).toThrow(/has an empty change/);
  });

  it('goes back to what it was, defaults included, and there again', () => {
    const change = { increment: 2, cycle: null, ownedBy: { table: 't', column: 'a' } };
    const operation = alterSequence('s', change, { existing: { start: 5, cycle: true } });
    const [back] = reverse(operation);
    expect(back).toEqual({
      kind: 'alterSequence',
      name: 's',
      change: { increment: null, cycle: true, ownedBy: null },
      existing: { start: 5, increment: 2, ownedBy: { table: 't', column: 'a' } },
    });
    expect(reverse(back)).toEqual([operation]);
    expect(describeOperation(operation)).toEqual([`changed sequence 's': increment, cycle, ownedBy`]);
  });
});
