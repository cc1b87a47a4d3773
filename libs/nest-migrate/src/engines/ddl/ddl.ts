import { type ExistingTable, type Operation, type Postcondition } from '../../operations/operation.js';
import { type EncodedValue } from '../../operations/value.js';
import { type SqlSession } from '../session/sql-session.js';
import { type Statement } from './statement.js';

/** Operations as statements of one engine. */
export interface Ddl {
  /**
   * The SQL of an operation, in order; empty where the engine needs none (a comment on an engine without comments).
   * Works without a connection. Throws `UnsupportedOperationError` where the engine has no such feature.
   */
  statements(operation: Operation): readonly Statement[];
  /** SQL with its `?` and `??` placeholders filled in, exactly as MikroORM would send it. */
  format(sql: string, params: readonly EncodedValue[]): string;
  /** A query whose first value is true where a postcondition holds. */
  holds(postcondition: Postcondition): string;
  /**
   * The statements of operations that together change one table, or of a single operation, where they depend on the
   * table as it is. Absent where `statements` never reads the table. Each statement has to be run before the next is
   * requested.
   */
  statementsOn?(session: SqlSession, operations: readonly Operation[]): AsyncIterable<Statement>;
  /** The same without a connection, for the table as the revision describes it. */
  statementsFrom?(existing: ExistingTable | undefined, operations: readonly Operation[]): readonly Statement[];
  /**
   * Whether alterations of a table, as `existing` describes it, rebuild it or have to read it. Absent where no table is
   * ever rebuilt.
   */
  readonly needsTable?: (alterations: readonly Operation[], existing: ExistingTable) => boolean;
  /**
   * The operations, with what only the table tells and their statements would lose otherwise. Absent where no statement
   * restates what a table has.
   */
  restated?(session: SqlSession, operations: readonly Operation[]): Promise<readonly Operation[]>;
  /** Several changes of a table as one statement. Absent where each operation has its own statements. */
  readonly together?: AlterationsTogether;
}

/** How several changes of one table become one statement. */
export interface AlterationsTogether {
  /**
   * Divides changes of one table, in their order, into lists. Each list becomes one statement, except that the one change
   * of a list may need several.
   */
  groups<Alteration extends Operation>(alterations: readonly Alteration[]): readonly (readonly Alteration[])[];
  /** The statements of such a list. */
  statements(group: readonly Operation[]): readonly Statement[];
}
