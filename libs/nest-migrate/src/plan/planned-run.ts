import { type Capabilities } from '../engines/capabilities.js';
import { type DialectName } from '../engines/dialect-name.js';
import { type LexicalRules } from '../engines/sql/sql-lexer.js';
import { type DatabaseStatistics, type TableStatistics } from '../engines/statistics/statistics.js';
import { type Operation, type OperationOf } from '../operations/operation.js';
import { type SchemaModel, type TableModel } from '../schema/schema-model.js';
import { type PlannedRevision, type PlannedStatement } from './planned-statement.js';
import { RunNames, type TableName } from './run-names.js';

/** What a run is made of. */
export interface RunParts {
  readonly engine: DialectName;
  readonly capabilities: Capabilities;
  /** How the engine's SQL is read. */
  readonly rules: LexicalRules;
  /** The connection's own schema; absent on an engine without schemas. */
  readonly home: string | undefined;
  readonly revisions: readonly PlannedRevision[];
  /** The schema that the run leads to; absent where it could not be read. */
  readonly schema: SchemaModel | undefined;
  /** What the live database tells of itself; absent where it was not asked. */
  readonly statistics: DatabaseStatistics | undefined;
  /** How long a statement waits for a lock, in milliseconds; absent where the options do not limit it. */
  readonly lockTimeout: number | undefined;
  /** Whether each revision is a transaction of its own, on an engine whose transactions hold changes of the schema. */
  readonly transactionPerMigration: boolean;
}

/** An operation of a run, with the statement that it is part of. */
export interface PlannedOperation<K extends Operation['kind'] = Operation['kind']> {
  readonly operation: OperationOf<K>;
  readonly statement: PlannedStatement;
}

/** A run before it is run, as rules look at it. */
export class PlannedRun {
  readonly engine: DialectName;
  readonly capabilities: Capabilities;
  readonly rules: LexicalRules;
  readonly statistics: DatabaseStatistics | undefined;
  readonly lockTimeout: number | undefined;
  readonly revisions: readonly PlannedRevision[];
  /** All statements, in their order. */
  readonly statements: readonly PlannedStatement[];
  readonly #parts: RunParts;
  readonly #names: RunNames;
  readonly #numbers: ReadonlyMap<PlannedStatement, number>;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.engine = parts.engine;
    this.capabilities = parts.capabilities;
    this.rules = parts.rules;
    this.statistics = parts.statistics;
    this.lockTimeout = parts.lockTimeout;
    this.revisions = parts.revisions;
    this.statements = parts.revisions.flatMap(({ statements }) => statements);
    this.#names = new RunNames(this.statements, parts.home);
    this.#numbers = new Map(this.statements.map((statement, number) => [statement, number]));
  }

  /**
   * The operations of some kinds, in their order. Where an operation is several statements, it comes once, with the
   * first of them.
   */
  *operations<K extends Operation['kind']>(...kinds: readonly K[]): Generator<PlannedOperation<K>> {
    const seen = new Set<Operation>();
    for (const statement of this.statements) {
      for (const operation of statement.operations) {
        if (seen.has(operation)) continue;
        seen.add(operation);
        if ((kinds as readonly string[]).includes(operation.kind)) {
          yield { operation: operation as OperationOf<K>, statement };
        }
      }
    }
  }

  /** The SQL that revisions have written themselves. */
  *sqlOfRevisions(): Generator<{ readonly sql: string; readonly statement: PlannedStatement }> {
    for (const { statement } of this.operations('execute')) yield { sql: statement.sql, statement };
  }

  /** Whether a table was there before the run. */
  isThere(statement: PlannedStatement, table: TableName): boolean {
    return this.#tableBefore(statement, table) !== null;
  }

  /** Whether a column was there before the run. */
  isColumnThere(statement: PlannedStatement, table: TableName, column: string): boolean {
    return this.#names.columnBefore(table, column, this.#numbers.get(statement) ?? 0) !== null;
  }

  /** What the live database tells of a table. */
  statisticsOf(statement: PlannedStatement, table: TableName): TableStatistics | undefined {
    const before = this.#tableBefore(statement, table);
    if (before === null) return undefined;
    return this.statistics?.tables.find(
      (each) => each.table === before.table && this.#isSame(each.schema, before.schema),
    );
  }

  /** A table as the run leaves it. */
  tableAfter({ schema, table }: TableName): TableModel | undefined {
    return this.#parts.schema?.tables.find((each) => each.name === table && this.#isSame(each.schema, schema));
  }

  /**
   * The statements that share a transaction, each list in its order. A statement outside of a transaction ends the one
   * before it. On an engine whose changes of the schema commit by themselves there is none.
   */
  transactions(): readonly (readonly PlannedStatement[])[] {
    if (!this.capabilities.transactionalDdl) return [];
    const groups: PlannedStatement[][] = [];
    let open: PlannedStatement[] | undefined;
    for (const { statements } of this.revisions) {
      if (this.#parts.transactionPerMigration) open = undefined;
      for (const statement of statements) {
        if (statement.outsideTransaction) {
          open = undefined;
          continue;
        }
        if (open === undefined) groups.push((open = []));
        open.push(statement);
      }
    }
    return groups;
  }

  #tableBefore(statement: PlannedStatement, table: TableName): TableName | null {
    return this.#names.tableBefore(table, this.#numbers.get(statement) ?? 0);
  }

  #isSame(one: string | undefined, other: string | undefined): boolean {
    return (one ?? this.#parts.home) === (other ?? this.#parts.home);
  }
}
