import { differenceWords } from '../../commands/difference-words.js';
import { type Diff } from '../../commands/results.js';

/** What `migrate` found, one line a difference: `Detected added column 'book.isbn'`. */
export function detectedLines(operations: Diff['operations']): readonly string[] {
  return differenceWords(operations).map((words) => `Detected ${words}`);
}
