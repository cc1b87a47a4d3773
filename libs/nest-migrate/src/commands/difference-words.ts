import { describeOperation } from '../operations/all.js';
import { type Operation } from '../operations/operation.js';
import { tableWords } from '../operations/words.js';
import { type ForeignKeyChange, foreignKeyChanges } from './foreign-key-changes.js';

/** A difference in words, one text a line, in Alembic's words: `added column 'book.isbn'`. */
export function differenceWords(operations: readonly Operation[]): readonly string[] {
  const changes = foreignKeyChanges(operations);
  return operations.flatMap((operation) => {
    // one line for a foreign key that is dropped and created in another form
    if (changes.some(({ created }) => created === operation)) return [];
    const change = changes.find(({ dropped }) => dropped === operation);
    return change === undefined ? describeOperation(operation) : [foreignKeyWords(change)];
  });
}

function foreignKeyWords({ dropped, differences }: ForeignKeyChange): string {
  const what = differences.length === 0 ? 'made again, since what it stands on changes' : differences.join(', ');
  return `changed foreign key '${dropped.name}' on table ${tableWords(dropped)}: ${what}`;
}
