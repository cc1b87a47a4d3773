import { afterEach, describe, expect, it } from '@jest/globals';
import { IrreversibleRevisionError } from 'nest-migrate';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

describe.each(enginesByDialect('irreversible'))('a revision that cannot be undone, on %s', (engine) => {
  it('is applied without a downgrade, shown with its reason, and stops a downgrade before anything runs', async () => {
    const at = await scenario(engine, {
      revisions: {
        aaa1: {
          upgrade: (op) => op.createTable('one', { columns: { id: { type: 'integer' } } }),
          downgrade: (op) => op.dropTable('one'),
        },
        bbb2: {
          upgrade: (op) => op.createTable('two', { columns: { id: { type: 'integer' } } }),
          downgrade: null,
          constants: { irreversible: 'the old prices are gone' },
        },
        ccc3: {
          upgrade: (op) => op.createTable('three', { columns: { id: { type: 'integer' } } }),
          downgrade: (op) => op.dropTable('three'),
        },
      },
    });
    running.push(at);
    const { migrations } = at;
    expect((await migrations.upgrade()).rows).toEqual(['ccc3']);
    expect(await migrations.show({ revision: 'bbb2' })).toMatchObject([{ irreversible: 'the old prices are gone' }]);

    const refusal = { code: 'IRREVERSIBLE_REVISION', revision: 'bbb2', reason: 'the old prices are gone' };
    for (const target of ['base', 'aaa1', '-2']) {
      const error: unknown = await migrations.downgrade({ target }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(IrreversibleRevisionError);
      expect(error).toMatchObject(refusal);
    }
    // nothing above it was undone on the way
    expect((await migrations.current()).rows).toEqual(['ccc3']);
    await expect(migrations.downgrade({ target: 'ccc3:aaa1', sql: true })).rejects.toMatchObject(refusal);

    expect((await migrations.downgrade()).rows).toEqual(['bbb2']);
    await expect(migrations.downgrade()).rejects.toMatchObject(refusal);
    // to say where the database stands undoes nothing
    expect((await migrations.stamp({ revisions: 'aaa1' })).rows).toEqual(['aaa1']);
  });
});
