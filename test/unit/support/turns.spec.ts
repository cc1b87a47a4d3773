import { describe, expect, it } from '@jest/globals';
import { allEngines, type Engine } from '../../support/engines.ts';
import { describeTurn, enginesByDialect, isTurn, isTurnOfEngine, turnsOf } from '../../support/turns.ts';

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
