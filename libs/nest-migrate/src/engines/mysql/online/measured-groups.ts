import { isTableAlteration, ownDefinitions } from '../../../operations/all.js';
import { contentOf } from '../../../operations/content-of.js';
import { type Operation } from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';
import { alterationGroups } from '../../ddl/alteration-groups.js';
import { type Ddl } from '../../ddl/ddl.js';
import { type Statement } from '../../ddl/statement.js';
import { type StatementImpact } from '../../impact/impact.js';
import { type OnlineSources } from '../../online/online.js';
import { type SqlSession } from '../../session/sql-session.js';
import { type MySqlVariant } from '../catalogue/catalogue.js';
import { MySqlMeter } from '../impact/mysql-meter.js';
import { escaping } from '../session/escaping.js';
import { unchecked } from '../session/foreign-key-checks.js';
import { copiesApart } from './copies-apart.js';
import { type Group, type Verdict, verdictOf } from './verdict.js';

/** Changes that the plain form makes in one statement, and the statements that take its place. */
export interface MeasuredGroup {
  readonly plain: Group;
  readonly parts: readonly { readonly group: Group; readonly verdict: Verdict }[];
}

/** What was measured. */
export interface MeasuredGroups {
  of(plain: Group): MeasuredGroup | undefined;
  /** Why what comes after some operation was not measured; absent where all was. */
  readonly failure?: unknown;
}

/** The engine that is measured. */
export interface MeasuredEngine {
  readonly variant: MySqlVariant;
  readonly ddl: Ddl & Required<Pick<Ddl, 'together'>>;
}

/**
 * Makes the changes of functions on scratch databases, one function after the other, and tells how the server made them.
 * Where a statement of several changes copies the table, they are made one by one on another scratch database, so that
 * those that need no copy get statements of their own.
 */
export async function measureGroups(
  { onScratch }: Pick<OnlineSources, 'onScratch'>,
  functions: readonly (readonly AnyOperation[])[],
  engine: MeasuredEngine,
): Promise<MeasuredGroups> {
  const divisions = new Map<string, Division>();
  for (const operations of functions) {
    for (const plain of alterationGroups(operations as readonly Operation[], engine.ddl.together)) {
      divisions.set(keyOf(plain), new Division(plain));
    }
  }
  for (;;) {
    const run = new ScratchRun(engine, divisions);
    const failure = await onScratch((session) => run.apply(session, functions));
    // all of them have to be told what was found
    const goesOn = [...divisions.values()].map((division) => division.next(run.found)).includes(true);
    if (failure !== undefined || !goesOn) return { of: (plain) => divisions.get(keyOf(plain))?.result, failure };
  }
}

/** A group, and how it is divided into statements at present. */
class Division {
  groups: readonly Group[];
  #stage: 'whole' | 'single' | 'joined' = 'whole';
  #single: readonly { readonly group: Group; readonly verdict: Verdict }[] = [];
  #parts: MeasuredGroup['parts'] = [];

  constructor(readonly plain: Group) {
    this.groups = [plain];
  }

  get result(): MeasuredGroup | undefined {
    return this.#parts.length === 0 ? undefined : { plain: this.plain, parts: this.#parts };
  }

  /** Takes what was found, and returns whether there is more to be found. */
  next(found: ReadonlyMap<string, Verdict>): boolean {
    const parts = this.groups.flatMap((group) => {
      const verdict = found.get(keyOf(group));
      return verdict === undefined ? [] : [{ group, verdict }];
    });
    if (parts.length < this.groups.length) return false;
    switch (this.#stage) {
      case 'whole': {
        this.#parts = parts;
        const isCopied = parts.some(({ verdict }) => verdict.waits === 'writes for a copy');
        if (!isCopied || this.plain.length === 1) return false;
        this.#stage = 'single';
        this.groups = this.plain.map((one) => [one]);
        return true;
      }
      case 'single':
        if (parts.every(({ verdict }) => verdict.waits !== 'writes for a copy')) {
          this.#parts = parts;
          return false;
        }
        this.#single = parts;
        this.#stage = 'joined';
        this.groups = copiesApart(parts);
        // a whole of copies is what it was
        return this.groups.length > 1;
      case 'joined':
        this.#parts = parts.flatMap((part) => {
          const own = this.#single.filter(({ group }) => group.every((one) => part.group.includes(one)));
          const isWorse = part.verdict.waits !== undefined && own.every(({ verdict }) => verdict.waits === undefined);
          return isWorse ? own : [part];
        });
        return false;
    }
  }
}

/** One application of all functions to a scratch database. */
class ScratchRun {
  readonly found = new Map<string, Verdict>();
  readonly #meter: MySqlMeter;

  constructor(
    private readonly engine: MeasuredEngine,
    private readonly divisions: ReadonlyMap<string, Division>,
  ) {
    this.#meter = new MySqlMeter(engine.variant);
  }

  /** Returns why it ended before the last operation; `undefined` where it did not. */
  async apply(session: SqlSession, functions: readonly (readonly AnyOperation[])[]): Promise<unknown> {
    try {
      for (const operations of functions) await this.#applyFunction(session, operations as readonly Operation[]);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #applyFunction(session: SqlSession, operations: readonly Operation[]): Promise<void> {
    const groups = alterationGroups(operations, this.engine.ddl.together);
    const begins = new Map(groups.map((group) => [group[0] as Operation, group]));
    for (const operation of operations) {
      const plain = begins.get(operation);
      if (plain === undefined) {
        if (isTableAlteration(operation)) continue;
        if (!ownDefinitions.has(operation.kind)) throw new TypeError(`op.${operation.kind} is the application's own`);
        await this.#send(session, [operation]);
        continue;
      }
      for (const group of this.divisions.get(keyOf(plain))?.groups ?? [plain]) {
        this.found.set(keyOf(group), await this.#verdictOn(session, group));
      }
    }
  }

  async #verdictOn(session: SqlSession, group: Group): Promise<Verdict> {
    const inPlace = foreignKeysInPlace(group, this.engine.variant);
    if (inPlace !== undefined) {
      const verdict = await this.#send(session, inPlace).catch((error: unknown) => {
        if (isRefusal(error)) return undefined;
        throw error;
      });
      if (verdict !== undefined) return verdictOf(verdict, group);
    }
    return verdictOf(await this.#send(session, group), group);
  }

  /** Sends the statements of operations, and tells what each does. */
  async #send(session: SqlSession, operations: readonly Operation[]): Promise<readonly StatementImpact[]> {
    const { ddl } = this.engine;
    const whole = (await ddl.restated?.(session, operations)) ?? operations;
    const [only] = whole;
    const statements = whole.length === 1 && only !== undefined ? ddl.statements(only) : ddl.together.statements(whole);
    const impacts: StatementImpact[] = [];
    for (const statement of statements) impacts.push(await this.#measured(session, statement));
    return impacts;
  }

  async #measured(session: SqlSession, statement: Statement): Promise<StatementImpact> {
    const send = (sql: string): Promise<StatementImpact> =>
      this.#meter.measure(session, sql, async (text) => {
        if (statement.wrongRow === undefined) await session.execute(text);
        else await session.query(text);
      });
    const escaped = (): Promise<StatementImpact> =>
      statement.portable === undefined ? send(statement.sql) : escaping(session, statement, send);
    return statement.unchecked === true ? unchecked(session, escaped) : escaped();
  }
}

/** The text by which a group is found again. */
export function keyOf(group: readonly Operation[]): string {
  return group.map(contentOf).join('\n');
}

/** Foreign keys as they can be asked to be created in place; `undefined` for other changes. */
function foreignKeysInPlace(group: Group, variant: MySqlVariant): Group | undefined {
  if (!group.every(({ kind }) => kind === 'createForeignKey')) return undefined;
  const assertion = { algorithm: variant === 'mysql' ? 'inplace' : 'nocopy', lock: 'none' } as const;
  return group.map((operation) => ({ ...operation, assertion }));
}

/** The refusals of an algorithm or a lock. */
function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errno' in error && [1845, 1846].includes(Number(error.errno));
}
