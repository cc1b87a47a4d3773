import { type RevisionInfo } from '../../commands/results.js';
import { printable } from '../printable.js';
import { firstLine } from './revision-line.js';

/** How many edges Mermaid draws unless its configuration says otherwise. */
export const MERMAID_EDGES = 500;

/** An edge of the picture, from what is below to what stands on it. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly isDependency: boolean;
}

/** The revisions as a flowchart of Mermaid's, the newest on top. A dependency is dotted. */
export function mermaidSource(revisions: readonly RevisionInfo[]): string {
  const names = namesOf(revisions);
  const node = (info: RevisionInfo): string => {
    const [start, end] = info.isMergePoint ? ['{{', '}}'] : info.isBase ? ['([', '])'] : ['[', ']'];
    const text = [captionOf(info), titleOf(info)]
      .filter((line) => line !== '')
      .map(mermaidText)
      .join('<br>');
    return `  ${names.get(info.revision)}${start}"${text}"${end}${classOf(info)}`;
  };
  const edges = edgesOf(revisions).map(
    ({ from, to, isDependency }) => `  ${names.get(from)} ${isDependency ? '-.->' : '-->'} ${names.get(to)}`,
  );
  return [
    'flowchart BT',
    ...revisions.map(node),
    ...edges,
    '  classDef head stroke-width:3px',
    '  classDef current fill:#cfe8cf,color:#000',
    '',
  ].join('\n');
}

/** The revisions as a graph of Graphviz's, the newest on top. A dependency is dotted. */
export function dotSource(revisions: readonly RevisionInfo[]): string {
  const names = namesOf(revisions);
  const node = (info: RevisionInfo): string => {
    const text = [captionOf(info), titleOf(info)]
      .filter((line) => line !== '')
      .map(dotText)
      .join('\\n');
    const looks = [
      info.isMergePoint ? 'shape=hexagon' : undefined,
      info.isHead ? 'penwidth=3' : undefined,
      info.isCurrent === true ? 'style="rounded,filled" fillcolor="#cfe8cf"' : undefined,
    ].filter((look) => look !== undefined);
    return `  ${names.get(info.revision)} [${[`label="${text}"`, ...looks].join(' ')}];`;
  };
  const edges = edgesOf(revisions).map(
    ({ from, to, isDependency }) => `  ${names.get(from)} -> ${names.get(to)}${isDependency ? ' [style=dotted]' : ''};`,
  );
  return [
    'digraph history {',
    '  rankdir=BT;',
    '  node [shape=box style=rounded];',
    ...revisions.map(node),
    ...edges,
    '}',
    '',
  ].join('\n');
}

/** Names that both languages take: ids may hold anything. */
function namesOf(revisions: readonly RevisionInfo[]): ReadonlyMap<string, string> {
  return new Map(revisions.map(({ revision }, index) => [revision, `r${index}`]));
}

/** The edges between the revisions; what leads out of a range is left out. */
function edgesOf(revisions: readonly RevisionInfo[]): readonly Edge[] {
  const shown = new Set(revisions.map(({ revision }) => revision));
  return revisions
    .flatMap(({ revision: to, downRevision, dependsOn }) => [
      ...downRevision.map((from) => ({ from, to, isDependency: false })),
      ...dependsOn.map((from) => ({ from, to, isDependency: true })),
    ])
    .filter(({ from }) => shown.has(from));
}

/** The id with its labels, and where the database is. */
function captionOf({ revision, branchLabels, isCurrent }: RevisionInfo): string {
  const labels = branchLabels.length === 0 ? '' : ` (${branchLabels.join(', ')})`;
  return `${revision}${labels}${isCurrent === true ? ' (current)' : ''}`;
}

function titleOf({ message }: RevisionInfo): string {
  return firstLine(message);
}

function classOf({ isHead, isCurrent }: RevisionInfo): string {
  return isCurrent === true ? ':::current' : isHead ? ':::head' : '';
}

/** Mermaid reads Markdown, HTML and entities in a text: all but letters, digits and harmless signs is spelled as a number. */
function mermaidText(text: string): string {
  return printable(text).replace(/[^\p{L}\p{M}\p{N} .,:()/_-]/gu, (character) => `#${character.codePointAt(0)};`);
}

function dotText(text: string): string {
  return printable(text).replace(/[\\"]/g, '\\$&');
}
