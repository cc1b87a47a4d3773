import { type ColumnPlace, type Operation } from '../../operations/operation.js';
import { type Engine } from '../../engines/engine.js';
import { type ExpressionOracle } from '../../engines/oracle.js';
import { keyOf, type QualifiedName } from '../../schema/schema-model.js';
import { type TableModel } from '../../schema/schema-model.js';
import { OperationPlan } from '../operation-plan.js';
import { type ComparisonHooks } from '../schema-comparison.js';
import { type LeftOutParts } from '../left-out-parts.js';
import { type TypeValueRename } from '../renamed-type-values.js';
import { ChangedColumns } from './changed-columns.js';

/** A column that changes its type. Both types are in the engine's own spelling. */
export interface TypeChange {
  readonly table: string;
  readonly schema?: string;
  readonly column: string;
  readonly from: string;
  readonly to: string;
}

/** A rename that was not chosen, so that the old object is dropped and the new one added. */
export interface PossibleRename {
  readonly sentence: string;
  /** Whether the operation drops the old object. It gets the warning about the possible rename. */
  readonly isDroppedBy: (operation: Operation) => boolean;
}

/** The changes that affect foreign keys, by table: columns, and keys. */
interface Notes {
  readonly unsettled: Map<string, ReadonlySet<string>>;
  readonly unsettledKeys: Map<string, readonly (readonly string[])[]>;
}

/** The position that a column had before it was dropped for a time. */
export interface FormerPlace {
  readonly table: QualifiedName;
  readonly column: string;
  readonly place: ColumnPlace;
}

/** What one comparison collects while the parts of the schema are compared one after the other. */
export class Comparison {
  readonly plan = new OperationPlan();
  readonly warnings: string[] = [];
  readonly typeChanges: TypeChange[] = [];
  readonly possibleRenames: PossibleRename[] = [];
  /** Values of columns that are renamed, so that nothing is lost. */
  readonly renamedValues = new Set<string>();

  constructor(
    readonly engine: Engine,
    readonly oracle: ExpressionOracle,
    private readonly differsAsText: (a: string, b: string) => boolean,
    readonly hooks: ComparisonHooks = {},
    /** Object types that are created but not otherwise compared, as MikroORM's schema generator is configured. */
    readonly createOnly: { readonly triggers: boolean; readonly routines: boolean } = {
      triggers: false,
      routines: false,
    },
    private readonly notes: Notes = { unsettled: new Map(), unsettledKeys: new Map() },
    /** The columns that change while other objects use them. */
    readonly changed = new ChangedColumns(),
    /** The positions of columns that were dropped for a rename, and are added again. */
    readonly places: FormerPlace[] = [],
    /** What uses the columns and is left out; absent where the engine or the revision deals with that. */
    readonly leftOut?: LeftOutParts,
    /** Values of native enum types that are renamed. */
    readonly typeValueRenames: TypeValueRename[] = [],
  ) {}

  /**
   * Does some work for each item of a list concurrently, so that the questions to the engine are sent together. The
   * operations are planned in the order of the list.
   */
  async forEach<T>(list: readonly T[], work: (part: Comparison, item: T) => Promise<void>): Promise<void> {
    const parts = await Promise.all(
      list.map(async (item) => {
        const part = this.part();
        await work(part, item);
        return part;
      }),
    );
    for (const part of parts) {
      this.plan.append(part.plan);
      this.warnings.push(...part.warnings);
      this.typeChanges.push(...part.typeChanges);
    }
  }

  /** The same comparison with its own plan. */
  private part(): Comparison {
    const { engine, oracle, differsAsText, hooks, createOnly, notes, changed, places, leftOut, typeValueRenames } =
      this;
    return new Comparison(
      engine,
      oracle,
      differsAsText,
      hooks,
      createOnly,
      notes,
      changed,
      places,
      leftOut,
      typeValueRenames,
    );
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  /** Notes columns that do not exist with one type all the time, so that no foreign key can use them meanwhile. */
  unsettle(table: QualifiedName, columns: readonly string[]): void {
    if (this.engine.capabilities.looseForeignKeys) return;
    const key = keyOf(table);
    this.notes.unsettled.set(key, new Set([...(this.notes.unsettled.get(key) ?? []), ...columns]));
  }

  /** Notes a key that is added or dropped, so that no foreign key can refer to its columns meanwhile. */
  unsettleKey(table: QualifiedName, columns: readonly string[]): void {
    if (this.engine.capabilities.looseForeignKeys) return;
    const key = keyOf(table);
    this.notes.unsettledKeys.set(key, [...(this.notes.unsettledKeys.get(key) ?? []), columns]);
  }

  /** Whether `columns` of a table change, so that a foreign key on them must be dropped first. */
  isUnsettled(table: QualifiedName, columns: readonly string[]): boolean {
    const noted = this.notes.unsettled.get(keyOf(table));
    return noted !== undefined && columns.some((column) => noted.has(column));
  }

  /** Whether the columns or the key that a foreign key refers to change. */
  isKeyUnsettled(table: QualifiedName, columns: readonly string[]): boolean {
    const noted = this.notes.unsettledKeys.get(keyOf(table)) ?? [];
    return this.isUnsettled(table, columns) || noted.some((key) => columns.every((column) => key.includes(column)));
  }

  /**
   * For each pair, whether the engine treats both as the same condition on the columns of `table`. Asks the engine only
   * about those whose texts differ, and compares the texts where the engine cannot tell.
   */
  async sameConditions(
    table: TableModel,
    pairs: readonly { readonly from: string; readonly to: string }[],
  ): Promise<readonly boolean[]> {
    return this.samePairs(pairs, (texts) => this.oracle.conditions(table, texts));
  }

  /** The same for the conditions of the table's triggers. */
  async sameTriggerConditions(
    table: TableModel,
    pairs: readonly { readonly from: string; readonly to: string }[],
  ): Promise<readonly boolean[]> {
    return this.samePairs(pairs, (texts) => this.oracle.triggerConditions(table, texts));
  }

  private async samePairs(
    pairs: readonly { readonly from: string; readonly to: string }[],
    ask: (texts: readonly string[]) => Promise<readonly (string | undefined)[]>,
  ): Promise<readonly boolean[]> {
    const open = pairs.filter(({ from, to }) => !this.engine.sql.sameText(from, to));
    const answers = await ask(open.flatMap(({ from, to }) => [from, to]));
    return pairs.map((pair) => {
      const position = open.indexOf(pair);
      if (position === -1) return true;
      const [from, to] = answers.slice(position * 2, position * 2 + 2);
      if (from !== undefined && to !== undefined) return from === to;
      return !this.differsAsText(pair.from, pair.to);
    });
  }
}
