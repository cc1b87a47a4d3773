import { type Operation, type OperationOf, type Postcondition } from '../../operations/operation.js';
import { type Statement } from './statement.js';

/** A statement whose position among the operation's statements is not yet known. */
export type StatementDraft = Omit<Statement, 'ordinal'>;

/** The statements of each kind of operation on one engine. A missing kind does not compile. */
export type StatementTable = {
  readonly [K in Operation['kind']]: (operation: OperationOf<K>) => readonly StatementDraft[];
};

/** The statements of an operation, in order, from the engine's table. */
export function statementsBy(table: StatementTable, operation: Operation): readonly Statement[] {
  const drafts = (table[operation.kind] as (operation: Operation) => readonly StatementDraft[])(operation);
  return drafts.map((draft, ordinal) => ({ ordinal, ...draft }));
}

/** A statement that changes the catalogue, with the postcondition that shows that it did. */
export function change(sql: string, postcondition: Postcondition): StatementDraft {
  return { sql, effect: 'schema', postcondition };
}

/** The statement, marked as repeatable where it has its own condition. */
export function repeatableIf(conditional: boolean | undefined, draft: StatementDraft): StatementDraft {
  return conditional === true ? { ...draft, repeatable: true } : draft;
}

/** A statement that may run again without further effect. */
export function restatement(sql: string): StatementDraft {
  return { sql, effect: 'schema', repeatable: true };
}

/** A statement that was made from what the database has. */
export function fromDatabase(sql: string): StatementDraft {
  return { sql, effect: 'schema', repeatable: true, fromDatabase: true };
}
