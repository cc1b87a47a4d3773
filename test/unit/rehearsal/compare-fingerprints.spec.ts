import { describe, expect, it } from '@jest/globals';
import { compareFingerprints } from '../../../libs/nest-migrate/src/rehearsal/fingerprint.js';

const fingerprint = (...lines: readonly string[]): { readonly text: string } => ({
  text: ['# mysql 9.7, format 1', ...lines, ''].join('\n'),
});

describe('two fingerprints', () => {
  it('are equal where all lines are', () => {
    const one = fingerprint('table book: ENGINE=InnoDB', 'view v: select 1');
    expect(compareFingerprints(one, { ...one })).toEqual({ verdict: 'equal', hidden: [] });
  });

  it('differ by the lines of one, of the other, and of objects that both have', () => {
    const before = fingerprint('table a: x', 'table a column `b: c`: int', 'table gone: x');
    const after = fingerprint('table a: x', 'table a column `b: c`: bigint', 'table new');
    expect(compareFingerprints(before, after)).toEqual({
      verdict: 'different',
      removed: ['table gone: x'],
      added: ['table new'],
      changed: [{ before: 'table a column `b: c`: int', after: 'table a column `b: c`: bigint' }],
      hidden: [],
    });
  });

  it('pair each line once where several objects have one name', () => {
    const before = fingerprint('table a check: check (x > 1)', 'table a check: check (x > 2)');
    const after = fingerprint('table a check: check (x > 3)');
    expect(compareFingerprints(before, after)).toEqual({
      verdict: 'different',
      removed: ['table a check: check (x > 2)'],
      added: [],
      changed: [{ before: 'table a check: check (x > 1)', after: 'table a check: check (x > 3)' }],
      hidden: [],
    });
  });

  it('do not differ by what one of the servers hides', () => {
    const all = fingerprint(
      'function f: x',
      'table a',
      'table a grant to b: SELECT',
      'table a trigger t: x',
      'view v: x',
    );
    const some = fingerprint(
      '# hidden: grants',
      '# hidden: routines',
      '# hidden: triggers',
      '# hidden: views',
      'table a',
    );
    const hidden = ['grants', 'routines', 'triggers', 'views'];
    expect(compareFingerprints(all, some)).toEqual({ verdict: 'equal', hidden });
    expect(compareFingerprints(some, all)).toEqual({ verdict: 'equal', hidden });
  });

  it('of other servers, versions or formats are not comparable', () => {
    const other = { text: '# mysql 8.4, format 1\n' };
    expect(compareFingerprints(fingerprint(), other)).toEqual({
      verdict: 'not comparable',
      servers: ['# mysql 9.7, format 1', '# mysql 8.4, format 1'],
    });
  });
});
