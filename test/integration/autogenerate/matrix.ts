/** Which rows of the matrix a run looks at. */
import { allEngines, engineNames, type Engine } from '../../support/databases.js';
import { isTurnOfHalf } from '../../support/turns.js';
import { type Change, changes as plainChanges } from './changes.js';
import { changesWithRows } from './changes-with-rows.js';
import { columnFeatures } from './features-of-columns.js';
import { tableFeatures } from './features-of-tables.js';
import { extensionChanges, extensionFeatures } from './extension-types.js';
import { isExpressible } from './inexpressible.js';
import { partitionChanges, partitionFeatures } from './partitions.js';
import { policyChanges, policyFeatures } from './policies.js';
import { type Feature, features as plainFeatures } from './single-features.js';
import { routineChanges, routineFeatures } from './routines.js';
import { triggerChanges, triggerFeatures } from './triggers.js';

export const features: readonly Feature[] = [
  ...plainFeatures,
  ...columnFeatures,
  ...tableFeatures,
  ...triggerFeatures,
  ...routineFeatures,
  ...policyFeatures,
  ...partitionFeatures,
  ...extensionFeatures,
];
export const changes: readonly Change[] = [
  ...plainChanges,
  ...changesWithRows,
  ...triggerChanges,
  ...routineChanges,
  ...policyChanges,
  ...partitionChanges,
  ...extensionChanges,
];

export interface MatrixRow {
  readonly name: string;
  /** Where an entity can say it at all; everywhere unless told. */
  readonly engines?: readonly Engine[];
}

/** The rows that the engine can express. */
export function rowsOf<Row extends MatrixRow>(rows: readonly Row[], engine: Engine): readonly Row[] {
  return rows.filter(({ name, engines }) => engines?.includes(engine) !== false && isExpressible(name, engine));
}

/** Those of them that are this run's: one row in two, on one of the engines that can express it. */
export function rowsOfRun<Row extends MatrixRow>(rows: readonly Row[], engine: Engine): readonly Row[] {
  const sharing = (row: Row): readonly Engine[] => allEngines.filter((other) => rowsOf([row], other).length > 0);
  return rows.filter((row, index) => isTurnOfHalf(index, engine, sharing(row)));
}

/** The closing line: how many rows each engine had, of how many there are. */
export function summary(title: string, rows: readonly MatrixRow[]): string {
  const counts = allEngines.map(
    (engine) => `${engineNames[engine]} ${rowsOfRun(rows, engine).length} of ${rowsOf(rows, engine).length}`,
  );
  return `${title}: ${counts.join(', ')}\n`;
}
