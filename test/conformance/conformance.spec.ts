import { afterAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { MigrationError } from '../../libs/nest-migrate/src/errors/migration.error.js';
import { RevisionGraph } from '../../libs/nest-migrate/src/revision/revision-graph.js';
import { answer, revisionsOf } from './answers.js';
import { type CorpusCase, type CorpusGraph, readCorpus } from './corpus.js';
import { judge, judgeQuirk, type Verdict } from './verdicts.js';

const folder = process.env['CONFORMANCE_DIR'] ?? join(import.meta.dirname, 'cases');
const corpus = readCorpus(folder);

interface Count {
  exact: number;
  upToOrder: number;
  failed: number;
  quirks: number;
  quirksFailed: number;
}
const counts = new Map<string, Count>();

function count({ command, quirk = false }: CorpusCase, verdict: Verdict): void {
  const row = counts.get(command) ?? { exact: 0, upToOrder: 0, failed: 0, quirks: 0, quirksFailed: 0 };
  counts.set(command, row);
  if (quirk) row[typeof verdict === 'object' ? 'quirksFailed' : 'quirks'] += 1;
  else row[verdict === 'exact' ? 'exact' : verdict === 'up to order' ? 'upToOrder' : 'failed'] += 1;
}

/** What is wrong with the answers to one graph's cases, a line each. */
function failures(corpusGraph: CorpusGraph): readonly string[] {
  let loaded: RevisionGraph | undefined;
  try {
    loaded = RevisionGraph.of(revisionsOf(corpusGraph));
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
  }
  return corpusGraph.cases.flatMap((corpusCase) => {
    const given = answer(() => loaded ?? RevisionGraph.of(revisionsOf(corpusGraph)), corpusCase);
    const verdict = (corpusCase.quirk === true ? judgeQuirk : judge)(loaded, corpusCase, given);
    count(corpusCase, verdict);
    if (typeof verdict !== 'object') return [];
    const { n, command, start, args } = corpusCase;
    return [`${corpusGraph.graph}/${n} ${command} ${JSON.stringify({ start, args })}: ${verdict.wrong}`];
  });
}

describe('the answers are those of Alembic 1.19', () => {
  it('has cases to check', () => {
    expect(corpus.size).toBeGreaterThan(0);
  });

  it.each([...corpus.keys()])('%s', (file) => {
    const wrong = (corpus.get(file) ?? []).flatMap(failures);
    expect(wrong).toEqual([]);
  });
});

afterAll(() => {
  const columns = ['exact', 'up to order', 'failed', 'quirks', 'quirks failed'];
  const rows = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([command, row]): [string, number[]] => [command, Object.values(row) as number[]]);
  const sums = columns.map((_, index) => rows.reduce((sum, [, row]) => sum + (row[index] ?? 0), 0));
  const line = (cells: readonly unknown[]): string =>
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(14) : String(cell).padStart(14))).join('');
  const table = [
    line(['command', ...columns]),
    ...rows.map(([command, row]) => line([command, ...row])),
    line(['all', ...sums]),
  ];
  process.stdout.write(`\n${table.join('\n')}\n\n`);
});
