import { type Level, type PlanFinding, type PlannedStatement, type PlanResult } from '../../commands/plan-result.js';
import { endless, type Page, type Style } from '../palette.js';
import { wrapped } from '../wrapped.js';
import { inColumns } from './column-layout.js';
import {
  blockedWords,
  lockWords,
  type PlanBlock,
  planBlocks,
  planTitle,
  sizeWords,
  waitingEntities,
  workWords,
} from './plan-blocks.js';
import { type StyledLine, written } from './styled-line.js';

const styles: Readonly<Record<Level, Style>> = { blocking: 'failure', warning: 'warning', notice: 'quiet' };

/** The widest text that is easy to read. */
const WIDEST = 110;
const INDENT = '  ';

/** A plan as text: what is bad first, and at the end the statements about which there is nothing to say. */
export function planLines(result: PlanResult, page: Page, cwd: string): readonly string[] {
  if (result.revisions.length === 0) return ['Nothing to do: there is no revision to look at.'];
  const blocks = planBlocks(result, cwd);
  const [told, others] = [
    blocks.filter(({ findings }) => findings.length > 0),
    blocks.filter(({ findings }) => findings.length === 0),
  ];
  return [
    ...paragraph([['plain', planTitle(result)]], '', page),
    ...told.flatMap((block) => ['', ...blockLines(block, page)]),
    ...(others.length === 0
      ? []
      : ['', written([['title', told.length === 0 ? 'Nothing was found' : 'Without findings']], page)]),
    ...inColumns(others.map(quietRow), page),
  ];
}

function quietRow({ revision, sql, statement }: PlanBlock): readonly StyledLine[] {
  return [
    [
      ['plain', `${INDENT}`],
      ['revision', revision ?? ''],
    ],
    [['plain', statement?.consequence ?? '']],
    [['quiet', sql ?? '']],
  ];
}

function blockLines(block: PlanBlock, page: Page): readonly string[] {
  const { level, revision, message, statement, sql, place, findings } = block;
  const head: StyledLine = [
    level === null ? ['added', 'accepted'] : [styles[level], level],
    ...(revision === null
      ? ([
          ['plain', INDENT],
          ['title', 'the run as a whole'],
        ] as const)
      : ([
          ['plain', INDENT],
          ['revision', revision],
          ['title', message === '' ? '' : ` ${message}`],
        ] as const)),
    ...(place === null ? [] : ([['quiet', `  ${place}`]] as const)),
  ];
  return [
    written(head, page),
    ...(sql === null ? [] : [written([['plain', `${INDENT}${sql}`]], page)]),
    ...(statement === null ? [] : statementLines(statement, page)),
    ...findings.flatMap((finding) => findingLines(finding, page)),
  ];
}

function statementLines(statement: PlannedStatement, page: Page): readonly string[] {
  const { consequence } = statement;
  const entities = waitingEntities(statement);
  const whose = entities.length === 0 ? '' : ` Entities: ${entities.join(', ')}.`;
  const rows = statement.tables.map((table): readonly StyledLine[] => [
    [['plain', `${INDENT}${table.schema === undefined ? '' : `${table.schema}.`}${table.table}`]],
    [['plain', sizeWords(table)]],
    [['plain', lockWords(table, statement, 'no lock')]],
    [['plain', `${workWords(table)}; ${blockedWords(table)}`]],
  ]);
  return [...paragraph([['title', `${consequence}${whose}`]], INDENT, page), ...inColumns(rows, page)];
}

function findingLines({ rule, level, message, instead, accepted }: PlanFinding, page: Page): readonly string[] {
  const name: StyledLine[number] = [accepted === undefined ? styles[level] : 'quiet', rule];
  return [
    ...paragraph([name, ['plain', ` ${message}`]], INDENT, page),
    ...paragraph([['plain', accepted === undefined ? instead : `Accepted: ${accepted}`]], `${INDENT}${INDENT}`, page),
  ];
}

/** Text over as many lines as it takes. Its first part alone may have a style of its own. */
function paragraph([first, ...rest]: StyledLine, indent: string, page: Page): readonly string[] {
  if (first === undefined) return [];
  const text = [first, ...rest].map(([, part]) => part).join('');
  const width = page.width === undefined ? undefined : Math.min(page.width, WIDEST) - indent.length;
  const lines = width === undefined ? [text] : wrapped(text, width);
  return lines.map((line, index) => {
    const isWhole = rest.length === 0;
    const styled: StyledLine =
      isWhole || index > 0
        ? [[isWhole ? first[0] : 'plain', line]]
        : [
            [first[0], line.slice(0, first[1].length)],
            ['plain', line.slice(first[1].length)],
          ];
    return written([['plain', indent], ...styled], endless(page));
  });
}
