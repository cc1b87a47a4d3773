import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bench } from '../../dependencies/bench.js';
import { pairCells, sampleOf, singleCells } from '../../dependencies/cells.js';
import { knownFailures } from '../../dependencies/known-failures.js';
import { type Result, summaryOf, writeResults } from '../../dependencies/results.js';
import { allEngines } from '../../support/databases.js';

/** All cells, or those whose names fit `DEPENDENCIES_ONLY`; a sample where neither is said. */
const only = process.env['DEPENDENCIES_ONLY'];
const whole = process.env['DEPENDENCIES'] === 'whole' || only !== undefined;
const seed = Number(process.env['DEPENDENCIES_SEED'] ?? 1);
/** Of each engine, on which there are thousands. */
const SAMPLE = 24;
/** So many share a database at a time. */
const BATCH = 60;

describe.each(allEngines)('a change with what hangs on it on %s', (engine) => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.create(engine);
  });
  afterAll(() => bench?.close());

  it(`the result is that of a fresh database, there and back, with its rows; ${whole ? 'whole' : 'a sample'} by the seed ${seed}`, async () => {
    const all = [...singleCells(engine), ...pairCells(engine, seed)];
    const fitting = all.filter(({ name }) => only === undefined || new RegExp(only).test(name));
    const cells = whole ? fitting : sampleOf(fitting, SAMPLE, seed);
    const known = knownFailures(engine);
    const results: Result[] = [];
    for (let start = 0; start < cells.length; start += BATCH) {
      const batch = cells.slice(start, start + BATCH);
      const outcomes = await bench.run(batch, known);
      results.push(...batch.map(({ name }, index) => ({ cell: name, ...outcomes[index] })));
    }
    if (whole) process.stderr.write(`${summaryOf(engine, results)}\n`);
    // what is published is of all cells
    if (whole && only === undefined) await writeResults(engine, results);

    const failing = results.filter(({ verdict }) => verdict === 'fails');
    const holding = results.filter(({ verdict }) => verdict !== 'fails');
    // a failure that is not on the list
    expect(failing.filter(({ cell }) => !known.has(cell))).toEqual([]);
    // what is mended goes from the list
    expect(holding.map(({ cell }) => cell).filter((cell) => known.has(cell))).toEqual([]);
  });
});
