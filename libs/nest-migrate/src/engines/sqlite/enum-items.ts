import { valueOf } from '../sql/sql-words.js';
import { nameOf, sameName, tokens } from './tokens.js';

/** The texts of `column in ('a', 'b')`; `undefined` for any other expression. */
export function enumItems(expression: string, column: string): readonly string[] | undefined {
  const [name, isIn, open, ...rest] = tokens(expression);
  if (name === undefined || !sameName(nameOf(name), column) || isIn?.code !== 'in' || open?.code !== '(')
    return undefined;
  if (rest.pop()?.code !== ')') return undefined;
  const items = rest.filter((_token, index) => index % 2 === 0);
  const commas = rest.filter((_token, index) => index % 2 === 1);
  const isList = items.every(({ kind }) => kind === 'string') && commas.every(({ code }) => code === ',');
  return isList && items.length === commas.length + 1 ? items.map(valueOf) : undefined;
}
