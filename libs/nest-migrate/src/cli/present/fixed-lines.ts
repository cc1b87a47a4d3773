import { relative } from 'node:path';
import { type FixedRevision, type LeftRevision, type LintFixes } from '../../commands/lint-fix.js';
import { endless, type Page } from '../palette.js';
import { wrapped } from '../wrapped.js';
import { type StyledLine, written } from './styled-line.js';

/** What was written so that requests go on, what was left, and an empty line. */
export function fixedLines({ isWritten, fixed, left }: LintFixes, page: Page, cwd: string): readonly string[] {
  if (fixed.length === 0 && left.length === 0) return ['Nothing to fix.', ''];
  return [
    ...fixed.flatMap((each) => [...fixedBlock(each, isWritten, page, cwd), '']),
    ...left.flatMap((each) => [...leftBlock(each, page, cwd), '']),
  ];
}

function fixedBlock(
  { revision, path, functions, difference }: FixedRevision,
  isWritten: boolean,
  page: Page,
  cwd: string,
): readonly string[] {
  const done = isWritten ? 'has another form now' : 'would get another form';
  const head: StyledLine = [
    ['revision', revision],
    ['plain', ` ${done}, with the same schema: ${functions.join(' and ')}  `],
    ['quiet', relative(cwd, path)],
  ];
  return [
    written(head, endless(page)),
    ...(isWritten ? [] : difference.map((line) => written([diffLine(line)], endless(page)))),
  ];
}

function diffLine(line: string): StyledLine[number] {
  if (line.startsWith('+')) return ['added', line];
  if (line.startsWith('-')) return ['removed', line];
  return [line.startsWith('@@') ? 'quiet' : 'plain', line];
}

function leftBlock(
  { revision, path, line, reason, instead }: LeftRevision,
  page: Page,
  cwd: string,
): readonly string[] {
  const place = line === null ? relative(cwd, path) : `${relative(cwd, path)}:${line}`;
  const head: StyledLine = [
    ['warning', 'left'],
    ['plain', '  '],
    ['revision', revision],
    ['quiet', `  ${place}`],
  ];
  return [
    written(head, endless(page)),
    ...wrapped(reason, 108).map((text) => `  ${text}`),
    ...(instead === null
      ? []
      : [
          '  Write instead:',
          ...instead
            .trimEnd()
            .split('\n')
            .map((text) => (text === '' ? '' : `    ${text}`)),
        ]),
  ];
}
