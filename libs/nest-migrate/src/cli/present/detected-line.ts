import { type Style } from '../palette.js';
import { type StyledLine } from './styled-line.js';

const styles: Readonly<Record<string, Style>> = { added: 'added', removed: 'removed' };

/** `Detected added column 'book.isbn'`, with the word that tells what will happen standing out. */
export function detectedLine(text: string): StyledLine {
  const [detected = '', word = '', ...rest] = text.split(' ');
  return [
    ['quiet', `${detected} `],
    [styles[word] ?? 'changed', word],
    ['plain', rest.map((part) => ` ${part}`).join('')],
  ];
}
