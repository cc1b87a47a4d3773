import { describe, expect, it } from '@jest/globals';
import { generatedClause, isList, isParenthesised } from '../../../libs/nest-migrate/src/engines/sql/expression.js';

describe('parentheses', () => {
  it.each([
    ['(a)', true],
    ['((a) + (b))', true],
    [' (a) ', true],
    ['(a) + (b)', false],
    ["('(') || (')')", false],
    ["(')' || b)", true],
    ['a', false],
    ['(a', false],
  ])('%s are around all of it: %s', (expression, answer) => expect(isParenthesised(expression)).toBe(answer));
});

describe('a list', () => {
  it.each([
    ['a, b', true],
    ['f(a, b)', false],
    [`a || ','`, false],
    ['f(a), b', true],
  ])('%s is one: %s', (expression, answer) => expect(isList(expression)).toBe(answer));
});

describe('a generated column', () => {
  it.each([
    ['a + 1 stored', '(a + 1) stored'],
    ['(a) + (1) virtual', '((a) + (1)) virtual'],
    ['(a + 1) stored', '(a + 1) stored'],
    ['a + 1', '(a + 1)'],
    ['identity', 'identity'],
    ['by default as identity', 'by default as identity'],
  ])('%s is written %s', (generated, clause) => expect(generatedClause(generated)).toBe(clause));
});
