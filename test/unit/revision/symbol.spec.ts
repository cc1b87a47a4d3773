import { describe, expect, it } from '@jest/globals';
import { parseSymbol } from '../../../libs/nest-migrate/src/revision/symbol.js';

const parse = (text: string) => parseSymbol(text, (label) => ['billing', 'rel-1'].includes(label));

describe('a symbol', () => {
  it.each(['head', 'heads', 'base'] as const)(
    '%s has a meaning of its own, of all revisions or of a branch',
    (kind) => {
      expect(parse(kind)).toEqual({ kind, text: kind });
      expect(parse(`billing@${kind}`)).toEqual({ kind, branch: 'billing', text: `billing@${kind}` });
    },
  );

  it('is otherwise a name: an id, a part of one, or a label', () => {
    expect(parse('ae10')).toEqual({ kind: 'name', name: 'ae10', text: 'ae10' });
    expect(parse('billing')).toEqual({ kind: 'name', name: 'billing', text: 'billing' });
    expect(parse('billing@ae10')).toEqual({ kind: 'name', name: 'ae10', branch: 'billing', text: 'billing@ae10' });
  });

  it('counts steps, from where the command stands or from an anchor', () => {
    expect(parse('+2')).toMatchObject({ kind: 'relative', steps: 2, written: '+2' });
    expect(parse('-10')).toMatchObject({ kind: 'relative', steps: -10, written: '-10' });
    expect(parse('ae10+1')).toMatchObject({ kind: 'relative', anchor: 'ae10', steps: 1 });
    expect(parse('billing@head-1')).toMatchObject({ kind: 'relative', branch: 'billing', anchor: 'head', steps: -1 });
    expect(parse('rel-1@+1')).toMatchObject({ kind: 'relative', branch: 'rel-1', steps: 1 });
  });

  it('prefers a label to counting: rel-1 is the label, and so it is behind an @', () => {
    expect(parse('rel-1')).toEqual({ kind: 'name', name: 'rel-1', text: 'rel-1' });
    expect(parse('billing@rel-1')).toEqual({ kind: 'name', name: 'rel-1', branch: 'billing', text: 'billing@rel-1' });
    expect(parse('rel-1@head')).toEqual({ kind: 'head', branch: 'rel-1', text: 'rel-1@head' });
    expect(parse('rel-2')).toMatchObject({ kind: 'relative', anchor: 'rel', steps: -2 });
  });

  it.each(['+1x', '+1 ', ' +1', '- 1', '+1+1', 'my.rev+1', 'HEAD', ' head', '+', ''])('takes %j for a name', (text) => {
    expect(parse(text)).toEqual({ kind: 'name', name: text, text });
  });

  it('takes an empty branch for none', () => {
    expect(parse('@head')).toEqual({ kind: 'head', text: '@head' });
    expect(parse('@ae10')).toEqual({ kind: 'name', name: 'ae10', text: '@ae10' });
  });
});
