/**
 * Writes docs/scorecard.md.
 *
 *   npm test -- --json --outputFile=results.json
 *   npm run docs:scorecard -- results.json      ticks what passed there; several files are taken together
 *   npm run docs:scorecard                      takes the list of promises over, and leaves the ticks as they are
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverVersions } from './server-versions.ts';
import { type JestResult, keptIn, type Run, runOf, scorecardPage } from './page.ts';
import { groups } from './promises.ts';

const file = join('docs', 'scorecard.md');
const results = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')) as JestResult);

async function runOfResults(): Promise<Run> {
  const day = new Date(Math.max(...results.map(({ startTime }) => startTime))).toISOString().slice(0, 10);
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const versions = [
    `Node.js ${process.versions.node}`,
    `MikroORM ${dependencies['@mikro-orm/core']}`,
    `NestJS ${dependencies['@nestjs/core']}`,
    ...(await serverVersions()),
  ];
  return { told: `Run on ${day} with ${versions.join(', ')}.`, kept: keptIn(groups, results) };
}

const run = results.length === 0 ? runOf(readFileSync(file, 'utf8')) : await runOfResults();
writeFileSync(file, scorecardPage(groups, run));
const missing = groups.flatMap(({ promises }) => promises).filter(({ text }) => !run.kept.has(text));
for (const { text } of missing) console.error(`No tick: ${text}`);
if (results.length > 0 && missing.length > 0) process.exitCode = 1;
