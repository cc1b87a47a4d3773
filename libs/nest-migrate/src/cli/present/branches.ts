import { type RevisionInfo } from '../../commands/results.js';
import { revisionBlock } from './revision-block.js';
import { revisionLine } from './revision-line.js';

/**
 * A branch point and the revisions that it branches into, in Alembic's words. Ends with an empty line.
 *
 * @param revisions What is known of the children, by id.
 */
export function branchPointText(
  point: RevisionInfo,
  revisions: ReadonlyMap<string, RevisionInfo>,
  verbose: boolean,
): string {
  const head = verbose ? revisionBlock(point) : revisionLine(point, { labels: true, points: true });
  const indent = ' '.repeat(point.revision.length);
  const children = point.children.map((id) => {
    const child = revisions.get(id);
    return `${indent} -> ${child ? revisionLine(child, { labels: true, points: true, message: verbose }) : id}`;
  });
  return [head, ...children, ''].join('\n');
}
