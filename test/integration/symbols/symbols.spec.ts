/** Every form of a symbol with every command that takes one, over one graph. PGlite: no engine sees a symbol. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, type RevisionInfo } from 'nest-migrate';
import { type Scenario, scenario } from '../../support/scenario.js';

/**
 *     base0 ─┬─ aaaa1 [left] ── aaaa2 ─┬─ mrg01
 *            └─ bbbb1 [right] ─ bbbb2 ─┘
 *                 ▲ depends on
 *     ind01 [indep] ── ind02
 */
const revisions = {
  base0: { down: null },
  aaaa1: { down: 'base0', labels: 'left' },
  aaaa2: { down: 'aaaa1' },
  bbbb1: { down: 'base0', labels: 'right' },
  bbbb2: { down: 'bbbb1' },
  mrg01: { down: ['aaaa2', 'bbbb2'] },
  ind01: { down: null, labels: 'indep' },
  ind02: { down: 'ind01', dependsOn: 'bbbb1' },
};

let shop: Scenario;
beforeAll(async () => {
  shop = await scenario('pglite', { revisions });
});
afterAll(() => shop.end());

/** Ids with blanks between, or what the error says. */
type Answer = string | RegExp;

async function expectAnswer(work: () => Promise<readonly (string | null)[]>, answer: Answer): Promise<void> {
  if (typeof answer === 'string') expect((await work()).join(' ')).toBe(answer);
  else await expect(work()).rejects.toThrow(answer);
}

async function standAt(rows: string): Promise<void> {
  await shop.migrations.stamp({ revisions: rows === '' ? 'base' : rows.split(' '), purge: true });
}

const severalHeads = /^Multiple head.*'ind02' \(indep, .*'mrg01' \(left, right, .*as in indep@head/;
const ambiguous = /^Can't locate revision identified by 'aa': 'aaaa1' and 'aaaa2' start with it\./;
const offBranch = /^Can't locate revision identified by 'bbbb1' on branch 'left': it belongs to another branch\./;
const noWay = (symbol: string, steps: string): RegExp =>
  new RegExp(
    `^Relative revision ${steps.replace('+', '\\+')} didn't produce ${steps.slice(1)} migrations\\. Count.*'${symbol.replace('+', '\\+')}'`,
  );

/** What is refused by every command, whatever the database holds. */
const refused: [symbol: string, answer: RegExp][] = [
  ['nosuch', /^Can't locate revision identified by 'nosuch': no revision and no branch has that name\. Look/],
  ['aaab1', /^Can't locate revision identified by 'aaab1'.* Did you mean 'aaaa1'\?$/],
  ['aa', ambiguous],
  ['left@aa', ambiguous],
  ['left@bbbb1', offBranch],
  ['left@right', offBranch],
  ['left@nosuch', /^Can't locate revision identified by 'nosuch'/],
  ['nosuch@head', /^Can't locate revision identified by 'nosuch'.* The branch labels are left, right, indep\.$/],
  ['nosuch@base', /^Can't locate revision identified by 'nosuch'.* The branch labels are left, right, indep\.$/],
  ['heads@left', /^Can't locate revision identified by 'heads'.* The branch comes first: left@heads\.$/],
  ['left@x@head', /^Can't locate revision identified by 'x@head'.* Write a single @/],
  ['left@', /^Can't locate revision identified by ''.* Write a revision after the @/],
  ['', /^Can't locate revision identified by ''.* It is empty: is a variable not set\?$/],
  ['HEAD', /^Can't locate revision identified by 'HEAD'.* Did you mean 'head'\?$/],
  ['+1x', /^Can't locate revision identified by '\+1x'/],
  ['+0', /^Relative revision \+0 didn't produce 0 migrations/],
  ['current+1', /^Can't locate revision identified by 'current'/],
  ['aaaa2-9', /^Walked too far: 'aaaa2-9' leads past the last revision/],
  ['base0+1', /^Ambiguous walk: after 'base0' come 'aaaa1' and 'bbbb1'\..*left@\+1 or right@\+1\.$/],
  ['mrg01-1', /^Ambiguous walk: 'mrg01' merges 'aaaa2' and 'bbbb2'\./],
  ['head-1', severalHeads],
];

describe('refused everywhere, and nothing has changed', () => {
  beforeEach(() => standAt('aaaa1'));
  it.each(refused)('%j', async (revision, answer) => {
    const { migrations } = shop;
    await expect(migrations.upgrade({ target: revision })).rejects.toThrow(answer);
    await expect(migrations.downgrade({ target: revision })).rejects.toThrow(answer);
    await expect(migrations.stamp({ revisions: revision })).rejects.toThrow(answer);
    await expect(migrations.stamp({ revisions: revision, purge: true })).rejects.toThrow(answer);
    await expect(migrations.show({ revision })).rejects.toThrow(answer);
    await expect(migrations.revision({ head: revision, splice: true })).rejects.toThrow(answer);
    await expect(migrations.revision({ head: 'mrg01', dependsOn: revision })).rejects.toThrow(answer);
    await expect(migrations.merge({ revisions: [revision, 'ind02'], splice: true })).rejects.toThrow(answer);
    if (revision !== '') await expect(migrations.history({ range: `${revision}:` })).rejects.toThrow(answer);
    expect((await migrations.current()).rows).toEqual(['aaaa1']);
    expect(await migrations.history()).toHaveLength(Object.keys(revisions).length);
  });
});

describe('upgrade', () => {
  it.each<[from: string, target: string, answer: Answer]>([
    ['', 'head', severalHeads],
    ['', 'heads', 'base0 bbbb1 bbbb2 aaaa1 aaaa2 mrg01 ind01 ind02'],
    ['aaaa1', 'left@head', 'bbbb1 bbbb2 aaaa2 mrg01'],
    ['aaaa1', 'left@heads', 'bbbb1 bbbb2 aaaa2 mrg01'],
    ['aaaa1', 'ind01@head', 'bbbb1 ind01 ind02'],
    ['', 'aaaa2', 'base0 aaaa1 aaaa2'],
    ['', 'ind02', 'base0 bbbb1 ind01 ind02'],
    ['', 'left', 'base0 aaaa1'],
    ['', 'le', 'base0 aaaa1'],
    ['aaaa1', 'left@aaaa2', 'aaaa2'],
    ['aaaa1', 'base', ''],
    ['aaaa1', 'left@base', ''],
    ['aaaa1', 'base0', ''],
    ['aaaa1', '+1', 'aaaa2'],
    ['aaaa1', '+2', 'bbbb1 bbbb2 aaaa2 mrg01'],
    ['aaaa1', '+9', noWay('+9', '+9')],
    ['', '+1', /^Ambiguous walk: after 'base' come 'base0' and 'ind01'\..*base0@\+1 or indep@\+1\.$/],
    ['aaaa2 bbbb1 ind01', '+2', /^Ambiguous upgrade from multiple current .*left@\+2 or right@\+2 or indep@\+2,/],
    [
      'aaaa1',
      '-1',
      /^Relative revision -1 didn't produce 1 migrations\. An upgrade never goes down: db downgrade -1 does\.$/,
    ],
    ['aaaa1', 'left@-1', /An upgrade never goes down: db downgrade left@-1 does\.$/],
    ['', 'left@+1', 'base0'],
    ['aaaa1', 'right@+1', 'bbbb1'],
    ['aaaa1', 'indep@+1', 'ind01'],
    ['aaaa2 bbbb1', 'left@+1', 'bbbb2 mrg01'],
    ['aaaa1', 'left@+9', noWay('left@+9', '+9')],
    ['aaaa1', 'aaaa1+1', 'aaaa2'],
    ['', 'aaaa2-1', 'base0 aaaa1'],
    ['', 'left+1', 'base0 aaaa1 aaaa2'],
    ['', 'left@base+1', 'base0'],
    ['aaaa1', 'indep@head-1', 'ind01'],
    ['aaaa1', 'aaaa2+9', /^Walked too far/],
    ['aaaa1', 'current', /^Can't locate.*To count from where the database is, write \+1\.$/],
    ['aaaa1', 'aaaa1:aaaa2', /^Range revision not allowed: 'aaaa1:aaaa2'\..*--sql/],
  ])('from %j to %j', async (from, target, answer) => {
    await standAt(from);
    await expectAnswer(
      async () => (await shop.migrations.upgrade({ target })).steps.map(({ revision }) => revision),
      answer,
    );
  });
});

describe('downgrade', () => {
  it.each<[from: string, target: string, answer: Answer]>([
    ['aaaa1', 'head', /^Multiple head.*Name the one revision to go back to, as in indep@head\.$/],
    ['aaaa1', 'heads', /^Multiple head.*Name the one revision to go back to/],
    ['mrg01', 'left@head', ''],
    ['aaaa1', 'left@head', /^Destination left@mrg01 is not a valid downgrade target from current head\(s\) 'aaaa1'/],
    ['aaaa2 bbbb1 ind01', 'base', 'aaaa2 aaaa1 bbbb1 base0 ind01'],
    ['aaaa2 bbbb1 ind01', 'indep@base', 'ind01'],
    ['aaaa1', 'indep@base', ''],
    ['aaaa1', 'left@base', 'aaaa1 base0'],
    ['mrg01', 'left@base', /^'left@base' would also undo .*left@base0/],
    ['mrg01', 'left@base0', 'mrg01 aaaa2 aaaa1'],
    ['mrg01', 'aaaa1', 'mrg01 aaaa2'],
    ['aaaa2 bbbb1', 'left', 'aaaa2'],
    ['mrg01', 'base0', 'mrg01 aaaa2 aaaa1 bbbb2 bbbb1'],
    ['aaaa1', 'aaaa1', ''],
    ['aaaa1', 'aaaa2', /^Destination aaaa2 is not a valid downgrade target/],
    ['aaaa1', 'ind01', /^Destination ind01 is not a valid downgrade target/],
    ['aaaa1', '-1', 'aaaa1'],
    ['aaaa1', '-2', 'aaaa1 base0'],
    ['aaaa1', '-9', noWay('-9', '-9')],
    ['', '-1', noWay('-1', '-1')],
    ['mrg01', '-1', 'mrg01'],
    ['mrg01', 'left@-1', 'mrg01'],
    ['mrg01', '-2', /^Ambiguous walk: 'mrg01' merges 'aaaa2' and 'bbbb2'\./],
    ['aaaa2 bbbb1 ind01', '-1', /^Ambiguous downgrade from multiple current .*left@-1 or right@-1 or indep@-1,/],
    ['aaaa2 bbbb1 ind01', 'right@-1', 'bbbb1'],
    ['aaaa2 bbbb1 ind01', 'indep@-1', 'ind01'],
    ['aaaa1', 'indep@-1', noWay('indep@-1', '-1')],
    ['aaaa1', '+1', /A downgrade never goes up: db upgrade \+1 does\.$/],
    ['aaaa1', 'left@+1', /A downgrade never goes up: db upgrade left@\+1 does\.$/],
    ['mrg01', 'aaaa1+1', 'mrg01'],
    ['mrg01', 'aaaa2-1', 'mrg01 aaaa2'],
    ['aaaa2 bbbb1', 'left@base+1', 'aaaa2 aaaa1'],
    ['aaaa1', 'current', /^Can't locate.*To count from where the database is, write -1\.$/],
    ['aaaa1', 'aaaa1:base', /^Range revision not allowed/],
  ])('from %j to %j', async (from, target, answer) => {
    await standAt(from);
    await expectAnswer(
      async () => (await shop.migrations.downgrade({ target })).steps.map(({ revision }) => revision),
      answer,
    );
  });
});

describe('stamp', () => {
  it.each<[from: string, symbols: string, answer: Answer]>([
    ['', 'head', /^Multiple heads are present.*'ind02' \(indep, .*as in indep@head/],
    ['aaaa1', 'heads', 'ind02 mrg01'],
    ['aaaa1', 'left@head', 'mrg01'],
    ['aaaa2 bbbb1 ind01', 'base', ''],
    ['aaaa2 bbbb1 ind01', 'left@base', 'bbbb1 ind01'],
    ['aaaa2 bbbb1', 'aaaa1', 'aaaa1 bbbb1'],
    ['aaaa1', 'left@aaaa2', 'aaaa2'],
    ['', 'aaaa2 right indep', 'aaaa2 bbbb1 ind01'],
    ['', 'aaaa1 aaaa2', /overlaps with other requested revisions aaaa1/],
    ['aaaa1', 'aaaa1+1', 'aaaa2'],
    ['aaaa1', 'left@aaaa2-1', 'aaaa1'],
    // below the heads stands what never ran
    ['aaaa1', 'indep@-1', noWay('indep@-1', '-1')],
    ['aaaa1', 'ind02@-1', noWay('ind02@-1', '-1')],
    ['aaaa2 ind02', 'indep@-1', 'aaaa2 bbbb1 ind01'],
    ['aaaa2 bbbb1 ind01', 'indep@-1', 'aaaa2 bbbb1'],
    ['aaaa2 bbbb1 ind01', 'indep@-2', noWay('indep@-2', '-2')],
    ['aaaa2 bbbb1 ind01', '-1', /^Ambiguous stamp from multiple current .*left@-1 or right@-1 or indep@-1,/],
    ['aaaa1', '-1', 'base0'],
    ['aaaa1', '-2', ''],
    ['mrg01', '-1', 'aaaa2 bbbb2'],
    ['aaaa1', '-1 indep', /'-1' counts from where the database is: write it alone/],
    ['aaaa1', '+1', /^Can't locate revision identified by '\+1'.*for db upgrade \+1; here, name the revision\.$/],
    ['aaaa1', 'current', /^Can't locate.*The version table says that already\.$/],
    ['aaaa1', 'aaaa1:aaaa2', /^Range revision not allowed/],
  ])('at %j as %j', async (from, symbols, answer) => {
    await standAt(from);
    const revisionList = symbols.split(' ');
    await expectAnswer(async () => (await shop.migrations.stamp({ revisions: revisionList })).rows, answer);
  });
});

describe('show, with the database at aaaa1', () => {
  beforeAll(() => standAt('aaaa1'));
  it.each<[symbol: string, answer: Answer]>([
    ['head', severalHeads],
    ['heads', 'ind02 mrg01'],
    ['base', ''],
    ['left@base', ''],
    ['current', 'aaaa1'],
    ['left', 'aaaa1'],
    ['b0', /^Can't locate/],
    ['bbbb2', 'bbbb2'],
    ['left@head', 'mrg01'],
    ['aaaa1@head', 'mrg01'],
    ['indep@ind01', 'ind01'],
    ['indep@-1', 'ind01'],
    ['ind02@-1', 'ind01'],
    ['indep@-2', ''],
    ['indep@-3', noWay('indep@-3', '-3')],
    ['aaaa1+1', 'aaaa2'],
    ['left+1', 'aaaa2'],
    ['right@base0+1', 'bbbb1'],
    ['indep@head-1', 'ind01'],
    ['+1', /^Can't locate revision identified by '\+1'.*for db upgrade \+1; here, name the revision\.$/],
    ['left@+1', /for db upgrade left@\+1; here/],
    ['aaaa1:aaaa2', /^Range revision not allowed: 'aaaa1:aaaa2'\. db history -r lists a range\.$/],
  ])('%j', async (revision, answer) => {
    await expectAnswer(async () => (await shop.migrations.show({ revision })).map((info) => info.revision), answer);
  });
});

describe('history', () => {
  it.each<[rows: string, range: string, answer: Answer]>([
    ['', ':', 'ind02 ind01 mrg01 aaaa2 aaaa1 bbbb2 bbbb1 base0'],
    ['', 'base:heads', 'ind02 ind01 mrg01 aaaa2 aaaa1 bbbb2 bbbb1 base0'],
    ['', 'aaaa1:', 'mrg01 aaaa2 aaaa1'],
    ['', ':left', 'aaaa1 base0'],
    ['', 'aaaa1:left@head', 'mrg01 aaaa2 aaaa1'],
    ['', 'left@base:', 'mrg01 aaaa2 aaaa1 bbbb2 bbbb1 base0'],
    ['', 'aaaa1:+1', 'aaaa2 aaaa1'],
    ['', 'aaaa1:+9', 'mrg01 aaaa2 aaaa1'],
    ['', 'aaaa1:aaaa1+1', 'aaaa2 aaaa1'],
    ['', 'aaaa2-1:aaaa2', 'aaaa2 aaaa1'],
    ['', 'indep@-1:', 'ind02 ind01'],
    ['', ':indep@head-1', 'ind01'],
    ['', 'aaaa1:bbbb2', /^Requested range aaaa1:bbbb2 does not refer to ancestor\/descendant revisions/],
    ['', '+1:', /^Can't locate revision identified by '\+1'.*<revision>:\+1\.$/],
    ['', ':-1', /^Relative revision -1.*count from a revision: head-1\.$/],
    ['', 'aaaa1', /^History range requires .*db show aaaa1; from it to the heads is aaaa1:$/],
    ['', 'a:b:c', /^History range requires/],
    ['aaaa2', 'current:', 'mrg01 aaaa2'],
    ['aaaa2', ':current', 'aaaa2 aaaa1 base0'],
    ['aaaa2', '-1:current', 'aaaa2 aaaa1'],
    ['aaaa2', '-9:current', 'aaaa2 aaaa1 base0'],
    ['aaaa2', 'current:current', 'aaaa2'],
    ['aaaa2', 'current:+1', 'mrg01 aaaa2'],
    ['aaaa2 ind01', 'current:current', 'aaaa2 ind01'],
    ['', ':current', ''],
    ['', 'current:', 'ind02 ind01 mrg01 aaaa2 aaaa1 bbbb2 bbbb1 base0'],
  ])('at %j of %j', async (rows, range, answer) => {
    await standAt(rows);
    await expectAnswer(async () => (await shop.migrations.history({ range })).map(({ revision }) => revision), answer);
  });

  it.each([
    ['-1:current', ['aaaa2', 'aaaa1']],
    ['-2:current', ['aaaa2', 'aaaa1', 'base0']],
    ['-9:current', ['aaaa2', 'aaaa1', 'base0', 'ind01']],
  ])('at %s of several rows counts from the first, and says so', async (range, ids) => {
    await standAt('aaaa2 ind01');
    const warnings: string[] = [];
    const onEvent = (event: MigrationEvent): void => {
      if (event.type === 'warning') warnings.push(event.message);
    };
    const listed = await shop.migrations.history({ range, onEvent });
    expect(listed.map(({ revision }) => revision).sort()).toEqual([...ids].sort());
    const [steps] = range.split(':');
    expect(warnings).toEqual([
      `history ${range} is ambiguous: it counts from 'aaaa2' and not from 'ind01'. ` +
        `Name the revision to count from, as in aaaa2${steps}:current.`,
    ]);
  });
});

describe('what a new revision follows and depends on', () => {
  async function placed(work: Promise<{ readonly created: readonly RevisionInfo[] }>): Promise<RevisionInfo> {
    const [info] = (await work).created;
    await rm(info.path);
    return info;
  }

  it.each<[head: string, answer: Answer]>([
    ['head', /^Multiple heads are present.*--head indep@head/],
    ['heads', 'ind02 mrg01'],
    ['base', ''],
    ['left@head', 'mrg01'],
    ['right', 'bbbb1'],
    ['aaaa1+1', 'aaaa2'],
    ['indep@-1', 'ind01'],
    ['indep@-2', /^Walked too far: 'indep@-2'/],
    ['ind02-2', /^Walked too far: 'ind02-2'/],
    ['+1', /for db upgrade \+1; here, name the revision/],
    ['current', /db current tells which revision that is/],
  ])('--head %s', async (head, answer) => {
    const options = { head, splice: true };
    await expectAnswer(async () => (await placed(shop.migrations.revision(options))).downRevision, answer);
  });

  it('follows a revision that has followers only with --splice', async () => {
    await expect(shop.migrations.revision({ head: 'aaaa1+1' })).rejects.toThrow(
      /^Revision aaaa2 is not a head revision/,
    );
  });

  it.each<[dependsOn: string, answer: Answer]>([
    ['left', 'left'],
    ['le', 'aaaa1'],
    ['heads', 'ind02 mrg01'],
    ['indep@head', 'ind02'],
    ['aaaa1+1', 'aaaa2'],
    ['base', /^Walked too far/],
  ])('--depends-on %s', async (dependsOn, answer) => {
    const options = { head: 'base', dependsOn };
    await expectAnswer(async () => (await placed(shop.migrations.revision(options))).dependsOn, answer);
  });

  it.each<[symbols: string, answer: Answer]>([
    ['heads', 'ind02 mrg01'],
    ['left@head indep@head', 'mrg01 ind02'],
    ['aaaa2-1 indep', 'aaaa1 ind01'],
    ['base ind02', /^There is nothing to merge 'ind02' with/],
    ['left@head', /^There is nothing to merge 'mrg01' with/],
    ['heads ind02', /^Duplicate head revisions specified/],
  ])('merge %s', async (symbols, answer) => {
    const options = { revisions: symbols.split(' '), splice: true };
    await expectAnswer(async () => (await placed(shop.migrations.merge(options))).downRevision, answer);
  });
});
