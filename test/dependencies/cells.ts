/** The cells of the matrix: each change with each dependent, and with each two dependents at once. */
import { type Engine } from '../support/databases.js';
import { Random } from '../integration/autogenerate/random.js';
import { type Change, changes, type Version } from './changes.js';
import { declaredDependents, type Dependent } from './dependents.js';
import { undeclaredDependents } from './undeclared.js';

export interface Cell {
  /** `change | dependent`, or `change | dependent + dependent`. */
  readonly name: string;
  readonly change: Change;
  readonly dependents: readonly Dependent[];
}

export const dependents: readonly Dependent[] = [...declaredDependents, ...undeclaredDependents];

/** All changes with one dependent each. */
export function singleCells(engine: Engine): readonly Cell[] {
  const [mine, hanging] = [on(changes, engine), on(dependents, engine)];
  return mine.flatMap((change) =>
    hanging.filter((dependent) => canHang(change, dependent)).map((dependent) => cell(change, [dependent])),
  );
}

/**
 * A covering array of strength two over the dependents: each two of them hang on a column at once, under a change that
 * the seed picks, each change about as often as any other.
 */
export function pairCells(engine: Engine, seed: number): readonly Cell[] {
  const random = new Random(seed);
  const hanging = on(dependents, engine).filter(({ name }) => name !== 'nothing');
  const pairs = hanging.flatMap((first, index) => hanging.slice(index + 1).map((second) => [first, second]));
  const mine = on(changes, engine);
  let queue: readonly Change[] = [];
  return random.shuffled(pairs).map((pair) => {
    const fits = (change: Change): boolean => pair.every((dependent) => canHang(change, dependent));
    if (!queue.some(fits)) queue = [...queue, ...random.shuffled(mine)];
    const change = queue.find(fits)!;
    queue = queue.filter((other) => other !== change);
    return cell(change, pair);
  });
}

/** A few cells that the seed picks. */
export function sampleOf(cells: readonly Cell[], size: number, seed: number): readonly Cell[] {
  return new Random(seed).shuffled(cells).slice(0, size);
}

/** A version of a cell, with its dependents. */
export function versionOf(
  { change, dependents: hanging }: Cell,
  side: 'before' | 'after',
  prefix: string,
  engine: Engine,
): Version {
  const { schema, target } = change[side](prefix);
  const { target: before } = change.before(prefix);
  // each once, also where two are of the same
  const all = new Set(hanging.flatMap((one) => (one.below === undefined ? [one] : [one.below, one])));
  const attached = [...all].reduce((grown, dependent) => dependent.attach(grown, target, engine, before), schema);
  return { target, schema: attached };
}

/** What no entity declares hangs on what is there before the change. */
function canHang({ before, after, declaredOnly }: Change, { declared, on: place, stays }: Dependent): boolean {
  const [first, second] = [before('').target, after('').target];
  if (stays === true && (first.column === undefined || second.column === undefined)) return false;
  return declared || (!declaredOnly && first.table !== undefined && (place === 'table' || first.column !== undefined));
}

function cell(change: Change, hanging: readonly Dependent[]): Cell {
  return { name: `${change.name} | ${hanging.map(({ name }) => name).join(' + ')}`, change, dependents: hanging };
}

function on<T extends { readonly engines?: readonly Engine[] }>(list: readonly T[], engine: Engine): readonly T[] {
  return list.filter(({ engines }) => engines?.includes(engine) !== false);
}
