/** docs/compatibility.md: what ran where. */
import { type Outcome } from './run-row.ts';

export function compatibilityPage(outcomes: readonly Outcome[]): string {
  return [
    '# Compatibility',
    '',
    'The core of the test suite (runs, resumed runs, sessions, limits, the module and its service, operations, what autogenerate',
    'writes, fingerprints) against other versions than the suite runs on each time. `npm run test:compat` runs all of it and writes',
    'this page; `npm run test:compat -- postgres-13 nest-11-oldest` runs some rows. A test that an older version cannot pass counts',
    'apart, with the reason. Any other failure makes the command fail.',
    '',
    '| What | Version | Tests that passed | Cannot pass there | Failed | Ran on |',
    '| --- | --- | ---: | ---: | ---: | --- |',
    ...outcomes.map(({ title, version, passed, impossible, failed, date }) => {
      const count = Object.values(impossible).reduce((sum, each) => sum + each, 0);
      return `| ${[title, version, passed, count, failed.length, date].join(' | ')} |`;
    }),
    '',
    ...section('What an older version lacks', outcomes.flatMap(impossibleLines)),
    ...section('What failed', outcomes.flatMap(failedLines)),
    '## What was not run',
    '',
    '- MySQL 8.4: no package of Debian or npm holds it. The suite runs on MySQL 9.',
    '- Node 24, Nest 12, MikroORM 7.2.1, SQLite and PGlite have no row: each run of the whole suite is on them.',
    '- The rows of Node are programs that the tests start: applications, the command line, boots. Jest itself needs Node 24.9 for ES modules.',
    '- MikroORM 7.2.5 exists for its PostgreSQL packages only; the others stayed at the version of the lock file.',
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function impossibleLines({ title, version, impossible }: Outcome): readonly string[] {
  return Object.entries(impossible).map(
    ([reason, count]) => `- ${title} ${version}: ${count} ${count === 1 ? 'test' : 'tests'}; ${reason}.`,
  );
}

function failedLines({ title, version, failed }: Outcome): readonly string[] {
  return failed.map((test) => `- ${title} ${version}: ${test}`);
}
