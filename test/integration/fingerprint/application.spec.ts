import { afterEach, describe, expect, it } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { readFingerprint } from '../../../libs/nest-migrate/src/commands/read-fingerprint.ts';
import { rehearse } from '../../../libs/nest-migrate/src/commands/rehearse.ts';
import { contextOf, scratchOption } from '../../support/rehearsals.ts';
import { type Revisions, type Scenario, scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: Scenario[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!.end();
});

const Author = defineEntity({ name: 'Author', properties: { id: p.integer().primary(), name: p.string().length(40) } });

const revisions: Revisions = {
  aaaa: (op) =>
    op.createTable('author', {
      columns: {
        id: { type: 'integer', primary: true, autoincrement: true },
        name: { type: 'string', length: 40 },
      },
    }),
  bbbb: {
    upgrade: (op) => op.addColumn('author', 'born', { type: 'integer', nullable: true }),
    downgrade: (op) => op.dropColumn('author', 'born'),
  },
};

describe.each(enginesByDialect('application'))('the fingerprint of an application on %s', (engine) => {
  const start = async (): Promise<Scenario> => {
    ending.push(await scenario(engine, { revisions, entities: [Author] }));
    return ending.at(-1)!;
  };

  it('follows what revisions do to its own tables, and not the tables of the tool', async () => {
    const { migrations } = await start();
    await migrations.upgrade({ target: 'aaaa' });
    const first = await migrations.fingerprint();
    await migrations.upgrade({ target: 'bbbb' });
    const second = await migrations.fingerprint();
    await migrations.downgrade({ target: 'aaaa' });
    expect(second.hash).not.toBe(first.hash);
    expect(second.text).toMatch(/^table (?:public\.)?author column born: int/m);
    expect(await migrations.fingerprint()).toEqual(first);
    expect(second.text).not.toContain('nest_migrate');
  });

  it('is that of a scratch database at the same revisions', async () => {
    const made = await start();
    await made.migrations.upgrade();
    const scratch = scratchOption(engine);
    const rehearsed = await rehearse(contextOf(made, { scratch }), { at: ['bbbb'] }, readFingerprint);
    expect(rehearsed).toEqual(await made.migrations.fingerprint());
  });
});
