import { type RevisionInfo } from '../../commands/results.js';
import { type Page } from '../palette.js';
import { revisionBlock } from './revision-block.js';
import { revisionLine } from './revision-line.js';
import { type StyledLine, written } from './styled-line.js';

/** How a branch point is shown. */
export interface BranchPointLayout {
  /** What is known of the children, by id. */
  readonly revisions: ReadonlyMap<string, RevisionInfo>;
  readonly verbose: boolean;
  readonly page: Page;
}

/** A branch point and the revisions that it branches into, in Alembic's words. Ends with an empty line. */
export function branchPointText(point: RevisionInfo, { revisions, verbose, page }: BranchPointLayout): string {
  const parts = { labels: true, points: true };
  const head = verbose ? revisionBlock(point, page) : written(revisionLine(point, parts), page);
  const indent = ' '.repeat(point.revision.length);
  // Alembic tells the children's messages with -v alone; a person wants to know which branch is which
  const message = verbose || page.width !== undefined;
  const children = point.children.map((id) => {
    const child = revisions.get(id);
    const line: StyledLine = child ? revisionLine(child, { ...parts, message }) : [['revision', id]];
    return written([['quiet', `${indent} -> `], ...line], page);
  });
  return [head, ...children, ''].join('\n');
}
