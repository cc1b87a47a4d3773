import { type RevisionInfo } from '../../commands/results.js';
import { endless, type Page } from '../palette.js';
import { currentMark, parentsOf, pointMarks } from './revision-line.js';
import { type StyledLine, written } from './styled-line.js';

/** Whether the block says that the database is there. */
interface BlockParts {
  readonly current?: boolean;
}

/** A revision at length, in Alembic's words; lines that say nothing are left out. Ends with an empty line. */
export function blockLines(info: RevisionInfo, { current = true }: BlockParts = {}): readonly StyledLine[] {
  return [
    [
      ...fact('Rev', ''),
      ['revision', info.revision],
      ...(info.isHead ? ([['head', ' (head)']] as const) : []),
      ...pointMarks(info),
      ...(current && info.isCurrent === true ? [currentMark] : []),
    ],
    fact(info.downRevision.length > 1 ? 'Merges' : 'Parent', parentsOf(info)),
    ...facts('Also depends on', info.dependsOn.toSorted()),
    ...facts('Branches into', info.isBranchPoint ? info.children : []),
    ...facts('Branch names', info.branchLabels),
    ...facts('Replaces', info.replaces),
    ...(info.replacedBy === null ? [] : [fact('Replaced by', info.replacedBy)]),
    ...(info.irreversible === null ? [] : [fact('Irreversible', info.irreversible)]),
    ...info.accept.map(({ rule, reason }) => fact('Accepts', `${rule}: ${reason}`)),
    fact('Path', info.path),
    [],
    ...documentOf(info).map((line): StyledLine => [['plain', `    ${line}`]]),
    [],
  ];
}

/** The block as text. No line is cut, on a terminal either: the reader asked for all of it. */
export function revisionBlock(info: RevisionInfo, page: Page, parts?: BlockParts): string {
  return blockLines(info, parts)
    .map((line) => blockLine(line, page))
    .join('\n');
}

/** A line of a block. The blanks of an indented empty line stay, as Alembic has them. */
export function blockLine(line: StyledLine, page: Page): string {
  return line.length === 1 && line[0][1].trim() === '' ? line[0][1] : written(line, endless(page));
}

function fact(title: string, value: string): StyledLine {
  return [
    ['quiet', `${title}:`],
    ['plain', ` ${value}`],
  ];
}

function facts(title: string, names: readonly string[]): readonly StyledLine[] {
  return names.length === 0 ? [] : [fact(title, names.join(', '))];
}

/** What the comment at the head of the script says. */
function documentOf(info: RevisionInfo): readonly string[] {
  const message = info.message.trim() === '' ? [] : [...info.message.trim().split(/\r?\n/), ''];
  if (info.createDate === null) return message.slice(0, -1);
  const revises = info.downRevision.length === 0 ? '' : ` ${info.downRevision.join(', ')}`;
  return [...message, `Revision ID: ${info.revision}`, `Revises:${revises}`, `Create Date: ${info.createDate}`];
}
