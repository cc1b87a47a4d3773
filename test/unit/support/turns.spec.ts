import { describe, expect, it } from '@jest/globals';
import { allEngines, type Engine } from '../../support/engines.ts';
import { describeTurn, enginesByDialect, isTurn, isTurnOfEngine, isTurnOfHalf, turnsOf } from '../../support/turns.ts';

const places = ['a', 'b', 'c'] as const;
const takenIn = (index: number, env: Record<string, string>): readonly string[] =>
  places.filter((place) => isTurn(index, place, places, turnsOf(env, 0)));

describe('the cases of a run', () => {
  it.each([0, 1, 2, 3, 40])('number %d has one place a day, and all of them in as many days as there are', (index) => {
    const days = [7, 8, 9].map((day) => takenIn(index, { TURN: String(day) }));
    expect(days.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(new Set(days.flat())).toEqual(new Set(places));
  });

  it('are on one engine a day, once on PGlite while three times on each of the others', () => {
    const days = Array.from({ length: 13 }, (_, day) =>
      allEngines.filter((engine) => isTurnOfEngine(5, engine, allEngines, turnsOf({ TURN: String(day) }, 0))),
    );
    expect(days.map(({ length }) => length)).toEqual(days.map(() => 1));
    const times = (engine: Engine): number => days.flat().filter((one) => one === engine).length;
    expect(allEngines.map(times)).toEqual(allEngines.map((engine) => (engine === 'pglite' ? 1 : 3)));
    expect(isTurnOfEngine(5, 'pglite', ['pglite'], turnsOf({ TURN: '7' }, 0))).toBe(true);
  });

  it.each([
    ['all', allEngines],
    ['three', ['postgres', 'mysql', 'sqlite'] as const],
    ['two', ['postgres', 'pglite'] as const],
    ['one', ['sqlite'] as const],
  ])('are one in two a day, and all of them everywhere in the end: on %s engines', (_, sharing) => {
    const taken = (index: number, engine: Engine, day: number): boolean =>
      isTurnOfHalf(index, engine, sharing, turnsOf({ TURN: String(day) }, 0));
    const cases = Array.from({ length: 40 }, (_case, index) => index);
    const of = (day: number): number =>
      cases.filter((index) => sharing.some((engine) => taken(index, engine, day))).length;
    expect([20_788, 20_789, 20_790].map(of)).toEqual([20, 20, 20]);
    const days = Array.from({ length: 26 }, (_day, day) => 20_788 + day);
    for (const engine of sharing)
      for (const index of cases) expect(days.some((day) => taken(index, engine, day))).toBe(true);
    expect(isTurnOfHalf(1, 'sqlite', sharing, turnsOf({ WHOLE: 'yes' }, 0))).toBe(
      sharing.some((one) => one === 'sqlite'),
    );
  });

  it('are on PostgreSQL or PGlite, in each of four days and of what is called otherwise on another, and on all others', () => {
    const on = (spec: string, day: number): readonly Engine[] =>
      enginesByDialect(spec, allEngines, turnsOf({ TURN: String(day) }, 0));
    const days = [0, 1, 2, 3].map((day) => on('plans', day));
    for (const engines of days) expect(engines.slice(1)).toEqual(['mysql', 'mariadb', 'sqlite']);
    expect(days.map(([first]) => first).sort()).toEqual(['pglite', 'postgres', 'postgres', 'postgres']);
    expect(on('plant', 0)).toEqual(on('plans', 1));
    expect(enginesByDialect('plans', ['pglite', 'sqlite'], turnsOf({ TURN: '0' }, 0))).toEqual(['pglite', 'sqlite']);
    expect(enginesByDialect('plans', allEngines, turnsOf({ WHOLE: 'yes' }, 0))).toEqual(allEngines);
  });

  it('with one place run every day, and in no place that is not theirs', () => {
    for (const TURN of ['7', '8', '9']) {
      expect(isTurn(5, 'a', ['a'], turnsOf({ TURN }, 0))).toBe(true);
      expect(isTurn(5, 'b', ['a'], turnsOf({ TURN }, 0))).toBe(false);
    }
  });

  it('are all of them where a person asks for that', () => {
    expect(takenIn(5, { WHOLE: 'yes' })).toEqual(places);
  });

  it('are those of the day, unless a turn is asked for', () => {
    const day = 86_400_000;
    expect(turnsOf({}, 5 * day + 1)).toEqual({ isWhole: false, turn: 5 });
    expect(describeTurn(turnsOf({ TURN: '3' }, 5 * day))).toBe('those of TURN=3; WHOLE=yes takes all of them');
  });
});
