/** Whether one pair of parentheses encloses all of `expression`; parentheses in literals and names do not count. */
export function isParenthesised(expression: string): boolean {
  const text = expression.trim();
  if (!text.startsWith('(')) return false;
  let depth = 0;
  for (const { character, index } of significant(text)) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return index === text.length - 1;
  }
  return false;
}

/** Whether `expression` is a list: it has a comma outside of all parentheses. */
export function isList(expression: string): boolean {
  let depth = 0;
  for (const { character } of significant(expression)) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) return true;
  }
  return false;
}

/** What follows `generated always as`: the expression in the parentheses that engines insist on, then its kind. */
export function generatedClause(generated: string): string {
  if (/^(by default as )?identity$/i.test(generated.trim())) return generated;
  const kind = /\s(stored|virtual|persistent)\s*$/i.exec(generated);
  const expression = kind === null ? generated : generated.slice(0, kind.index);
  return isParenthesised(expression) ? generated : `(${expression})${kind?.[0] ?? ''}`;
}

/** The characters outside of literals and quoted names. */
function* significant(text: string): Generator<{ readonly character: string; readonly index: number }> {
  let quote: string | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      continue;
    }
    if (character === "'" || character === '"' || character === '`') quote = character;
    else yield { character, index };
  }
}
