import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { BatchSize } from '../../../libs/nest-migrate/src/runtime/batch-size.js';

/** The sizes of the batches of a table whose rows take that long, each in milliseconds. */
function sizes(most: number, perRow: number, batches = 40): readonly number[] {
  const size = new BatchSize(most, 500);
  return Array.from({ length: batches }, () => {
    const { rows } = size;
    size.took(rows * perRow, rows);
    return rows;
  });
}

describe('the size of a batch', () => {
  it('comes to what takes half a second, and stays there', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 400, noNaN: true }), (perRow) => {
        const last = sizes(1_000_000, perRow).at(-1) ?? 0;
        expect(last * perRow).toBeLessThanOrEqual(501);
        expect((last + 1) * perRow).toBeGreaterThanOrEqual(499);
      }),
    );
  });

  it('is never more than the revision says, nor less than one row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 10_000, noNaN: true }),
        (most, perRow) => {
          for (const rows of sizes(most, perRow)) {
            expect(rows).toBeGreaterThanOrEqual(1);
            expect(rows).toBeLessThanOrEqual(most);
          }
        },
      ),
    );
  });

  it('is halved by a lock, and does not grow by a batch that was not full', () => {
    const size = new BatchSize(1_000, 500);
    size.halve();
    expect(size.rows).toBe(500);
    size.took(1, 3);
    expect(size.rows).toBe(500);
    size.took(1, 500);
    expect(size.rows).toBe(1_000);
    for (let count = 0; count < 20; count += 1) size.halve();
    expect(size.rows).toBe(1);
  });
});
