/**
 * Takes many cells at once through one database: their objects have names of their own, so that they do not meet. What
 * fails is known by those names; the cell that failed takes no further part, and the others go on.
 */
import { renderOperations } from '../../libs/nest-migrate/src/autogenerate/render/render-operations.js';
import { type SchemaComparison } from '../../libs/nest-migrate/src/autogenerate/compare-schema.js';
import { type Operation } from '../../libs/nest-migrate/src/operations/operation.js';
import { type Entities, LiveDatabase } from '../integration/autogenerate/live-database.js';
import { type Contents, shared } from '../integration/autogenerate/rows.js';
import { type Engine } from '../support/databases.js';
import { type RenderedStep } from '../unit/autogenerate/run-rendered.js';
import { type Cell, versionOf } from './cells.js';
import { type Version } from './changes.js';
import { entitiesOf, placeOf, type Row, tableOf } from './description.js';
import { cellIn, cellsIn, prefixOf } from './names.js';
import { extensions } from './kinds.js';
import { differenceOf, inAnyOrder, type ToldSchema, toldSchema, withoutUndeclared } from './told-schema.js';
import { LEFT, ROLE } from './undeclared.js';

/** What a cell goes through, in this order. */
export const stages = {
  entities: 'MikroORM refuses the entities',
  start: 'version 1 cannot be made',
  settled: 'version 1 is made, and the next comparison finds something to do',
  rows: 'the rows of version 1 cannot be inserted',
  undeclared: 'what no entity declares cannot be made',
  'left out': 'the comparison sees what it was told to leave out',
  upgrade: 'the upgrade fails',
  again: 'upgraded, and the next comparison finds something to do',
  lost: 'the upgrade loses or changes rows',
  fresh: 'the result is not what a fresh database of version 2 is',
  downgrade: 'the downgrade fails',
  back: 'the schema after the downgrade is not the one before',
  'lost back': 'the downgrade loses or changes rows',
  'second upgrade': 'the upgrade fails the second time',
  'second result': 'the second upgrade makes another schema than the first',
  replay: 'the two revisions fail on an empty database',
  replayed: 'replayed from nothing, the result is not what a fresh database of version 2 is',
} as const;

export type Stage = keyof typeof stages;

export interface Outcome {
  readonly verdict: 'holds' | 'fails' | 'not possible' | 'left alone';
  readonly stage?: Stage;
  readonly text?: string;
}

export interface Taken {
  readonly cell: Cell;
  readonly number: number;
  readonly before: Version;
  readonly after: Version;
}

export class Bench {
  private readonly outcomes = new Map<number, Outcome>();
  /** Whether a revision is run step by step at once: where some of it is known to fail, the first attempt is for nothing. */
  private failing = false;
  private runs = 0;

  private constructor(
    readonly engine: Engine,
    private main: LiveDatabase,
    private fresh: LiveDatabase,
  ) {}

  private get transactional(): boolean {
    return this.engine !== 'mysql' && this.engine !== 'mariadb';
  }

  static async create(engine: Engine): Promise<Bench> {
    const [main, fresh] = [await LiveDatabase.create(engine), await LiveDatabase.create(engine)];
    for (const database of [main, fresh]) await withRole(database);
    return new Bench(engine, main, fresh);
  }

  /** Other databases in place of those that there are. */
  private async renew(): Promise<void> {
    await this.main.close();
    await this.fresh.close();
    [this.main, this.fresh] = [await LiveDatabase.create(this.engine), await LiveDatabase.create(this.engine)];
    for (const database of [this.main, this.fresh]) await withRole(database);
  }

  async close(): Promise<void> {
    if (this.engine !== 'sqlite') {
      for (const database of [this.main, this.fresh]) await reset(database);
      await this.main.execute(`drop role if exists ${ROLE}`);
    }
    await this.main.close();
    await this.fresh.close();
  }

  /** The outcome of each cell, in their order. */
  async run(cells: readonly Cell[], known: ReadonlyMap<string, string> = new Map()): Promise<readonly Outcome[]> {
    this.outcomes.clear();
    // what lives in this process grows with all that it has seen
    this.runs += 1;
    if (this.engine === 'pglite' && this.runs % 10 === 0) await this.renew();
    this.failing = cells.some(({ name }) => known.has(name));
    const taken = cells.map((cell, number): Taken => ({ cell, number, ...this.versions(cell, number) }));
    try {
      await this.take(taken);
    } catch (error) {
      // whatever state it left
      await this.renew();
      if (cells.length === 1) return [failed('upgrade', error)];
      // one cell may be at fault: halves tell
      if (process.env['DEPENDENCIES_TRACE']) process.stderr.write(`${(error as Error).stack}\n`);
      const half = Math.ceil(cells.length / 2);
      return [...(await this.run(cells.slice(0, half), known)), ...(await this.run(cells.slice(half), known))];
    }
    const outcomes = taken.map(({ number }): Outcome => this.outcomes.get(number) ?? { verdict: 'holds' });
    for (const [number, outcome] of outcomes.entries()) {
      if (outcome.verdict !== 'not possible' || outcome.stage !== 'start') continue;
      if (await this.isPossible(taken[number])) outcomes[number] = { ...outcome, verdict: 'fails' };
    }
    // an engine that looks at everything there is may have refused one for what another left, and what is restored
    // together fails together
    for (const [number, { verdict, text = '' }] of outcomes.entries()) {
      const isShared = cellsIn(text).some((other) => other !== number) || text.startsWith('do $');
      if (cells.length > 1 && verdict !== 'holds' && isShared) {
        const [alone] = await this.run([cells[number]]);
        outcomes[number] = alone!;
      }
    }
    return outcomes;
  }

  private versions(cell: Cell, number: number): Pick<Taken, 'before' | 'after'> {
    const prefix = prefixOf(number);
    return {
      before: versionOf(cell, 'before', prefix, this.engine),
      after: versionOf(cell, 'after', prefix, this.engine),
    };
  }

  private async take(taken: readonly Taken[]): Promise<void> {
    const { main, fresh } = this;
    const alive = (): readonly Taken[] => taken.filter(({ number }) => !this.outcomes.has(number));
    await this.discover(taken);
    await reset(main);
    await reset(fresh);

    // a database of version 2, as the judge of everything
    const target = await this.compare(fresh, alive(), 'after');
    await this.apply(fresh, await fresh.steps(target.upgrade), (number, error) => this.refuse(number, 'start', error));
    const wanted = await toldSchema(fresh);
    await this.undeclared(fresh, alive(), 'after');
    const wantedWithAll = await toldSchema(fresh);

    const first = await this.compare(main, alive(), 'before');
    const firstSteps = await main.steps(first.upgrade);
    await this.apply(main, firstSteps, (number, error) => this.refuse(number, 'start', error));
    await this.nothingLeft(main, alive(), 'before', 'settled');
    const declared = await toldSchema(main);
    await this.insert(alive());
    await this.undeclared(main, alive(), 'before');
    await this.nothingLeft(main, alive(), 'before', 'left out');
    const [schemaBefore, rowsBefore] = [await toldSchema(main), renamed(alive(), byTable(await main.contents()))];

    const change = await this.compare(main, alive(), 'after');
    const left = this.leftAlone(alive(), change);
    const steps = await main.steps(ofOneCellEach(change.upgrade));
    const back = await main.steps(ofOneCellEach(change.downgrade));
    await this.apply(main, steps, (number, error) => {
      const text = left.get(number);
      if (text?.includes('the upgrade fails') === true) this.outcomes.set(number, { verdict: 'left alone', text });
      else this.failUpgrade(taken[number], error);
    });
    await this.nothingLeft(main, alive(), 'after', 'again');
    const [schemaAfter, rowsAfter] = [await toldSchema(main), byTable(await main.contents())];
    for (const one of alive()) {
      this.same(one, 'lost', rowsOf(one, rowsBefore, rowsAfter), rowsOf(one, rowsAfter, rowsBefore));
      const [expected, actual] = [ofCell(wantedWithAll, one), ofCell(schemaAfter, one)].map((lines) =>
        goes(one) ? withoutUndeclared(lines) : lines,
      ) as [readonly string[], readonly string[]];
      const text = left.get(one.number);
      const difference = differenceOf(expected, actual);
      if (text !== undefined && difference !== '' && isOnly(difference, columnsLeft(one.number, change))) {
        this.outcomes.set(one.number, { verdict: 'left alone', text });
      } else this.same(one, 'fresh', expected, actual);
    }

    await this.apply(main, back, (number, error) => this.failDowngrade(taken[number], error));
    const [schemaBack, rowsBack] = [await toldSchema(main), renamed(alive(), byTable(await main.contents()))];
    for (const one of alive()) {
      const [now, then] = [schemaBack.get(one.number) ?? [], schemaBefore.get(one.number) ?? []];
      const ofEntities = withoutUndeclared(declared.get(one.number) ?? []);
      const lines = (schema: readonly string[]): readonly string[] =>
        goes(one) ? withoutUndeclared(kept(schema)) : kept(schema);
      const text = left.get(one.number);
      if (/\bthe downgrade leaves\b/.test(text ?? '') && differenceOf(lines(then), lines(now)) !== '') {
        this.outcomes.set(one.number, { verdict: 'left alone', text });
      } else if (!goes(one)) this.same(one, 'back', kept(then), kept(now));
      else if (differenceOf(ofEntities, withoutUndeclared(now)) !== '') {
        this.same(one, 'back', withoutUndeclared(kept(then)), withoutUndeclared(kept(now)));
      }
      this.same(one, 'lost back', rowsOf(one, rowsBefore, rowsAfter), rowsOf(one, rowsBack, rowsAfter));
    }
    await this.apply(main, steps, (number, error) => this.fail(number, 'second upgrade', error));
    const schemaAgain = await toldSchema(main);
    for (const one of alive()) {
      if (!goes(one)) this.same(one, 'second result', ofCell(schemaAfter, one), ofCell(schemaAgain, one));
    }

    await reset(fresh);
    await this.apply(fresh, firstSteps, (number, error) => this.fail(number, 'replay', error));
    await this.apply(fresh, steps, (number, error) => this.fail(number, 'replay', error));
    const replayed = await toldSchema(fresh);
    for (const one of alive()) this.same(one, 'replayed', ofCell(wanted, one), ofCell(replayed, one));
  }

  /** Whether MikroORM's own generator makes both versions, where this library did not. */
  private async isPossible({ before, after }: Taken): Promise<boolean> {
    try {
      for (const { schema } of [before, after]) {
        await reset(this.fresh);
        await this.fresh.createAsMikroOrm(entitiesOf(schema));
      }
      return true;
    } catch {
      return false;
    }
  }

  /** Cells whose entities MikroORM refuses. */
  private async discover(taken: readonly Taken[]): Promise<void> {
    try {
      for (const side of ['before', 'after'] as const) {
        await this.main.discover(taken.flatMap((one) => entitiesOf(one[side].schema)));
      }
    } catch (error) {
      const [only, ...more] = taken;
      if (only !== undefined && more.length === 0) return this.refuse(only.number, 'entities', error);
      const half = Math.ceil(taken.length / 2);
      await this.discover(taken.slice(0, half));
      await this.discover(taken.slice(half));
    }
  }

  private async compare(
    database: LiveDatabase,
    taken: readonly Taken[],
    side: 'before' | 'after',
  ): Promise<SchemaComparison> {
    const alive = new Set(taken.map(({ number }) => number));
    const entities = (): Entities => taken.flatMap((one) => entitiesOf(one[side].schema));
    const includeObject = ({ name, table }: { readonly name: string; readonly table: string }): boolean => {
      const number = cellIn(table) ?? cellIn(name);
      return !name.includes(LEFT) && (number === undefined || alive.has(number));
    };
    const wishes = taken.flatMap(({ cell: { change }, number }) =>
      change.renames.map((rename) => ({ ...rename, prefix: prefixOf(number) })),
    );
    const renames: string[] = [];
    for (;;) {
      const comparison = await database.compare(entities(), { includeObject, renames });
      if (side === 'before') return comparison;
      const answers = comparison.candidates
        .filter(({ kind, from, to }) =>
          wishes.some(
            (wish) =>
              wish.kind === kind && from === fullName(wish, wish.from, from) && to === fullName(wish, wish.to, to),
          ),
        )
        .map(({ answer }) => answer)
        .filter((answer) => !renames.includes(answer));
      if (answers.length === 0) return comparison;
      renames.push(...answers);
    }
  }

  /** Runs the steps as one revision; a cell whose step fails does not run its others. */
  private async apply(
    database: LiveDatabase,
    steps: readonly RenderedStep[],
    fail: (number: number, error: unknown) => void,
  ): Promise<void> {
    const { transactional } = this;
    if (this.engine === 'sqlite') await database.execute('pragma foreign_keys = off');
    if (transactional && !this.failing && (await this.applyAtOnce(database, steps))) return;
    if (transactional) await database.execute('begin');
    try {
      for (const step of steps) await this.applyStep(database, step, fail);
      if (transactional) await database.execute('commit');
    } catch (error) {
      if (transactional) await database.execute('rollback');
      throw error;
    }
  }

  private async applyStep(
    database: LiveDatabase,
    step: RenderedStep,
    fail: (number: number, error: unknown) => void,
  ): Promise<void> {
    const number = cellIn(JSON.stringify(step.operations));
    if (number !== undefined && this.outcomes.has(number)) return;
    if (this.transactional) await database.execute('savepoint step');
    try {
      await database.take(step);
    } catch (error) {
      if (number === undefined) throw error;
      if (this.transactional) await database.execute('rollback to savepoint step');
      fail(number, error);
    }
    if (this.transactional) await database.execute('release savepoint step');
  }

  /** As a run does it. Where that fails, nothing has happened. */
  private async applyAtOnce(database: LiveDatabase, steps: readonly RenderedStep[]): Promise<boolean> {
    await database.execute('begin');
    try {
      for (const step of steps) {
        const number = cellIn(JSON.stringify(step.operations));
        if (number === undefined || !this.outcomes.has(number)) await database.take(step);
      }
      await database.execute('commit');
      return true;
    } catch {
      await database.execute('rollback');
      return false;
    }
  }

  private async nothingLeft(
    database: LiveDatabase,
    taken: readonly Taken[],
    side: 'before' | 'after',
    stage: Stage,
  ): Promise<void> {
    if (taken.length === 0) return;
    const { upgrade } = await this.compare(database, taken, side);
    const left = new Map<number, Operation[]>();
    for (const operation of upgrade) {
      const number = cellIn(JSON.stringify(operation));
      if (number === undefined) throw new Error(`Whose is ${JSON.stringify(operation)}?`);
      left.set(number, [...(left.get(number) ?? []), operation]);
    }
    for (const [number, operations] of left) this.fail(number, stage, new Error(renderOperations(operations)));
  }

  /** What a person or another program makes. */
  private async undeclared(database: LiveDatabase, taken: readonly Taken[], side: 'before' | 'after'): Promise<void> {
    for (const one of taken) {
      const { undeclared } = one[side].schema;
      if (undeclared.length === 0) continue;
      if (this.transactional) await database.execute('begin');
      try {
        await database.execute(...undeclared);
        if (this.transactional) await database.execute('commit');
      } catch (error) {
        if (this.transactional) await database.execute('rollback');
        this.refuse(one.number, 'undeclared', error);
      }
    }
  }

  private async insert(taken: readonly Taken[]): Promise<void> {
    for (const one of taken) {
      try {
        await this.main.execute(...one.before.schema.rows.map((row) => insertOf(row, one)));
      } catch (error) {
        this.refuse(one.number, 'rows', error);
      }
    }
  }

  /** Cells of which the comparison says what is left to a person: all of it, or what does not follow a rename. */
  private leftAlone(taken: readonly Taken[], change: SchemaComparison): ReadonlyMap<number, string> {
    const { warnings } = change;
    const touched = cellsOf(change.upgrade);
    const left = new Map<number, string>();
    for (const { number } of taken) {
      const said = (words: RegExp): string | undefined =>
        warnings.find((warning) => words.test(warning) && cellsIn(warning).includes(number));
      // what does not follow a rename is named, with what to do
      const told = said(/\bthe comparison leaves out\b.*\bwrite (?:a|the) statement|\bha(?:s|ve) rights: they stay\b/);
      const alone = said(/\bby hand\b|\bleaves alone\b/);
      // a column of its own is left alone while the rest changes
      const isPart = columnsLeft(number, change).length > 0;
      if (alone !== undefined && (isPart || !touched.has(number))) left.set(number, alone);
      else if (told !== undefined) left.set(number, told);
      const stays = said(/\bthe downgrade leaves\b/);
      if (stays !== undefined) left.set(number, stays);
    }
    return left;
  }

  private same({ number }: Taken, stage: Stage, expected: readonly string[], actual: readonly string[]): void {
    const difference = differenceOf(expected, actual);
    if (difference !== '') this.fail(number, stage, new Error(difference));
  }

  private fail(number: number, stage: Stage, error: unknown): void {
    if (!this.outcomes.has(number)) this.outcomes.set(number, failed(stage, error));
  }

  /** Where the new values of a computed column break a foreign key, it is the engine that refuses them. */
  private failUpgrade(one: Taken | undefined, error: unknown): void {
    if (one === undefined) throw error;
    const isComputed = one.cell.change.name.startsWith('computed: ') && one.cell.change.recomputed.length > 0;
    const breaksKey = /\b(?:violates foreign key constraint|foreign key constraint fails)\b/.test(String(error));
    if (isComputed && breaksKey) this.refuse(one.number, 'upgrade', error);
    else this.fail(one.number, 'upgrade', error);
  }

  /** Where all rows get the one default of a column that comes back, it is the engine that refuses a key of them. */
  private failDowngrade(one: Taken | undefined, error: unknown): void {
    if (one === undefined) throw error;
    const comesBack = one.before.target.column !== undefined && one.after.target.column === undefined;
    const breaksKey = /\b(?:could not create unique index|Duplicate entry|UNIQUE constraint failed)\b/.test(
      String(error),
    );
    if (comesBack && breaksKey) this.refuse(one.number, 'downgrade', error);
    else this.fail(one.number, 'downgrade', error);
  }

  /** The engine refuses a version of the cell. */
  private refuse(number: number, stage: Stage, error: unknown): void {
    if (!this.outcomes.has(number)) this.outcomes.set(number, { ...failed(stage, error), verdict: 'not possible' });
  }
}

/** The columns of a cell that warnings say are left alone, while something else of it changes. */
function columnsLeft(number: number, { warnings, upgrade }: SchemaComparison): readonly string[] {
  if (!cellsOf(upgrade).has(number)) return [];
  return warnings
    .filter((warning) => cellsIn(warning).includes(number))
    .flatMap((warning) => /\bleaves (?:the \w+ of )?[^\s.]+\.(\w+) alone\b/.exec(warning)?.[1] ?? []);
}

/** The cells that operations are of. */
function cellsOf(operations: readonly Operation[]): ReadonlySet<number | undefined> {
  return new Set(operations.map((operation) => cellIn(JSON.stringify(operation))));
}

/** Whether a difference is of nothing but the columns; of anything where there are none. */
function isOnly(difference: string, columns: readonly string[]): boolean {
  const named = new RegExp(`\\b(?:${columns.join('|')})\\b`);
  return columns.length === 0 || difference.split('\n').every((line) => named.test(line));
}

/** What no entity declares goes with its table or column, and is not expected back: the caller wished that it is left out. */
export function goes({ after: { target } }: Taken): boolean {
  return target.table === undefined || target.column === undefined;
}

function failed(stage: Stage, error: unknown): Outcome {
  return { verdict: 'fails', stage, text: error instanceof Error ? error.message : String(error) };
}

export function insertOf({ table, values }: Row, { before: { schema } }: Taken): string {
  const [columns, literals] = [Object.keys(values), Object.values(values)];
  return `insert into ${placeOf(tableOf(schema, table))} (${columns.join(', ')}) values (${literals.join(', ')})`;
}

/** The operations on objects of several cells, as one for each. */
function ofOneCellEach(operations: readonly Operation[]): readonly Operation[] {
  const isShared = ({ kind }: Operation): boolean => kind === 'keepAttributes' || kind === 'restoreAttributes';
  if (!operations.some(isShared)) return operations;
  return operations.flatMap((operation): readonly Operation[] => {
    if (operation.kind !== 'keepAttributes' && operation.kind !== 'restoreAttributes') return [operation];
    const { tables = [], routines = [] } = operation;
    return [...new Set([...tables, ...routines].map(({ name }) => cellIn(name)))].map((cell) => ({
      kind: operation.kind,
      tables: tables.filter(({ name }) => cellIn(name) === cell),
      routines: routines.filter(({ name }) => cellIn(name) === cell),
    }));
  });
}

/** By the name of the table alone, which is unique. */
export function byTable(contents: Contents): Contents {
  return new Map(
    [...contents].map(([table, rows]) => [table.replaceAll(/["`]/g, '').replace(/^.*\./, ''), rows] as const),
  );
}

const COMPUTED = ['computed_stored', 'computed_virtual', 'computed_stored_indexed', 'checked'];

/** A name of a rename as a candidate spells it: whose column or value it is, the candidate tells. */
function fullName(
  { kind, prefix }: { readonly kind: string; readonly prefix: string },
  name: string,
  candidate: string,
): string | undefined {
  if (!candidate.includes(prefix)) return undefined;
  if (kind === 'table')
    return name
      .split('.')
      .map((part) => `${prefix}${part}`)
      .join('.');
  return `${candidate.slice(0, candidate.lastIndexOf('.'))}.${name}`;
}

/** The rows of version 1 under the names of version 2. */
export function renamed(taken: readonly Taken[], contents: Contents): Contents {
  const named = new Map<string, string>();
  const columns = new Map<string, Readonly<Record<string, string>>>();
  for (const { cell, number, before } of taken) {
    const prefix = prefixOf(number);
    for (const { kind, from, to } of cell.change.renames) {
      if (kind === 'table') named.set(`${prefix}${from}`, `${prefix}${to.replace(/^.*\./, '')}`);
      if (kind === 'column') columns.set(before.target.table ?? '', { [from]: to });
    }
  }
  return new Map(
    [...contents].map(([table, rows]) => {
      const names = columns.get(table) ?? {};
      const told = rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [names[name] ?? name, value] as const)),
      );
      return [named.get(table) ?? table, told] as const;
    }),
  );
}

/** The rows of a cell that two moments have in common. */
export function rowsOf({ cell, number }: Taken, of: Contents, other: Contents): readonly string[] {
  const follows = cell.change.recomputed.length > 0;
  const mine = new Map(
    [...of].filter(([table]) => cellIn(table) === number && !(follows && table.endsWith('_target'))),
  );
  const recomputed = [
    ...COMPUTED,
    `${prefixOf(number)}left_computed`,
    ...cell.change.recomputed,
    ...(follows ? ['parent', 'whole_1', 'whole_2'] : []),
  ];
  return Object.entries(shared(mine, other, recomputed)).map(([table, rows]) => `${table}: ${JSON.stringify(rows)}`);
}

/** The lines of a cell, without what the engine names itself and keeps when something is renamed. */
export function ofCell(told: ToldSchema, { number, cell: { change } }: Taken): readonly string[] {
  const prefix = prefixOf(number);
  const names = (line: string): string =>
    change.renames.reduce((text, { kind, from, to }) => {
      if (kind === 'table')
        return text.replaceAll(
          new RegExp(`\\b${prefix}${from.replace(/^.*\./, '')}`, 'g'),
          `${prefix}${to.replace(/^.*\./, '')}`,
        );
      if (kind === 'column')
        return text.replaceAll(
          new RegExp(`(?<=_)${from}(?=_(seq|not_null|fkey|check|unique|foreign|index)\\b)`, 'g'),
          to,
        );
      return text;
    }, line);
  return inAnyOrder(kept(told.get(number) ?? []).map(names));
}

/** Without not-null constraints, which PostgreSQL 18 names: the column's own line tells them. */
export function kept(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/^constraint: .*: NOT NULL \w+ valid true$/.test(line));
}

export async function withRole(database: LiveDatabase): Promise<void> {
  if (database.engine === 'sqlite') return;
  const exists =
    database.engine === 'postgres' || database.engine === 'pglite'
      ? `do $d$ begin create role ${ROLE}; exception when duplicate_object or unique_violation then null; end $d$`
      : `create role if not exists ${ROLE}`;
  await database.execute(exists);
}

export async function reset(database: LiveDatabase): Promise<void> {
  if (database.engine === 'postgres' || database.engine === 'pglite') {
    const found = await database.connection.execute<{ name: string }[]>('select pubname as name from pg_publication');
    await database.execute(...found.map(({ name }) => `drop publication "${name}"`));
  }
  if (database.engine === 'mysql' || database.engine === 'mariadb') {
    // which outlive their tables
    await database.execute(`revoke all privileges, grant option from ${ROLE}`);
  }
  await database.reset(database.engine === 'postgres' || database.engine === 'pglite' ? extensions : []);
}
