import { type Operation, type OperationOf, type Postcondition } from '../../operations/operation.js';
import { type Statement } from './statement.js';

/** A statement before its place among the operation's statements is known. */
export type StatementDraft = Omit<Statement, 'ordinal'>;

/** What each kind of operation means on one engine: a kind that is missing does not compile. */
export type StatementTable = {
  readonly [K in Operation['kind']]: (operation: OperationOf<K>) => readonly StatementDraft[];
};

/** The statements of an operation, in order, by the engine's table. */
export function statementsBy(table: StatementTable, operation: Operation): readonly Statement[] {
  const drafts = (table[operation.kind] as (operation: Operation) => readonly StatementDraft[])(operation);
  return drafts.map((draft, ordinal) => ({ ordinal, ...draft }));
}

/** A statement that changes the catalogue, with what tells that it did. */
export function change(sql: string, postcondition: Postcondition): StatementDraft {
  return { sql, effect: 'schema', postcondition };
}

/** The statement; where it has a condition of its own, one that may run again. */
export function repeatableIf(conditional: boolean | undefined, draft: StatementDraft): StatementDraft {
  return conditional === true ? { ...draft, repeatable: true } : draft;
}

/** A statement that may run again without changing more. */
export function restatement(sql: string): StatementDraft {
  return { sql, effect: 'schema', repeatable: true };
}
