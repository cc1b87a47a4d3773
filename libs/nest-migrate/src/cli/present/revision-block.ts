import { type RevisionInfo } from '../../commands/results.js';
import { parentsOf, pointsOf } from './revision-line.js';

/** A revision at length, in Alembic's words; lines that say nothing are left out. Ends with an empty line. */
export function revisionBlock(info: RevisionInfo, { current = true }: { readonly current?: boolean } = {}): string {
  const marks = `${info.isHead ? ' (head)' : ''}${pointsOf(info)}${current && info.isCurrent === true ? ' (current)' : ''}`;
  const lines = [
    `Rev: ${info.revision}${marks}`,
    `${info.downRevision.length > 1 ? 'Merges' : 'Parent'}: ${parentsOf(info)}`,
    ...facts('Also depends on', info.dependsOn.toSorted()),
    ...facts('Branches into', info.isBranchPoint ? info.children : []),
    ...facts('Branch names', info.branchLabels),
    `Path: ${info.path}`,
    '',
    ...documentOf(info).map((line) => `    ${line}`),
    '',
  ];
  return lines.join('\n');
}

function facts(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${title}: ${names.join(', ')}`];
}

/** What the comment at the head of the script says. */
function documentOf(info: RevisionInfo): readonly string[] {
  const message = info.message.trim() === '' ? [] : [...info.message.trim().split(/\r?\n/), ''];
  if (info.createDate === null) return message.slice(0, -1);
  const revises = info.downRevision.length === 0 ? '' : ` ${info.downRevision.join(', ')}`;
  return [...message, `Revision ID: ${info.revision}`, `Revises:${revises}`, `Create Date: ${info.createDate}`];
}
