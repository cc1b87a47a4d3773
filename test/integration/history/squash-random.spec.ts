/** Random histories, of which a random range is squashed: every database gets what the revisions would have made. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { type Engine } from '../../support/engines.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Revisions, type Scenario, type ScenarioRevision } from '../../support/scenario.ts';
import { isTurn, turns } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

type Call = readonly [verb: string, ...args: readonly unknown[]];

const calling = (calls: readonly Call[]): RevisionCode =>
  given({ calls }, async (op, values) => {
    for (const [verb, ...args] of values.calls) {
      await (op as unknown as Record<string, (...args: readonly unknown[]) => Promise<void>>)[verb](...args);
    }
  });

/** Numbers from 0 to below `n` that follow from a seed (mulberry32). */
function numbersOf(seed: number): (n: number) => number {
  let state = seed * 2_654_435_761;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

/** What a line of revisions has made so far. */
interface Tables {
  readonly [table: string]: { readonly columns: readonly string[]; readonly indexes: readonly string[] };
}

interface Made {
  readonly tables: Tables;
  readonly up: readonly Call[];
  readonly down: readonly Call[];
}

/** Some changes of the tables of one line; `name` makes names that no other line has. */
function changed(tables: Tables, draw: (n: number) => number, name: () => string): Made {
  let made: Made = { tables, up: [], down: [] };
  for (let count = 1 + draw(3); count > 0; count--) {
    const next = oneChange(made.tables, draw, name);
    made = { tables: next.tables, up: [...made.up, ...next.up], down: [...next.down, ...made.down] };
  }
  return made;
}

function oneChange(tables: Tables, draw: (n: number) => number, name: () => string): Made {
  const names = Object.keys(tables);
  const table = names[draw(Math.max(names.length, 1))];
  const kind = table === undefined ? 0 : draw(8);
  if (table === undefined || kind === 0) {
    const created = `t_${name()}`;
    const columns = { id: { type: 'integer' }, a: { type: 'string', nullable: true } };
    return {
      tables: { ...tables, [created]: { columns: ['a'], indexes: [] } },
      up: [['createTable', created, { columns, primaryKey: { columns: ['id'] } }]],
      down: [['dropTable', created]],
    };
  }
  const { columns, indexes } = tables[table];
  const column = columns[draw(Math.max(columns.length, 1))];
  const withTable = (changes: Partial<Tables[string]>): Tables => ({
    ...tables,
    [table]: { columns, indexes, ...changes },
  });
  switch (kind) {
    case 1: {
      const to = `t_${name()}`;
      const { [table]: moved, ...others } = tables;
      return {
        tables: { ...others, [to]: moved },
        up: [['renameTable', table, to]],
        down: [['renameTable', to, table]],
      };
    }
    case 2: {
      const to = `c_${name()}`;
      if (column === undefined || indexes.length > 0) break;
      return {
        tables: withTable({ columns: columns.map((each) => (each === column ? to : each)) }),
        up: [['renameColumn', table, column, to]],
        down: [['renameColumn', table, to, column]],
      };
    }
    case 3: {
      const index = `i_${name()}`;
      return {
        tables: withTable({ indexes: [...indexes, index] }),
        up: [['createIndex', table, ['id'], { name: index }]],
        down: [['dropIndex', table, index]],
      };
    }
    case 4:
      return {
        tables,
        up: [['bulkInsert', table, [{ id: 1000 + draw(1_000_000) }]]],
        down: [['execute', `delete from ${table}`]],
      };
    case 5:
      if (column === undefined) break;
      return { tables, up: [['execute', `update ${table} set ${column} = 'x' where ${column} is null`]], down: [] };
  }
  const added = `c_${name()}`;
  return {
    tables: withTable({ columns: [...columns, added] }),
    up: [['addColumn', table, added, { type: 'string', nullable: true }]],
    down: [['dropColumn', table, added]],
  };
}

/** A history of about ten revisions with two branches that are merged, and a range of it with one way in and one out. */
function historyOf(seed: number): {
  readonly revisions: Revisions;
  readonly ids: readonly string[];
  readonly range: string;
} {
  const draw = numbersOf(seed);
  let serial = 0;
  const name = (): string => String(++serial);
  const revisions: Record<string, ScenarioRevision> = {};
  const trunk: string[] = [];
  let tables: Tables = {};
  const add = (id: string, down: string | readonly string[] | null, from: Tables): Tables => {
    const { up, down: back, tables: after } = changed(from, draw, name);
    revisions[id] = { down, upgrade: calling(up), downgrade: calling(back) };
    return after;
  };
  let tip: string | null = null;
  const length = 5 + draw(4);
  const fork = 1 + draw(length - 2);
  for (let index = 0; index < length; index++) {
    const id = `r${index}`;
    if (index === fork) {
      // each side changes tables of its own
      const sides = [
        Object.entries(tables).filter((_, at) => at % 2 === 0),
        Object.entries(tables).filter((_, at) => at % 2 === 1),
      ];
      const after = sides.map((side, at) => {
        const own = Object.fromEntries(side);
        const first = add(`${id}_${at}a`, tip, own);
        return at === 0 ? first : add(`${id}_${at}b`, `${id}_${at}a`, first);
      });
      tables = Object.assign({}, ...after) as Tables;
      revisions[id] = { down: [`${id}_0a`, `${id}_1b`] };
    } else tables = add(id, tip, tables);
    trunk.push(id);
    tip = id;
  }
  const first = draw(length - 1);
  const last = first + 1 + draw(length - first - 1);
  return { revisions, ids: Object.keys(revisions), range: `${trunk[first]}:${trunk[last]}` };
}

interface State {
  readonly hash: string;
  readonly rows: readonly unknown[];
}

async function stateOf({ migrations, orm }: Scenario): Promise<State> {
  const { hash, text } = await migrations.fingerprint();
  const tables = [...new Set([...text.matchAll(/^table (?:public\.)?(t_\d+)\b/gm)].map(([, table]) => table))].sort();
  const rows: unknown[] = [];
  for (const table of tables)
    rows.push([table, await orm.em.getConnection().execute(`select * from ${table} order by id`)]);
  return { hash, rows: rows.map((each) => JSON.stringify(each, sorted)) };
}

/** The order of columns is that in which they were added. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function application(engine: Engine, revisions: Revisions, database?: TestDatabase): Promise<Scenario> {
  const scratch = scratchOption(engine);
  return scenario(engine, {
    revisions,
    module: { ...(scratch !== undefined && { scratch }) },
    ...(database && { database }),
  });
}

const servers = ['postgres', 'mysql', 'mariadb', 'pglite'] as const;
const cases = (['sqlite', ...servers] as const).flatMap((engine, place) => {
  const isSqlite = engine === 'sqlite';
  const count = turns.isWhole ? 20 : isSqlite ? 8 : isTurn(0, engine, servers) ? 2 : 0;
  return Array.from({ length: count }, (_, index) => ({
    engine,
    seed: place * 100 + index + (turns.turn % 20) * 1000,
  }));
});

describe('a random range of a random history', () => {
  it.each(cases)('is squashed on $engine, seed $seed', async ({ engine, seed }) => {
    const { revisions, ids, range } = historyOf(seed);
    const at = await application(engine, revisions);
    ending.push(() => at.end());
    await at.migrations.upgrade();
    const wanted = await stateOf(at);

    const writing = await application(engine, revisions);
    ending.push(() => writing.end());
    const result = await writing.migrations.squash({ range, revId: 'squash' });
    expect(result.proofs.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([]);

    // what a database had applied before the squash was there
    const draw = numbersOf(seed + 7);
    for (const target of [undefined, ids[draw(ids.length)], ids[draw(ids.length)]]) {
      const database = await createDatabase(engine);
      ending.push(() => database.drop());
      if (target !== undefined) {
        const before = await application(engine, revisions, database);
        await before.migrations.upgrade({ target });
        await before.end();
      }
      const after = await application(engine, revisions, database);
      const [from, to] = [writing, after].map(({ folder }) => join(folder.path, 'migrations', 'versions'));
      await rm(to, { recursive: true });
      await cp(from, to, { recursive: true });
      const { rows } = await after.migrations.upgrade({ target: 'heads' });
      expect([target, await stateOf(after)]).toEqual([target, wanted]);
      expect(rows).toEqual((await writing.migrations.heads()).map(({ revision }) => revision));
      await after.end();
    }
  });
});
