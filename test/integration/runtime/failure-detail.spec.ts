/** What the server says beside its message is part of what a failed revision says: which key, which row. */
import { describe, expect, it } from '@jest/globals';
import { type RevisionCode } from '../../support/revision-file.ts';
import { type Scenario, scenario } from '../../support/scenario.ts';

/** Rows of which two have one email, and a parent that is not there. */
const thing: RevisionCode = async (op) => {
  await op.execute('create table thing (id int primary key, email text, parent int)');
  await op.bulkInsert('thing', [
    { id: 1, email: 'a@b.c', parent: 7 },
    { id: 2, email: 'a@b.c', parent: 7 },
  ]);
};

describe.each(['postgres', 'pglite'] as const)('the failure of a revision on %s', (engine) => {
  it.each<[string, RevisionCode, string]>([
    [
      'the key that is there twice',
      (op) => op.createUniqueConstraint('thing', 'email', { name: 'own' }),
      'could not create unique index "own" (Key (email)=(a@b.c) is duplicated).',
    ],
    [
      'the key that refers to nothing',
      (op) => op.createForeignKey('thing', 'parent', 'thing', 'id', { name: 'own' }),
      '(Key (parent)=(7) is not present in table "thing").',
    ],
  ])('names %s', async (_what, upgrade, said) => {
    let at: Scenario | undefined;
    try {
      at = await scenario(engine, { revisions: { aaaa: thing, bbbb: upgrade } });
      await expect(at.migrations.upgrade()).rejects.toThrow(said);
    } finally {
      await at?.end();
    }
  });
});
