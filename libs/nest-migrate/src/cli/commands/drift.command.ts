import { readFile } from 'node:fs/promises';
import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { flag, text } from '../definition/option.js';
import { eachResult } from '../definition/scope.js';
import { endless } from '../palette.js';
import { written } from '../present/styled-line.js';

export const drift = defineCommand({
  name: 'drift',
  group: 'Look at the database',
  description: 'Compare the database with what its revisions make. Exit code 3 where they differ',
  options: {
    baseline: text('--baseline <file>', 'what db drift --json has written: differences that are known'),
    sql: flag('--sql', 'print the statements that make the database what its revisions say'),
  },
  examples: [
    ['drift', 'has anyone changed the schema by hand?'],
    ['drift --json > drift.json', 'accept what there is now ...'],
    ['drift --baseline drift.json', '... and find what comes after it'],
    ['drift --sql', 'the way back'],
  ],
  on: eachResult,

  run: async ({ migrations, common, given: { baseline } }) =>
    migrations.drift({ ...common, ...(baseline !== undefined && { known: await knownIn(baseline) }) }),

  isNo: ({ clean }) => !clean,

  reason: ({ differences: { length } }) =>
    `The database is not what its revisions make: ${length === 1 ? '1 difference' : `${length} differences`}.`,

  present({ clean, differences, repair, accept }, { given, terminal }) {
    if (given.sql === true) return [...script('The way back', repair.sql), ...script('What was done', accept.sql)];
    if (clean) return ['The database is what its revisions make.'];
    const page = endless(terminal.resultPage);
    return differences.map((line) => written([[line.startsWith('+') ? 'added' : 'removed', line]], page));
  },
});

function script(title: string, sql: readonly string[]): readonly string[] {
  return sql.length === 0 ? [] : [`-- ${title}`, ...sql.map((statement) => `${statement};`)];
}

/** The differences in a file that `--json` has written, of one connection or of several. */
async function knownIn(file: string): Promise<readonly string[]> {
  let found: unknown;
  try {
    found = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Misuse(`--baseline can't read ${file}: ${(error as Error).message}`);
  }
  const known = (value: unknown): readonly string[] => {
    if (typeof value !== 'object' || value === null) return [];
    const { differences } = value as { readonly differences?: unknown };
    return Array.isArray(differences) ? differences.map(String) : Object.values(value).flatMap(known);
  };
  return known(found);
}
