import { describe, expect, it } from '@jest/globals';
import { operationRegistry } from '../../../libs/nest-migrate/src/commands/operation-definitions.js';
import { renderOperations } from '../../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import {
  OperationRegistry,
  type RegisteredDefinition,
} from '../../../libs/nest-migrate/src/operations/operation-registry.js';
import { recorder, type Recorder } from './recording-sink.js';

type Verbs = Recorder['op'] & Record<string, (...args: unknown[]) => Promise<void>>;

function definition(kind: string, parts: Partial<RegisteredDefinition> = {}): RegisteredDefinition {
  return { kind, data: (table) => ({ table }), apply: (op, operation) => op.dropTable(tableOf(operation)), ...parts };
}

function tableOf(operation: object): string {
  return (operation as { table: string }).table;
}

function withVerbs(...definitions: readonly RegisteredDefinition[]): Recorder & { readonly op: Verbs } {
  return recorder(new OperationRegistry(definitions)) as Recorder & { readonly op: Verbs };
}

const tables = ({ applied }: Recorder): readonly string[] => applied.map((operation) => tableOf(operation));

describe('a registered operation', () => {
  it('becomes the operations that it is made of, in its place, awaited or not', async () => {
    const two = definition('two', {
      apply: (op, operation) => {
        void op.dropTable(`${tableOf(operation)}1`);
        void op.dropTable(`${tableOf(operation)}2`);
      },
    });
    const nested = definition('nested', {
      apply: (op, operation) => (op as unknown as Verbs)['two'](tableOf(operation)),
    });
    const recorded = withVerbs(two, nested);
    void recorded.op.dropTable('a');
    void recorded.op['nested']('b');
    void recorded.op.dropTable('c');
    await recorded.finish();
    expect(tables(recorded)).toEqual(['a', 'b1', 'b2', 'c']);
  });

  it('is frozen data, made when the verb is called', async () => {
    const seen: unknown[] = [];
    const options = { name: 'before', rest: undefined };
    const recorded = withVerbs(
      definition('keep', { data: (given) => ({ given }), apply: (_, operation) => void seen.push(operation) }),
    );
    void recorded.op.dropTable('a');
    void recorded.op['keep'](options);
    options.name = 'after';
    await recorded.finish();
    expect(seen).toEqual([{ kind: 'keep', given: { name: 'before' } }]);
    expect(Object.isFrozen((seen[0] as { given: object }).given)).toBe(true);
    expect(JSON.parse(JSON.stringify(seen[0]))).toStrictEqual(seen[0]);
  });

  it('in a batch is part of it, or refused where it changes something else', async () => {
    const add = definition('add', {
      apply: (op, operation) => op.addColumn(tableOf(operation), 'x', { type: 'integer' }),
    });
    const recorded = withVerbs(add, definition('drop'));
    await recorded.op.batchAlterTable('book', async (batch) => batch['add']('book'), { schema: 's' });
    expect(recorded.applied).toMatchObject([{ kind: 'addColumn', table: 'book', schema: 's' }]);
    const refused = recorded.op.batchAlterTable('book', async (batch) => batch['drop']('book'));
    await expect(refused).rejects.toThrow("dropTable: cannot be part of batchAlterTable('book').");
  });

  it('that fails while it says what it is made of runs nothing of it, and fails the revision', async () => {
    const recorded = withVerbs(
      definition('half', {
        apply: async (op) => {
          await op.dropTable('a');
          throw new Error('no further');
        },
      }),
      definition('swallowed', { apply: (op) => op.dropTable('').catch(() => undefined) }),
    );
    await expect(recorded.op['half']('x')).rejects.toThrow('no further');
    await expect(recorded.finish()).rejects.toThrow('no further');
    expect(recorded.applied).toEqual([]);
    const other = withVerbs(definition('swallowed', { apply: (op) => op.dropTable('').catch(() => undefined) }));
    await expect(other.op['swallowed']('x')).rejects.toThrow("dropTable: the table needs a name as text, and got ''.");
  });

  it.each(['query', 'transaction', 'autocommitBlock', 'batchAlterTable'])(
    'cannot use %s, which needs a database',
    async (verb) => {
      const { op } = withVerbs(
        definition('asks', {
          apply: (inner) => (inner as unknown as Verbs)[verb]('select 1', async () => undefined),
        }),
      );
      await expect(op['asks']('x')).rejects.toMatchObject({
        code: 'MISPLACED_OPERATION',
        reason: 'insideOperation',
        message: `${verb} was called by the definition of op.asks, which has to be the same without a database. Call it in the revision.`,
      });
    },
  );

  it('cannot be made of itself', async () => {
    const call = (other: string) => ({
      apply: (op: unknown, operation: object) => (op as Verbs)[other](tableOf(operation)),
    });
    const { op } = withVerbs(definition('a', call('b')), definition('b', call('a')));
    await expect(op['a']('x')).rejects.toThrow('a: is made of itself: a > b > a.');
  });

  it.each([
    [new Date(0), "keep: got a Date as 'given'."],
    [{ deep: [1, 2n] }, "keep: got 2 as 'given.deep.1'."],
    [() => undefined, "keep: got a function as 'given'."],
    [Number.NaN, "keep: got NaN as 'given'."],
  ])('holds only what JSON holds: not %p', async (given, message) => {
    const { op } = withVerbs(definition('keep', { data: (value) => ({ given: value }) }));
    await expect(op['keep'](given)).rejects.toThrow(message);
    const bare = withVerbs(definition('bare', { data: () => 'x' }));
    await expect(bare.op['bare']()).rejects.toThrow(
      "bare: its 'data' returns 'x'. It has to be an object that JSON holds.",
    );
  });

  it('is reversed by its definition, and written by it', () => {
    const registry = new OperationRegistry([
      definition('add', {
        reverse: (operation) => [{ kind: 'plain', table: tableOf(operation) } as never],
        arguments: (operation) => [
          tableOf(operation),
          { at: new Date(0), size: 3n, sql: 'a\nb', none: undefined },
          undefined,
        ],
      }),
      definition('plain'),
    ]);
    const add = { kind: 'add', table: 'book' } as never;
    const [back] = registry.reverse(add);
    expect(back).toEqual({ kind: 'plain', table: 'book' });
    expect(() => registry.reverse(back)).toThrow("plain cannot be reversed: its definition has no 'reverse'.");
    expect(registry.reverse({ kind: 'renameTable', from: 'a', to: 'b' })).toEqual([
      { kind: 'renameTable', from: 'b', to: 'a' },
    ]);
    const doubtful = { ...back, warning: 'look here' };
    expect(renderOperations([add, doubtful], registry)).toBe(
      [
        "await op.add('book', {",
        "  at: new Date('1970-01-01T00:00:00.000Z'),",
        '  size: 3n,',
        "  sql: ['a', 'b'].join('\\n'),",
        '});',
        '// look here',
        "await op.invoke({ kind: 'plain', table: 'book' });",
        '',
      ].join('\n'),
    );
  });
});

describe('op.invoke', () => {
  it('runs operations of the tool and registered ones, bound to a batch like verbs', async () => {
    const recorded = withVerbs(definition('drop'));
    const { op } = recorded;
    await op.invoke({ kind: 'dropTable', table: 'a' });
    await op.invoke({ kind: 'drop', table: 'b' } as never);
    await op.batchAlterTable('book', (batch) => batch.invoke({ kind: 'dropColumn', table: 'book', column: 'x' }), {
      schema: 's',
    });
    expect(recorded.applied).toEqual([
      { kind: 'dropTable', table: 'a' },
      { kind: 'dropTable', table: 'b' },
      { kind: 'dropColumn', table: 'book', column: 'x', schema: 's' },
    ]);
    expect(recorded.applied.every((operation) => Object.isFrozen(operation))).toBe(true);
  });

  it.each([
    [
      { kind: 'dropTabel', table: 'a' },
      "invoke: knows no operation of the kind 'dropTabel'. Did you mean 'dropTable'?",
    ],
    [{ table: 'a' }, 'invoke: knows no operation of the kind nothing. Known are createTable, '],
    ['dropTable', "invoke: needs an operation, and got 'dropTable'."],
    [{ kind: 'execute', sql: 'x', params: [new Date(0)] }, "invoke: got a Date as 'params.0'."],
    ...(
      [
        [{ $date: 'nonsense' }, "an invalid date as '$date'"],
        [{ $date: 7 }, "an invalid date as '$date'"],
        [{ $bigint: '1.5' }, "invalid digits as '$bigint'"],
        [{ $bigint: '' }, "invalid digits as '$bigint'"],
        [{ $bytes: 'no base64!' }, "invalid base64 as '$bytes'"],
        [{ $bytes: null }, "invalid base64 as '$bytes'"],
        [{ $bytes: 'AA==', $date: '2020-01-01T00:00:00.000Z' }, "more than one value as '$bytes'"],
      ] as const
    ).flatMap(([value, problem]): [object, string][] => [
      [{ kind: 'execute', sql: 'x', params: [1, value] }, `invoke: got ${problem} in 'params.1'.`],
      [
        { kind: 'addColumn', table: 't', column: { name: 'a', type: 'string', default: value } },
        `invoke: got ${problem} in 'column.default'.`,
      ],
    ]),
  ])('refuses %p', async (operation, message) => {
    const { op, applied } = withVerbs();
    await expect(op.invoke(operation as never)).rejects.toThrow(message);
    expect(applied).toEqual([]);
  });
});

describe('the option operations', () => {
  const refusal = (...definitions: readonly unknown[]): string => {
    try {
      operationRegistry(definitions as never);
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  };

  it.each(['createTable', 'alterTableComment', 'invoke', 'dialect', 'then', 'toString'])(
    'refuses the name %s, which op has already',
    (kind) => {
      expect(refusal(definition(kind))).toContain(`registers '${kind}', which op has already. Rename it.`);
    },
  );

  it('refuses what is no definition, and a name that two have', () => {
    expect(refusal(definition('a'), definition('a'))).toContain("registers 'a' twice. Give one another name.");
    expect(refusal(undefined)).toContain("holds something without a 'kind'.");
    expect(refusal(definition('add timestamps'))).toContain(`holds "add timestamps" as a 'kind'.`);
    expect(refusal(definition('a', { apply: 'x' as never }))).toContain("has no function as 'apply' of 'a'.");
    expect(refusal(definition('a', { reverse: null as never }))).toContain("has no function as 'reverse' of 'a'.");
    expect(refusal(definition('a'))).toBe('no error');
    expect(() => operationRegistry('x' as never)).toThrow('is no list');
  });
});
