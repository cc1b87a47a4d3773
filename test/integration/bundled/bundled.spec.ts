/** Revisions that the options hand over, without a file: what rehearses and what drops works with them too. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type BundledRevision, type Operations } from 'nest-migrate';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

function bundled(revision: string, downRevision: string | null, upgrade: string, downgrade: string): BundledRevision {
  const run = (sql: string) => (op: Operations) => op.execute(sql);
  const head = { revision, downRevision, branchLabels: null, dependsOn: null, message: '', createDate: null };
  const module = { ...head, upgrade: run(upgrade), downgrade: run(downgrade) };
  return { file: `versions/${revision}.ts`, digest: `digest of ${revision}`, program: null, module };
}

describe('revisions of a bundle', () => {
  it('are verified, planned, shown, applied and applied again to a fresh database', async () => {
    const revisions = [
      bundled('aaaa', null, 'create table book (id integer)', 'drop table book'),
      bundled('bbbb', 'aaaa', 'alter table book add column title text', 'alter table book drop column title'),
    ];
    const at = await scenario('sqlite', { module: { directory: '/nowhere/migrations', revisions } });
    running.push(at);
    const { migrations } = at;
    expect((await migrations.verify()).revisions.map(({ outcome }) => outcome)).toEqual(['verified', 'verified']);
    expect((await migrations.plan()).revisions.map(({ revision }) => revision)).toEqual(['aaaa', 'bbbb']);
    expect(await migrations.upgrade({ sql: true })).toMatchObject({ sql: expect.stringContaining('add column title') });
    expect((await migrations.upgrade()).rows).toEqual(['bbbb']);
    expect((await migrations.show({ revision: 'bbbb' }))[0].path).toBe(join('/nowhere/migrations/versions/bbbb.ts'));
    expect((await migrations.repair()).altered).toEqual([]);
    expect(await migrations.fresh()).toMatchObject({ rows: ['bbbb'], dropped: ['table book'] });
    expect((await migrations.downgrade({ target: 'base' })).rows).toEqual([]);
    await expect(migrations.revision()).rejects.toMatchObject({ code: 'REVISIONS_BUNDLED' });
  });

  it('are refused where the list is another one', async () => {
    const module = { directory: '/nowhere', revisions: [{ revision: 'aaaa' }] as never };
    await expect(scenario('sqlite', { module }).then((at) => at.migrations.heads())).rejects.toThrow(
      /'revisions' of MigrationModule is no list of bundled revisions/,
    );
  });
});
