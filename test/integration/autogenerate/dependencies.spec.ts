import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bench } from '../../dependencies/bench.js';
import { pairCells, sampleOf, singleCells } from '../../dependencies/cells.js';
import { knownFailures } from '../../dependencies/known-failures.js';
import { type Result, summaryOf, writeResults } from '../../dependencies/results.js';
import { allEngines } from '../../support/databases.js';

const whole = process.env['DEPENDENCIES'] === 'whole';
const seed = Number(process.env['DEPENDENCIES_SEED'] ?? 1);
/** Of each engine; the whole has thousands. */
const SAMPLE = 24;
/** So many cells share a database at a time. */
const BATCH = 60;

describe.each(allEngines)('a change with what hangs on it on %s', (engine) => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.create(engine);
  });
  afterAll(() => bench?.close());

  it(`${whole ? 'every' : `a sample by the seed ${seed}`}: the result is that of a fresh database, there and back, with its rows`, async () => {
    const all = [...singleCells(engine), ...pairCells(engine, seed)];
    const cells = whole ? all : sampleOf(all, SAMPLE, seed);
    const known = knownFailures(engine);
    const results: Result[] = [];
    for (let start = 0; start < cells.length; start += BATCH) {
      const batch = cells.slice(start, start + BATCH);
      const outcomes = await bench.run(batch, known);
      results.push(...batch.map(({ name }, index) => ({ cell: name, ...outcomes[index]! })));
    }
    if (whole) {
      const path = await writeResults(engine, results);
      process.stderr.write(`${summaryOf(engine, results)}\n${path}\n`);
    }

    const failing = results.filter(({ verdict }) => verdict === 'fails');
    const holding = results.filter(({ verdict }) => verdict !== 'fails');
    // a failure that nobody knew
    expect(failing.filter(({ cell }) => !known.has(cell))).toEqual([]);
    // what is mended goes from the list
    expect(holding.map(({ cell }) => cell).filter((cell) => known.has(cell))).toEqual([]);
  });
});
