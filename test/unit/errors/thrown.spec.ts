import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RevisionFailedError } from '../../../libs/nest-migrate/src/errors/runtime.errors.js';
import { errorText, tamed } from '../../../libs/nest-migrate/src/errors/thrown.js';
import { failureLines } from '../../../libs/nest-migrate/src/cli/present/failure.js';
import { failureJson } from '../../../libs/nest-migrate/src/cli/present/failure-json.js';

const explode = (): never => {
  throw new Error('looked at');
};

/** A proxy of which every look throws. */
function hostileProxy(): object {
  const names = ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor', 'apply'];
  return new Proxy({}, Object.fromEntries(names.map((name) => [name, explode])));
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function withGetter(target: object, name: string): object {
  return Object.defineProperty(target, name, { get: explode });
}

const fields = ['message', 'name', 'stack', 'code', 'cause', 'errno', 'toString', 'toJSON'];
/** What makes a value: the library that generates them would look at it. */
const thrown = fc.oneof(
  fc
    .anything({
      ...{ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true },
      ...{ withObjectString: true, withSet: true, withSparseArray: true, withTypedArray: true },
    })
    .map((value) => () => value),
  fc.anything().map((value) => () => ({ toString: () => value })),
  fc.string().map((message) => () => new Error(message)),
  fc.constantFrom(...fields).map((name) => () => withGetter(new Error('x'), name)),
  fc.constantFrom(...fields).map((name) => () => withGetter(Object.create(null) as object, name)),
  fc.constantFrom({}, new Error('x'), explode).map((target) => () => revoked(target)),
  fc.array(fc.string()).map(
    (messages) => () =>
      new AggregateError(
        messages.map((text) => new Error(text)),
        '',
      ),
  ),
  fc.constantFrom<() => unknown>(
    () => Symbol('s'),
    () => explode,
    hostileProxy,
  ),
);

describe('what a revision, a hook or a factory throws', () => {
  it('has a text, whatever it is', () => {
    fc.assert(
      fc.property(thrown, (make) => {
        const value = make();
        expect(typeof errorText(value)).toBe('string');
        const tame = tamed(value);
        expect(errorText(tame)).toBe(errorText(value));
        // all that looks at it further on
        expect(() => tame instanceof Error && String((tame as { code?: unknown }).code === '1')).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('can be told as the reason why a revision failed, for people and for programs', () => {
    fc.assert(
      fc.property(thrown, (make) => {
        const value = make();
        const about = { direction: 'upgrade', revision: 'ae10', message: '', aftermath: 'rolled back' } as const;
        const error = new RevisionFailedError({ ...about, rows: [], finished: [], cause: tamed(value) });
        expect(error.message).toContain('The upgrade of ae10 failed: ');
        for (const verbose of [false, true]) expect(failureLines(error, { verbose })[0]).toContain('ae10');
        expect(failureJson(error).error.message).toContain('ae10');
        expect(failureJson(tamed(value)).error.code).toBe('UNEXPECTED');
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, unknown, string]>([
    ['an error', new Error('no space left'), 'no space left'],
    ['a text', 'no space left', 'no space left'],
    ['nothing', undefined, 'undefined'],
    ['an error without a message', new TypeError(''), 'TypeError'],
    ['several errors', new AggregateError([new Error('refused')], ''), 'refused'],
    ['a record', { status: 503 }, '{"status":503}'],
    ['an object without a prototype', Object.assign(Object.create(null), { status: 503 }), '{"status":503}'],
    ['a proxy that was taken back', revoked({}), 'something was thrown that has no text'],
  ])('%s is told as what it says', (_, value, text) => expect(errorText(value)).toBe(text));

  it('stays what it is where it can be looked at', () => {
    for (const value of [new Error('x'), 'x', undefined, null, 5, { code: 'x' }]) expect(tamed(value)).toBe(value);
  });
});
