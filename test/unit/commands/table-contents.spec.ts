import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  differencesOfRows,
  lossBeyond,
  lossInWords,
  lostByDowngrade,
  lostByUpgrade,
  type Loss,
  type TableContents,
} from '../../../libs/nest-migrate/src/commands/table-contents.js';

type Row = Readonly<Record<string, unknown>>;

const contents = (rows: readonly Row[], key: readonly string[] = ['id']): TableContents => ({
  tables: [{ name: 't' }],
  filled: rows.length > 0 ? [{ place: { name: 't' }, key, rows }] : [],
});

const inWords = (losses: readonly Loss[]): readonly string[] => losses.flatMap(lossInWords);

describe('what an upgrade loses', () => {
  it('is one of two equal rows of a table without a key too', () => {
    const [before, after] = [2, 1].map((count) => contents(Array<Row>(count).fill({ a: 1 }), ['a']));
    expect(inWords(lostByUpgrade(before, after))).toEqual(['1 of 2 rows of t is gone']);
    expect(inWords(lostByDowngrade(before, before, after))).toEqual(['1 of 2 rows of t is gone']);
    expect(lostByDowngrade(before, after, after)).toEqual([]);
  });
});

describe('what is lost beyond what is known', () => {
  const rowsOf = (ids: readonly number[]): readonly Row[] => ids.map((id) => ({ id, half: id % 2 }));
  const kept = fc.subarray([1, 2, 3, 4, 5, 6]);

  it('are the rows that are not lost there', () => {
    fc.assert(
      fc.property(kept, kept, (its, theirs) => {
        const before = contents(rowsOf([1, 2, 3, 4, 5, 6]));
        const [[loss], [known]] = [its, theirs].map((ids) => lostByUpgrade(before, contents(rowsOf(ids))));
        const beyond = loss && lossBeyond(loss, known, []);
        const wanted = [1, 2, 3, 4, 5, 6].filter((id) => !its.includes(id) && theirs.includes(id));
        expect(beyond?.rows ?? []).toEqual(rowsOf(wanted));
        expect(beyond?.gone ?? 0).toBe(wanted.length);
      }),
    );
  });

  it('is told by the columns that have the same values each time', () => {
    const before = [1, 2].map((run) =>
      contents(rowsOf([1, 2, 3, 4]).map((row) => ({ ...row, id: `${run} ${row['id'] as number}` }))),
    );
    const without = ({ filled }: TableContents, half: number, count: number): TableContents =>
      contents((filled[0]?.rows ?? []).filter((row) => row['half'] !== half || count-- <= 0));
    const [{ columns }] = differencesOfRows(before[0], before[1]);
    expect(columns).toEqual(['id']);
    const lostBy = (run: number, half: number, count: number): Loss =>
      lostByUpgrade(before[run], without(before[run], half, count))[0];
    expect(lossBeyond(lostBy(0, 0, 1), lostBy(1, 0, 1), columns)).toBeUndefined();
    expect(lossBeyond(lostBy(0, 0, 2), lostBy(1, 0, 1), columns)).toMatchObject({ gone: 1 });
    expect(lossBeyond(lostBy(0, 1, 1), lostBy(1, 0, 1), columns)).toMatchObject({ gone: 1 });
  });

  it('is not a value of a row that is gone there', () => {
    const before = contents(rowsOf([1, 2]));
    const other = contents([{ id: 1, half: 7 }, ...rowsOf([2])]);
    const [changed] = lostByDowngrade(before, before, other);
    expect(lossInWords(changed)).toEqual(['t has other values in half']);
    const lostBy = (ids: readonly number[]): Loss | undefined =>
      lostByDowngrade(before, before, contents(rowsOf(ids)))[0];
    expect(lossBeyond(changed, lostBy([2]), [])).toBeUndefined();
    expect(lossBeyond(changed, lostBy([1]), [])).toMatchObject({
      gone: 0,
      changed: new Map([['half', [rowsOf([1])[0]]]]),
    });
    expect(lossBeyond(lostBy([2])!, changed, [])).toMatchObject({ gone: 1 });
  });
});
