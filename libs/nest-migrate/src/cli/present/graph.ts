import { type RevisionInfo } from '../../commands/results.js';
import { endless, type Page, type Style } from '../palette.js';
import { drawGraph, type GraphRow } from './graph-lanes.js';
import { blockLines } from './revision-block.js';
import { firstLine, nameAndMarks } from './revision-line.js';
import { padded, type Segment, type StyledLine, widthOf, written } from './styled-line.js';

/**
 * The revisions as a drawing, newest first, each with a line of text beside its `*`, or with all there is to say.
 *
 * @param revisions As `history` returns them: every one before those that it follows or depends on.
 */
export function graphLines(
  revisions: readonly RevisionInfo[],
  { verbose, page }: { readonly verbose: boolean; readonly page: Page },
): readonly string[] {
  const infos = new Map(revisions.map((info) => [info.revision, info]));
  const nodes = revisions.map(({ revision, downRevision, dependsOn }) => ({
    id: revision,
    parents: downRevision,
    dependencies: dependsOn,
  }));
  // what is said at length is not cut
  const layout = verbose ? endless(page) : page;
  return drawGraph(nodes).flatMap(({ id, before, node, after, rest }) => {
    const info = infos.get(id)!;
    const text = verbose ? blockLines(info) : [shortLine(info)];
    const rows = [node, ...after].map(drawn);
    while (rows.length < text.length) rows.push(drawn(rest));
    const width = Math.max(...rows.map(widthOf)) + 1;
    const beside = rows.map((row, index): StyledLine => {
      const words = text[index] ?? [];
      // text of one line stands close to its `*`; a block keeps clear of every row
      return words.length === 0 ? row : [...(verbose ? padded(row, width) : [...row, blank]), ...words];
    });
    return [...before.map(drawn), ...beside].map((line) => written(line, layout));
  });
}

const blank: Segment = ['plain', ' '];

/** `mrg01 (left) (head) (current) (mergepoint) (depends on dep1), message`. */
function shortLine(info: RevisionInfo): StyledLine {
  const { dependsOn, message } = info;
  const title = firstLine(message);
  return [
    ...nameAndMarks(info, { labels: true, current: true, points: true, particulars: true }),
    ...(dependsOn.length === 0 ? [] : ([['quiet', ` (depends on ${dependsOn.toSorted().join(', ')})`]] as const)),
    ...(title === '' ? [] : ([['plain', `, ${title}`]] as const)),
  ];
}

const laneStyles = ['lane1', 'lane2', 'lane3', 'lane4', 'lane5', 'lane6'] as const satisfies readonly Style[];

function drawn(row: GraphRow): StyledLine {
  return Array.from(row, (cell): Segment => {
    if (cell === undefined) return blank;
    if (cell.char === '*') return ['title', '*'];
    return [laneStyles[cell.lane % laneStyles.length], cell.char];
  });
}
