import { type Statement } from '../../ddl/statement.js';

/** The name of the constraint that a statement creates, as its postcondition tells. */
export function constraintIn(postcondition: Statement['postcondition']): string {
  if (postcondition === undefined || 'query' in postcondition || postcondition.constraint === undefined) {
    throw new TypeError('A statement for a constraint does not tell its name.');
  }
  return postcondition.constraint;
}
