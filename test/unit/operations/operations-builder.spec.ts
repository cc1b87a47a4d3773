import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MisplacedOperationError } from '../../../libs/nest-migrate/src/errors/operation.errors.js';
import { recorder } from './recording-sink.js';

const columns = { id: { type: 'integer' } } as const;

describe('the queue of op', () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', listen);
  });
  afterEach(() => void process.off('unhandledRejection', listen));
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

  it('runs verbs in the order of their calls, one at a time, awaited or not', async () => {
    const { op, log, finish } = recorder();
    void op.dropTable('a');
    const second = op.dropTable('b');
    void op.dropTable('c');
    await second;
    expect(log).toEqual(['start a', 'end a', 'start b', 'end b']);
    await finish();
    expect(log.slice(4)).toEqual(['start c', 'end c']);
  });

  it('waits in finish for what follows from a verb that nobody awaits', async () => {
    const { op, log, finish } = recorder();
    void (async () => {
      await op.dropTable('a');
      await op.dropTable('b');
    })();
    await finish();
    expect(log).toContain('end b');
  });

  it('runs nothing behind a failure, and fails at the end although the revision swallowed it', async () => {
    const { op, log, finish } = recorder();
    await op.dropTable('a');
    await op.dropTable('broken').catch(() => undefined);
    await expect(op.dropTable('c')).rejects.toThrow('broken');
    await expect(finish()).rejects.toThrow('broken');
    expect(log).toEqual(['start a', 'end a', 'start broken']);
  });

  it('tells the first failure, also of verbs that nobody awaits, and leaves no rejection unhandled', async () => {
    const { op, finish } = recorder();
    void op.dropTable('broken');
    void op.addColumn('t', 'c', { type: 'integer', columnType: 'int' });
    void op.query('select 1');
    await expect(finish()).rejects.toThrow('broken');
    await settled();
    expect(unhandled).toEqual([]);
  });

  it('runs what was called before a verb with wrong arguments, and nothing after it', async () => {
    const { op, log, finish } = recorder();
    void op.dropTable('a');
    void op.createTable('b', { columns: {} });
    void op.dropTable('c');
    await expect(finish()).rejects.toThrow("createTable: table 'b' has no columns.");
    expect(log).toEqual(['start a', 'end a']);
  });

  it('reads arguments when a verb is called', async () => {
    const { op, applied, finish } = recorder();
    const options = { columns: { id: { type: 'integer' as 'integer' | 'text' } } };
    void op.dropTable('a');
    void op.createTable('t', options);
    options.columns.id.type = 'text';
    await finish();
    expect(applied[1]).toMatchObject({ columns: [{ name: 'id', type: 'integer' }] });
  });

  it('refuses verbs after the end, where nobody could be told', async () => {
    const { op, finish } = recorder();
    await finish();
    await expect(op.dropTable('a')).rejects.toMatchObject({ code: 'MISPLACED_OPERATION', reason: 'afterRevision' });
  });

  it('answers the rows of a query, with its parameters as JSON', async () => {
    const { op, finish } = recorder();
    expect(await op.query('select ?', [5n])).toEqual([{ sql: 'select ?', params: [{ $bigint: '5' }] }]);
    await finish();
  });

  it('can be taken apart, and tells about the run', async () => {
    const { op, applied, finish } = recorder();
    // eslint-disable-next-line @typescript-eslint/unbound-method -- that it needs no `this` is what is tested
    const { createTable } = op;
    await createTable('t', { columns });
    expect(applied).toHaveLength(1);
    expect([op.dialect, op.offline, op.connection, op.xArguments, op.tag]).toEqual([
      'postgres',
      false,
      'default',
      { a: '1' },
      't',
    ]);
    expect(Object.isFrozen(op)).toBe(true);
    await finish();
  });
});

describe('blocks', () => {
  it('hand out an op of their own, whose verbs run within the block', async () => {
    const { op, log, finish } = recorder();
    void op.dropTable('a');
    void op.autocommitBlock(async (inner) => {
      void inner.dropTable('b');
    });
    void op.dropTable('c');
    await finish();
    expect(log.filter((line) => !line.startsWith('start'))).toEqual([
      'end a',
      'leave transaction',
      'end b',
      'enter transaction',
      'end c',
    ]);
  });

  it('refuse the outer op at once, instead of waiting for themselves for ever', async () => {
    const { op, finish } = recorder();
    const block = op.autocommitBlock(async () => {
      await op.dropTable('a');
    });
    await expect(block).rejects.toBeInstanceOf(MisplacedOperationError);
    await expect(block).rejects.toMatchObject({ reason: 'insideBlock', operation: 'dropTable' });
    await expect(finish()).rejects.toThrow('Use the op that the block receives.');
  });

  it('fail although nobody awaits the outer op within them', async () => {
    const { op, log, finish } = recorder();
    void op.autocommitBlock(async (inner) => {
      void op.dropTable('a');
      void inner.dropTable('b');
    });
    await expect(finish()).rejects.toMatchObject({ code: 'MISPLACED_OPERATION' });
    expect(log).toEqual(['leave transaction']);
  });

  it('end their op with themselves', async () => {
    const { op, finish } = recorder();
    let kept: typeof op | undefined;
    await op.autocommitBlock(async (inner) => {
      kept = inner;
    });
    await expect(kept!.dropTable('a')).rejects.toMatchObject({ reason: 'afterBlock' });
    await expect(finish()).rejects.toMatchObject({ reason: 'afterBlock' });
  });

  it('fail with the first failure within them, swallowed or not', async () => {
    const { op, finish } = recorder();
    const block = op.autocommitBlock(async (inner) => {
      await inner.dropTable('broken').catch(() => undefined);
      throw new Error('later');
    });
    await expect(block).rejects.toThrow('broken');
    await expect(finish()).rejects.toThrow('broken');
  });

  it('nest', async () => {
    const { op, log, finish } = recorder();
    await op.autocommitBlock((outer) => outer.batchAlterTable('t', (inner) => inner.dropColumn('t', 'c')));
    await finish();
    expect(log).toContain('end t');
  });
});

describe('op.transaction', () => {
  it('hands its data on and refuses verbs meanwhile', async () => {
    const { op, log, finish } = recorder();
    let received = '';
    await op.transaction(async (data) => {
      received = data;
    });
    expect([received, log]).toEqual(['data', ['begin', 'commit']]);
    const work = op.transaction(async () => {
      await op.execute('select 1');
    });
    await expect(work).rejects.toMatchObject({ reason: 'insideTransaction', operation: 'execute' });
    await expect(finish()).rejects.toMatchObject({ reason: 'insideTransaction' });
  });

  it('wants a function', async () => {
    const { op, finish } = recorder();
    await expect(op.transaction('x' as never)).rejects.toThrow("transaction: needs a function, and got 'x'.");
    await expect(finish()).rejects.toMatchObject({ code: 'INVALID_OPERATION' });
  });
});

describe('op.batchAlterTable', () => {
  it('binds its verbs to the table, its schema and what is known of its columns', async () => {
    const { op, applied, finish } = recorder();
    await op.batchAlterTable(
      't',
      async (batch) => {
        await batch.renameColumn('t', 'a', 'b');
        await batch.alterColumn('t', 'b', { nullable: true });
        await batch.alterColumn('t', 'b', { comment: 'x' });
      },
      { schema: 's', existing: { columns: { a: { type: 'string', length: 5 } } } },
    );
    await finish();
    expect(applied).toEqual([
      { kind: 'renameColumn', schema: 's', table: 't', from: 'a', to: 'b' },
      {
        kind: 'alterColumn',
        schema: 's',
        table: 't',
        column: 'b',
        change: { nullable: true },
        existing: { type: 'string', length: 5 },
      },
      {
        kind: 'alterColumn',
        schema: 's',
        table: 't',
        column: 'b',
        change: { comment: 'x' },
        existing: { type: 'string', length: 5, nullable: true },
      },
    ]);
  });

  it('refuses another table, and what alters none', async () => {
    const first = recorder();
    await expect(first.op.batchAlterTable('t', (batch) => batch.dropColumn('u', 'c'))).rejects.toThrow(
      "dropColumn: names table 'u' within batchAlterTable('t').",
    );
    const second = recorder();
    await expect(second.op.batchAlterTable('t', (batch) => batch.execute('select 1'))).rejects.toThrow(
      "execute: cannot be part of batchAlterTable('t').",
    );
  });
});
