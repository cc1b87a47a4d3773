import { type RevisionInfo } from '../../commands/results.js';
import { type Page } from '../palette.js';
import { inColumns } from './column-layout.js';
import { type Segment, type StyledLine, written } from './styled-line.js';

/** What a short line says beside the id. The commands differ in this alone. */
export interface LineParts {
  /** What the revision follows and depends on, in front. */
  readonly parents?: boolean;
  readonly labels?: boolean;
  readonly current?: boolean;
  /** Whether it is a branch point or a merge point. */
  readonly points?: boolean;
  /** Whether it replaces others, and whether it cannot be undone. */
  readonly particulars?: boolean;
  readonly message?: boolean;
}

/**
 * A revision on one line, in Alembic's words:
 * `aaaa1, bbbb2 (dep1) -> mrg01 (label) (head) (current) (branchpoint) (mergepoint), message`.
 */
export function revisionLine(info: RevisionInfo, parts: LineParts): StyledLine {
  const title = firstLine(info.message);
  return [
    ...(parts.parents === true ? [...ancestry(info), quiet(' -> ')] : []),
    ...nameAndMarks(info, parts),
    ...(parts.message === true && title !== '' ? ([['plain', `, ${title}`]] as const) : []),
  ];
}

/**
 * Revisions, a line each. A program gets Alembic's lines; a person gets the same parts in columns, with the message,
 * which Alembic leaves out of some lists.
 */
export function revisionLines(infos: readonly RevisionInfo[], parts: LineParts, page: Page): readonly string[] {
  if (page.width === undefined) return infos.map((info) => written(revisionLine(info, parts), page));
  const rows = infos.map((info): readonly StyledLine[] => [
    parts.parents === true ? ancestry(info) : [],
    [...(parts.parents === true ? [quiet('-> ')] : []), ...nameAndMarks(info, parts)],
    [['plain', firstLine(info.message)]],
  ]);
  return inColumns(rows, page);
}

/** The id with everything that is said of it, without the message. */
export function nameAndMarks(info: RevisionInfo, parts: Omit<LineParts, 'parents' | 'message'>): StyledLine {
  return [
    ['revision', info.revision],
    ...(parts.labels === true ? listed('label', info.branchLabels) : []),
    ...headMark(info),
    ...(parts.current === true && info.isCurrent === true ? [currentMark] : []),
    ...(parts.points === true ? pointMarks(info) : []),
    ...(parts.particulars === true && info.replaces.length > 0
      ? ([['quiet', ` (replaces ${info.replaces.length})`]] as const)
      : []),
    ...(parts.particulars === true && info.irreversible !== null ? ([['removed', ' (irreversible)']] as const) : []),
  ];
}

export const currentMark: Segment = ['current', ' (current)'];

/** ` (branchpoint) (mergepoint)`, as far as they apply. */
export function pointMarks({ isBranchPoint, isMergePoint }: RevisionInfo): StyledLine {
  return [
    ['point', isBranchPoint ? ' (branchpoint)' : ''],
    ['point', isMergePoint ? ' (mergepoint)' : ''],
  ];
}

/** What a revision follows: `<base>` or its parents. */
export function parentsOf({ downRevision }: RevisionInfo): string {
  return downRevision.length === 0 ? '<base>' : downRevision.join(', ');
}

/** The first line of a message. */
export function firstLine(message: string): string {
  return message.trim().split(/\r?\n/, 1)[0].trimEnd();
}

function ancestry(info: RevisionInfo): StyledLine {
  return [quiet(parentsOf(info)), ...listed('quiet', info.dependsOn)];
}

function headMark({ isHead, isEffectiveHead }: RevisionInfo): StyledLine {
  if (!isHead) return [];
  return [isEffectiveHead ? ['added', ' (effective head)'] : ['head', ' (head)']];
}

function listed(style: Segment[0], names: readonly string[]): StyledLine {
  return names.length === 0 ? [] : [[style, ` (${names.toSorted().join(', ')})`]];
}

function quiet(text: string): Segment {
  return ['quiet', text];
}
