import { type Level, levels, type PlanResult } from '../../commands/plan-result.js';
import { countOf } from '../options/plan-options.js';
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

/** By it a script finds the comment that it has written before. */
const MARK = '<!-- nest-migrate plan -->';

const signs: Readonly<Record<Level, string>> = { blocking: '🛑', warning: '⚠️', notice: 'ℹ️' };

/** A plan as a comment of a pull request. */
export function planMarkdown(result: PlanResult, cwd: string): string {
  const blocks = planBlocks(result, cwd);
  const told = blocks.filter(({ level }) => level !== null);
  const quiet = blocks.filter(({ level }) => level === null);
  const counts = levels
    .toReversed()
    .map(
      (level) =>
        [
          level,
          told.flatMap(({ findings }) => findings).filter((each) => each.level === level && each.accepted === undefined)
            .length,
        ] as const,
    )
    .filter(([, count]) => count > 0)
    .map(([level, count]) => `${signs[level]} ${countOf(level, count)}`);
  return [
    MARK,
    '### What the new revisions do to the database',
    '',
    result.revisions.length === 0
      ? 'There is no new revision.'
      : `${planTitle(result)}${counts.length === 0 ? ' Nothing was found.' : ''}`,
    ...(counts.length === 0 ? [] : ['', counts.join(' · ')]),
    ...told.flatMap((block) => ['', ...blockLines(block)]),
    ...(quiet.length === 0
      ? []
      : [
          '',
          '<details>',
          `<summary>${quiet.length === 1 ? 'One statement' : `${quiet.length} statements`} about which there is nothing to say</summary>`,
          '',
          '| revision | statement | requests |',
          '| --- | --- | --- |',
          ...quiet.map(
            ({ revision, sql, statement }) =>
              `| ${revision ?? ''} | ${code(sql ?? '')} | ${cell(statement?.consequence ?? '')} |`,
          ),
          '',
          '</details>',
        ]),
    '',
  ].join('\n');
}

function blockLines({ level, revision, message, place, sql, statement, findings }: PlanBlock): readonly string[] {
  const title = [
    ...(level === null ? [] : [`${signs[level]} **${level}**`]),
    ...(revision === null ? [] : [`\`${revision}\`${message === '' ? '' : ` ${plain(message)}`}`]),
    ...(place === null ? [] : [`(${code(place)})`]),
  ].join(' ');
  const entities = statement === null ? [] : waitingEntities(statement);
  const whose = entities.length === 0 ? '' : ` Entities: ${entities.map(code).join(', ')}.`;
  return [
    title,
    ...(sql === null ? [] : ['', '```sql', sql.replaceAll('```', "'''"), '```']),
    ...(statement === null ? [] : ['', `${plain(statement.consequence)}${whose}`]),
    ...(statement === null || statement.tables.length === 0
      ? []
      : [
          '',
          '| table | size | lock | work | meanwhile |',
          '| --- | --- | --- | --- | --- |',
          ...statement.tables.map((table) => {
            const name = `${table.schema === undefined ? '' : `${table.schema}.`}${table.table}`;
            return `| ${code(name)} | ${sizeWords(table)} | ${lockWords(table, statement)} | ${workWords(table)} | ${blockedWords(table)} |`;
          }),
        ]),
    '',
    ...findings.map(({ rule, message: text, instead, accepted }) =>
      accepted === undefined
        ? `- **${rule}** ${plain(text)} *${plain(instead)}*`
        : `- ~~${rule}~~ accepted: ${plain(accepted)}`,
    ),
  ];
}

/** Text in which no character of Markdown means anything. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>|~#]/g, '\\$&');
}

function cell(text: string): string {
  return plain(text);
}

function code(text: string): string {
  const marks = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const pad = marks.length > 1 ? ' ' : '';
  return `${marks}${pad}${text.replaceAll('|', '\\|')}${pad}${marks}`;
}
