/**
 * Writes the section of docs/autogenerate-matrix.md about changes with what hangs on them, from what the last whole run
 * of the matrix found. An engine that did not run keeps what the page says of it.
 *
 *     npm run test:dependencies && npm run docs:dependencies
 *     npm run test:dependencies -- -t 'on pglite' && npm run docs:dependencies
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changes } from '../../test/dependencies/changes.js';
import { stages } from '../../test/dependencies/bench.js';
import { dependents } from '../../test/dependencies/cells.js';
import { knownFailures } from '../../test/dependencies/known-failures.js';
import { withoutCell } from '../../test/dependencies/names.js';
import { type Result, resultsFolder } from '../../test/dependencies/results.js';
import { allEngines, engineNames, type Engine } from '../../test/support/engines.ts';
import { ownSection, sectionOf, withSection } from './section.ts';
import { type ToolCounts, type ToolsOnDependencies } from './tool-counts.ts';

const page = join('docs', 'autogenerate-matrix.md');

const found = new Map<Engine, readonly Result[]>();
for (const engine of allEngines) {
  const path = join(resultsFolder, `${engine}.json`);
  if (existsSync(path)) found.set(engine, JSON.parse(readFileSync(path, 'utf8')) as readonly Result[]);
}
if (found.size === 0) throw new Error(`No results in ${resultsFolder}: run npm run test:dependencies first.`);
const text = readFileSync(page, 'utf8');
const before = sectionOf(text).split('\n');
writeFileSync(page, withSection(text, section()));

function section(): string {
  return ownSection([
    '## Changes, with what hangs on them',
    '',
    `A product: ${changes.length} changes of a column, a key or a table, each with each of ${dependents.length} things that can hang on it`,
    '(`test/dependencies`), and with each two of those at once under a change that a seed picks. Of the things that hang',
    'on it, some no entity declares: they have to be there afterwards, with their grants, options and comments. Each cell',
    'goes there, back and there again with rows; the result has to be the schema of a fresh database of version 2, and so',
    'has that of both revisions on an empty database. `npm run test:dependencies` runs them all, `npm test` a sample.',
    '',
    '| | cells | hold | fail | left to a person, who is told | not possible: the engine refuses a version |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...allEngines.map((engine) => {
      const results = found.get(engine);
      if (results === undefined) {
        const row = `| ${engineNames[engine]} | `;
        return before.find((line) => line.startsWith(row)) ?? `${row}not run whole | | | | |`;
      }
      const count = (verdict: Result['verdict']): number => results.filter((one) => one.verdict === verdict).length;
      const counts = [results.length, ...(['holds', 'fails', 'left alone', 'not possible'] as const).map(count)];
      return `| ${engineNames[engine]} | ${counts.join(' | ')} |`;
    }),
    '',
    ...otherTools(),
    ...failures(),
    ...refusals(),
  ]);
}

/** A sample through three tools, as `npm run docs:dependencies-of-tools` left it. */
function otherTools(): readonly string[] {
  const file = join(import.meta.dirname, 'tools-on-dependencies.json');
  if (!existsSync(file)) return [];
  const { engine, seed, cells, tools } = JSON.parse(readFileSync(file, 'utf8')) as ToolsOnDependencies;
  const of = ({ holds, fails, leftAlone }: ToolCounts): string => `${holds} of ${holds + fails + leftAlone}`;
  return [
    '### Beside MikroORM and Alembic',
    '',
    `${cells} cells of ${engineNames[engine]}, drawn by the seed ${seed}, through each tool, judged alike: the result is the schema of`,
    'a fresh database of version 2 that the same tool made, the next comparison finds nothing, the way back, and both',
    'revisions on an empty database. One translation makes SQLAlchemy of the description of a cell; views, routines,',
    'triggers, policies and partitions are no part of its models. This library and Alembic are told to leave out what no',
    'entity declares; MikroORM can be told so of tables alone. Renames are said to this library; the others have no such',
    'question.',
    '',
    '| cells that hold | what hangs on it is declared | some of it nobody declares | not possible: the engine or the tool refuses a version | no part of its models |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...tools.map(({ tool, declared, undeclared }) => {
      const both = (key: 'notPossible' | 'notSaid'): number => declared[key] + undeclared[key];
      return `| ${tool} | ${of(declared)} | ${of(undeclared)} | ${both('notPossible')} | ${both('notSaid')} |`;
    }),
    '',
    '| cells that fail, by where | ' + tools.map(({ tool }) => tool).join(' | ') + ' |',
    `| --- |${' ---: |'.repeat(tools.length)}`,
    ...Object.entries(stages).flatMap(([stage, said]) =>
      tools.some((tool) => tool.stages[stage] !== undefined)
        ? [`| ${said} | ${tools.map((tool) => tool.stages[stage] ?? '').join(' | ')} |`]
        : [],
    ),
    '',
  ];
}

/** Cells that fail, by cause. */
function failures(): readonly string[] {
  const counted = new Map<string, Map<Engine, number>>();
  for (const engine of allEngines) {
    const known = knownFailures(engine);
    const results = found.get(engine) ?? [...known.keys()].map((cell) => ({ cell, verdict: 'fails' as const }));
    for (const { cell } of results.filter(({ verdict }) => verdict === 'fails')) {
      const cause = known.get(cell) ?? 'not known before';
      const counts = counted.get(cause) ?? new Map<Engine, number>();
      counted.set(cause, counts.set(engine, (counts.get(engine) ?? 0) + 1));
    }
  }
  if (counted.size === 0) return [];
  return [
    '### Cells that fail, by cause',
    '',
    `| | ${allEngines.map((engine) => engineNames[engine]).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(allEngines.length)}`,
    ...[...counted]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([cause, counts]) => `| ${cause} | ${allEngines.map((engine) => counts.get(engine) ?? '').join(' | ')} |`),
    '',
  ];
}

/** What the engines said of versions that they refuse. */
function refusals(): readonly string[] {
  const lines = allEngines.flatMap((engine) => {
    const results = found.get(engine);
    if (results === undefined) return before.filter((line) => line.startsWith(`- ${engineNames[engine]}, `));
    const said = new Map<string, number>();
    for (const { verdict, text: told = '' } of results) {
      if (verdict !== 'not possible') continue;
      const words = (withoutCell(told).split('\n').at(-1) ?? '').replaceAll(/(["'`]).*?\1/g, '…').slice(0, 140);
      said.set(words, (said.get(words) ?? 0) + 1);
    }
    return [...said]
      .sort(([, a], [, b]) => b - a)
      .map(([words, count]) => `- ${engineNames[engine]}, ${count}: ${code(words)}`);
  });
  return ['### What the engines said of versions that are not possible', '', ...lines, ''];
}

function code(words: string): string {
  return `\`${words.replaceAll('`', "'")}\``;
}
