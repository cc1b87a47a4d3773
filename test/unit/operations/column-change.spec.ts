import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeBetween, changedColumn } from '../../../libs/nest-migrate/src/operations/column-change.js';
import { type ColumnDefinition } from '../../../libs/nest-migrate/src/operations/operation.js';
import { builders, reverse } from '../../../libs/nest-migrate/src/operations/all.js';

const { alterColumn } = builders;

describe('a change of a column', () => {
  it('leaves what it does not name, and removes what it sets to null', () => {
    const existing: ColumnDefinition = { type: 'string', length: 9, nullable: true, comment: 'x', default: 'a' };
    expect(changedColumn(existing, { comment: null, length: 5 })).toEqual({
      type: 'string',
      length: 5,
      nullable: true,
      default: 'a',
    });
  });

  it('carries the properties of a type over to one where they mean the same', () => {
    expect(changedColumn({ type: 'integer', unsigned: true }, { type: 'bigint' })).toEqual({
      type: 'bigint',
      unsigned: true,
    });
    expect(changedColumn({ type: 'string', length: 100 }, { type: 'datetime' })).toEqual({ type: 'datetime' });
    expect(changedColumn({ type: 'string', length: 100 }, { type: 'character' })).toEqual({
      type: 'character',
      length: 100,
    });
    expect(changedColumn({ type: 'enum', items: ['a'] }, { type: 'text' })).toEqual({ type: 'text' });
    expect(changedColumn({ type: 'enum', items: ['a'] }, { columnType: 'citext' })).toEqual({ columnType: 'citext' });
  });

  it('has one default: a value or SQL', () => {
    expect(changedColumn({ type: 'integer', default: 1 }, { defaultRaw: '1 + 1' })).toEqual({
      type: 'integer',
      defaultRaw: '1 + 1',
    });
  });

  const column = fc.oneof(
    fc.record(
      { type: fc.constantFrom('string', 'character'), length: fc.nat(99), collation: fc.constantFrom('C', 'POSIX') },
      { requiredKeys: ['type'] },
    ),
    fc.record({ type: fc.constantFrom('integer', 'bigint'), unsigned: fc.boolean() }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('decimal'), precision: fc.nat(20), scale: fc.nat(9) }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('enum'), items: fc.constantFrom(['a'], ['a', 'b']) }),
    fc.record(
      { columnType: fc.constantFrom('citext', 'inet'), collation: fc.constant('C') },
      { requiredKeys: ['columnType'] },
    ),
  );
  const extras = fc.record(
    { nullable: fc.boolean(), comment: fc.constantFrom('x', 'y'), default: fc.constantFrom('a', 1) },
    { requiredKeys: [] },
  );
  const anyColumn = fc.tuple(column, extras).map(([a, b]) => ({ ...a, ...b }));
  const meaning = ({ nullable, unsigned, ...rest }: ColumnDefinition): ColumnDefinition => ({
    ...rest,
    nullable: nullable ?? false,
    unsigned: unsigned ?? false,
  });

  it('made from two columns leads from one to the other', () => {
    fc.assert(
      fc.property(anyColumn, anyColumn, (from, to) => {
        expect(meaning(changedColumn(from, changeBetween(from, to)))).toEqual(meaning(to));
      }),
    );
  });

  it('is undone by its reverse', () => {
    fc.assert(
      fc.property(anyColumn, anyColumn, (from, to) => {
        const change = changeBetween(from, to);
        fc.pre(Object.keys(change).length > 0);
        const operation = { ...alterColumn('t', 'c', { comment: 'z' }), change, existing: from };
        const [back] = reverse(operation);
        if (back === undefined) return;
        if (back.kind !== 'alterColumn') throw new Error(back.kind);
        expect(meaning(back.existing!)).toEqual(meaning(to));
        expect(meaning(changedColumn(back.existing!, back.change))).toEqual(meaning(from));
      }),
    );
  });

  it('of a type cannot be undone without the type that was there', () => {
    const operation = alterColumn('t', 'c', { type: 'text' }, { existing: { nullable: true } });
    expect(() => reverse(operation)).toThrow(
      "alterColumn cannot be reversed: it does not hold the type that was there. Give it 'existing.type'.",
    );
  });
});
