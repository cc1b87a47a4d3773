import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationError } from 'nest-migrate';
import { type Revisions, scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** Values that cannot be made a text, or not be looked at. */
const strange = {
  'an object without a prototype': 'Object.create(null)',
  'an error whose message is a getter that throws':
    "Object.defineProperty(new Error(), 'message', { get() { throw new Error('looked at'); } })",
  'a proxy that was taken back':
    '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()',
};

describe.each(enginesByDialect('thrown'))('a revision on %s that throws', (engine) => {
  it('anything at all is named in the failure, and its upgrade can be run again', async () => {
    const revisions: Revisions = {
      aaaa: async (op) => {
        const { mode } = op.xArguments;
        if (mode !== undefined) throw eval(mode);
      },
    };
    const at = await scenario(engine, { revisions });
    ending.push(() => at.end());
    for (const [what, mode] of Object.entries(strange)) {
      const failed = at.migrations.upgrade({ xArguments: { mode } });
      const error = await failed.then(
        () => undefined,
        (reason: unknown) => reason as MigrationError,
      );
      expect([what, error?.code]).toEqual([what, 'REVISION_FAILED']);
      expect(error?.message).toContain('The upgrade of aaaa (revision aaaa) failed: ');
      expect(error?.message).not.toContain('primitive value');
    }
    expect((await at.migrations.upgrade()).rows).toEqual(['aaaa']);
  });
});
