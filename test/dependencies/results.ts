/** What a run of the matrix found, for people and for programs. */
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineNames, type Engine } from '../support/databases.js';
import { type Outcome } from './bench.js';
import { withoutCell } from './names.js';

export interface Result extends Outcome {
  readonly cell: string;
}

/** Where results are written, and read from by what publishes them. */
export const resultsFolder = join(tmpdir(), 'nest-migrate-dependencies');

export async function writeResults(engine: Engine, results: readonly Result[]): Promise<string> {
  await mkdir(resultsFolder, { recursive: true });
  const path = join(resultsFolder, `${engine}.json`);
  await writeFile(path, `${JSON.stringify(results, null, 1)}\n`);
  return path;
}

/** How many cells there are of each verdict, and the failures by what was said. */
export function summaryOf(engine: Engine, results: readonly Result[]): string {
  const count = (verdict: Outcome['verdict']): number => results.filter((one) => one.verdict === verdict).length;
  const groups = new Map<string, string[]>();
  for (const { cell, verdict, stage, text = '' } of results) {
    if (verdict !== 'fails') continue;
    const said = `${stage}: ${withoutCell(text).split('\n').at(-1)?.slice(0, 200)}`;
    groups.set(said, [...(groups.get(said) ?? []), cell]);
  }
  const lines = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([said, cells]) => `  ${cells.length} ${said}, as ${cells[0]}`);
  const totals = `${results.length} cells: ${count('holds')} hold, ${count('fails')} fail`;
  const others = `${count('not possible')} are not possible, ${count('left alone')} are left to a person`;
  return [`${engineNames[engine]}: ${totals}, ${others}`, ...lines].join('\n');
}
