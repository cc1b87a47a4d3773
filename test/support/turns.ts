import { allEngines, type Engine } from './engines.ts';

/**
 * What a run takes of a product of cases that is too long for every run: each case in one of its places (on one of its
 * engines, say), the next day in the next one, so that a few days see all of them. `WHOLE=yes` takes all in one run, and
 * `TURN=20440` the cases of that day once more.
 */
export interface Turns {
  readonly isWhole: boolean;
  readonly turn: number;
}

const DAY = 86_400_000;

export function turnsOf(env: Readonly<Record<string, string | undefined>>, now: number): Turns {
  return { isWhole: env['WHOLE'] === 'yes', turn: Number(env['TURN'] ?? Math.floor(now / DAY)) };
}

/** Those of this run. */
export const turns: Turns = turnsOf(process.env, Date.now());

/** Whether the case of that number runs in this one of its places. */
export function isTurn<Place>(
  index: number,
  place: Place,
  places: readonly Place[],
  { isWhole, turn }: Turns = turns,
): boolean {
  return places.includes(place) && (isWhole || places[(index + turn) % places.length] === place);
}

/**
 * Whether the case of that number runs on this one of its engines. PGlite is PostgreSQL as WebAssembly in the test's own
 * process, where a statement takes many times what it costs elsewhere: its turn comes once while the others' come three
 * times, so that three days for each of the others, and one, see all of them.
 */
export function isTurnOfEngine(index: number, engine: Engine, sharing: readonly Engine[], at: Turns = turns): boolean {
  return isTurn(index, engine, placesOn(sharing), at);
}

/** As {@link isTurnOfEngine}, for cases of which one in two has a turn: in twice as many days, all are seen everywhere. */
export function isTurnOfHalf(index: number, engine: Engine, sharing: readonly Engine[], at: Turns = turns): boolean {
  const { length } = placesOn(sharing);
  // an even number of places and every other day would meet at the same ones
  const turn = at.turn + (length % 2 === 0 ? Math.floor(at.turn / length) : 0);
  return isTurnOfEngine(index, engine, sharing, at) && isTurn(index, 'taken', ['taken', 'left'], { ...at, turn });
}

function placesOn(sharing: readonly Engine[]): readonly Engine[] {
  const others = sharing.filter((other) => other !== 'pglite');
  return [...others, ...others, ...others, ...sharing.filter((one) => one === 'pglite')];
}

/**
 * The engines on which a spec runs today, where it is about what an engine is told and not about where the engine is:
 * PostgreSQL and PGlite are told the same, so that it is one of the two.
 *
 * @param spec What the file is called: not all of them are on PGlite on the same day.
 */
export function enginesByDialect<E extends Engine>(
  spec: string,
  among: readonly E[] = allEngines as readonly Engine[] as readonly E[],
  at: Turns = turns,
): readonly E[] {
  const same: readonly Engine[] = ['postgres', 'pglite'];
  const number = [...spec].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const isToday = (engine: Engine): boolean => !same.includes(engine) || isTurnOfEngine(number, engine, same, at);
  return same.every((engine) => among.some((one) => one === engine)) ? among.filter(isToday) : among;
}

/** For the line with which a run says what it takes. */
export function describeTurn({ isWhole, turn }: Turns = turns): string {
  return isWhole ? 'all of them' : `those of TURN=${turn}; WHOLE=yes takes all of them`;
}
