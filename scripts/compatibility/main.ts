/**
 * Runs the core of the suite against other versions of servers, packages and Node, and writes docs/compatibility.md.
 *
 *     npm run test:compat
 *     npm run test:compat -- postgres-13 nest-11-oldest
 *
 * A row that does not run keeps what its last run found, in `.cache/compatibility`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { compatibilityPage } from './page.ts';
import { type Row, rows } from './rows.ts';
import { type Outcome, resultsFolder, runRow } from './run-row.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !rows.some((row) => row.id === id));
if (unknown.length > 0) {
  throw new Error(`No row is called ${unknown.join(', ')}. The rows: ${rows.map(({ id }) => id).join(', ')}.`);
}

const fileOf = ({ id }: Pick<Row, 'id'>): string => join(resultsFolder, `${id}.json`);
let isGood = true;
for (const row of rows.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
  process.stderr.write(`${row.id} ...\n`);
  const outcome = await runRow(row);
  await writeFile(fileOf(row), JSON.stringify(outcome, undefined, 2));
  const { version, passed, failed, outOfDate } = outcome;
  process.stderr.write(`${row.id}: ${row.title} ${version}, ${passed} passed, ${failed.length} failed\n`);
  for (const title of failed) process.stderr.write(`  failed: ${title}\n`);
  for (const title of outOfDate) process.stderr.write(`  listed as impossible, and passed: ${title}\n`);
  isGood &&= passed > 0 && failed.length === 0 && outOfDate.length === 0;
}

const outcomes = rows.filter((row) => existsSync(fileOf(row))).map((row) => readOutcome(row));
const page = join('docs', 'compatibility.md');
await writeFile(page, await format(compatibilityPage(outcomes), { ...(await resolveConfig(page)), filepath: page }));
if (!isGood) process.exitCode = 1;

function readOutcome(row: Row): Outcome {
  return JSON.parse(readFileSync(fileOf(row), 'utf8')) as Outcome;
}
