import { asBlock, blockOf } from '../../sql/procedural-body.js';
import { postgresLexicalRules } from '../lexical-rules.js';

/** The body of a trigger as a block of PL/pgSQL. */
export function triggerBlock(body: string): string {
  return isWhole(body) ? withoutEnd(body) : blockOf(body, postgresLexicalRules);
}

/** The body of a routine as a block of PL/pgSQL. */
export function routineBlock(body: string): string {
  return isWhole(body) ? withoutEnd(body) : asBlock(body, postgresLexicalRules);
}

/** Whether a body is a block already: declarations come before `begin`, and a label before both. */
function isWhole(body: string): boolean {
  return /^\s*(?:declare\b|<<)/i.test(body);
}

function withoutEnd(block: string): string {
  return block.trim().replace(/;$/, '');
}
