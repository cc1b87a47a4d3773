import { type Finding } from '../../commands/finding.js';
import { type VerifiedRevision, type VerifyResult } from '../../commands/verify.js';
import { endless, type Page, type Style } from '../palette.js';
import { inColumns } from './column-layout.js';
import { type StyledLine, written } from './styled-line.js';

/** What `verify` has done, a line a revision, and below it what it has found, a block a finding. */
export function verifiedLines({ revisions, findings }: VerifyResult, page: Page, base?: string): readonly string[] {
  if (revisions.length === 0) {
    const why = base === undefined ? 'every revision is applied' : `${base} has every revision`;
    return [`Nothing to verify: ${why}. All of them: --all.`];
  }
  const blocks = findings.flatMap((finding) => ['', ...findingBlock(finding, page)]);
  return [
    ...inColumns(
      revisions.map((one) => revisionCells(one, findings)),
      page,
    ),
    ...blocks,
  ];
}

function revisionCells(one: VerifiedRevision, findings: readonly Finding[]): readonly StyledLine[] {
  const open = findings.filter(({ revision, accepted }) => revision === one.revision && accepted === undefined);
  const [style, outcome]: readonly [Style, string] =
    open.length > 0
      ? ['removed', open.length === 1 ? '1 finding' : `${open.length} findings`]
      : one.outcome === 'verified'
        ? ['added', 'verified']
        : ['changed', one.outcome];
  const [title = ''] = one.message.split('\n');
  const why = one.reason === null ? '' : `${title === '' ? '' : ': '}${one.reason}`;
  return [[['revision', one.revision]], [[style, outcome]], [['plain', `${title}${why}`]]];
}

/** A finding, and the lines in which schemas differ. */
export function findingBlock(
  { rule, revision, direction, message, schema, accepted }: Finding,
  page: Page,
): readonly string[] {
  const whole = endless(page);
  const head: StyledLine = [
    [accepted === undefined ? 'removed' : 'quiet', rule],
    ...(revision === null
      ? []
      : ([
          ['plain', ' in '],
          ['revision', revision],
        ] as const)),
    ['plain', `${direction === null ? '' : `, ${direction}`}: ${message}`],
  ];
  const lines = schema.map((line): StyledLine => [[line.startsWith('-') ? 'removed' : 'added', `  ${line}`]]);
  const reason: readonly StyledLine[] = accepted === undefined ? [] : [[['quiet', `  accepted: ${accepted}`]]];
  return [head, ...lines, ...reason].map((line) => written(line, whole));
}
