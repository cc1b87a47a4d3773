import { type RevisionInfo } from '../../commands/results.js';

/** What a short line says beside the id. The commands differ in this alone. */
export interface LineParts {
  /** What the revision follows and depends on, in front. */
  readonly parents?: boolean;
  readonly labels?: boolean;
  readonly current?: boolean;
  /** Whether it is a branch point or a merge point. */
  readonly points?: boolean;
  readonly message?: boolean;
}

/**
 * A revision on one line, in Alembic's words:
 * `aaaa1, bbbb2 (dep1) -> mrg01 (label) (head) (current) (branchpoint) (mergepoint), message`.
 */
export function revisionLine(info: RevisionInfo, parts: LineParts): string {
  const title = firstLine(info.message);
  return [
    parts.parents ? `${parentsOf(info)}${listed(info.dependsOn)} -> ` : '',
    info.revision,
    parts.labels ? listed(info.branchLabels) : '',
    info.isHead ? (info.isEffectiveHead ? ' (effective head)' : ' (head)') : '',
    parts.current && info.isCurrent === true ? ' (current)' : '',
    parts.points ? pointsOf(info) : '',
    parts.message && title !== '' ? `, ${title}` : '',
  ].join('');
}

/** What a revision follows: `<base>` or its parents. */
export function parentsOf({ downRevision }: RevisionInfo): string {
  return downRevision.length === 0 ? '<base>' : downRevision.join(', ');
}

/** ` (branchpoint) (mergepoint)`, as far as they apply. */
export function pointsOf({ isBranchPoint, isMergePoint }: RevisionInfo): string {
  return `${isBranchPoint ? ' (branchpoint)' : ''}${isMergePoint ? ' (mergepoint)' : ''}`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.toSorted().join(', ')})`;
}

function firstLine(message: string): string {
  return message.trim().split(/\r?\n/, 1)[0].trimEnd();
}
