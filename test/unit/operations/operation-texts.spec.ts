import { describe, expect, it } from '@jest/globals';
import { type Operation } from 'nest-migrate';
import { contentOf } from '../../../libs/nest-migrate/src/operations/content-of.ts';
import { operationsText } from '../../../libs/nest-migrate/src/runtime/operations-text.ts';

function tableWith(column: string, type: string, warning?: string): Operation {
  const columns = { id: { type: 'integer' }, [column]: { type } };
  return { kind: 'createTable', table: 'alarm', columns, ...(warning !== undefined && { warning }) } as never;
}

const texts = { contentOf, operationsText: (operation: Operation) => operationsText([operation]) };

describe.each(Object.entries(texts))('%s', (_, textOf) => {
  it.each(['warning', 'kind', 'assertion', 'toString', '__proto__'])('tells a column called %s', (column) => {
    const [one, other] = [tableWith(column, 'text'), tableWith(column, 'integer')];
    // a literal would set the prototype
    for (const [operation, type] of [
      [one, 'text'],
      [other, 'integer'],
    ] as const) {
      const { columns } = operation as unknown as { columns: object };
      Object.defineProperty(columns, column, { value: { type }, enumerable: true });
    }
    expect(textOf(one)).not.toBe(textOf(other));
  });

  it('does not tell what an operation warns of', () => {
    expect(textOf(tableWith('level', 'text', 'rows are lost'))).toBe(textOf(tableWith('level', 'text')));
  });
});
