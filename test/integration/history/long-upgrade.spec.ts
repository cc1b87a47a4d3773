/** A long upgrade loads its later revisions while the database works. */
import { afterEach, expect, it } from '@jest/globals';
import { type RevisionFailedError } from 'nest-migrate';
import { given } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';

let at: Scenario | undefined;
afterEach(() => at?.end());

it('a later file that cannot be loaded stops it between two revisions', async () => {
  const revisions: Revisions = Object.fromEntries(
    Array.from({ length: 104 }, (_, index) => [
      `r${index}`,
      given({ index }, (op, values) => op.execute(`create table t${values.index} (n int)`)),
    ]),
  );
  at = await scenario('sqlite', { revisions });
  await at.addRevision('r102', 'r101', 'const broken = ;');
  const error: unknown = await at.migrations.upgrade().catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: 'REVISION_FAILED', cause: { code: 'REVISION_FILE_SYNTAX' } });
  expect((error as RevisionFailedError).failure).toMatchObject({ aftermath: 'untouched', rows: ['r101'] });
});
