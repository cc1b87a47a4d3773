import { InvalidOperationError } from '../errors/operation.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { type InSchema } from './define.js';
import { encodeValue, type EncodedValue, type Value } from './value.js';

/** One name or several, in an order that matters. */
export type Names = string | readonly string[];

/**
 * What an argument belongs to, for error messages: the verb, and its object in words, such as `column 'email' of
 * 'user'`.
 */
export interface Site {
  readonly verb: string;
  readonly subject: string;
}

/** What an option may hold. A list of words allows just these. */
export type OptionKind = 'name' | 'string' | 'boolean' | 'integer' | 'strings' | 'value' | 'any' | readonly string[];

/** Every option of `T` with its kind. A new option that is not listed does not compile. */
export type OptionKinds<T> = { readonly [K in keyof Required<T>]: OptionKind };

/** The only options of `InSchema`, for the verbs that have no others. */
export const schemaKinds = { schema: 'name' } satisfies OptionKinds<InSchema>;

/** The site of an operation on a table. Checks the name of the table. */
export function tableSite(verb: string, table: unknown): Site {
  return { verb, subject: `table '${nameOf({ verb, subject: 'the table' }, 'a name', table)}'` };
}

/** @throws InvalidOperationError always. Its message is `subject` followed by `problem`. */
export function refuse({ verb, subject }: Site, problem: string, cure?: string): never {
  throw new InvalidOperationError(verb, `${subject} ${problem}`, cure);
}

/** A checked name: text that is not empty and has no zero character. */
export function nameOf(site: Site, what: string, name: unknown): string {
  if (typeof name !== 'string' || name === '') refuse(site, `needs ${what} as text, and got ${describe(name)}.`);
  if (name.includes('\0')) refuse(site, `has a zero character in ${what}.`);
  return name;
}

/** The SQL of an option, without the semicolon at its end: the code that prints statements adds one. */
export function sqlOf(site: Site, what: string, sql: unknown): string {
  if (typeof sql !== 'string' || sql.trim() === '') refuse(site, `needs ${what} as SQL, and got ${describe(sql)}.`);
  if (sql.includes('\0')) refuse(site, `has a zero character in ${what}.`);
  return sql.trim().replace(/\s*;$/, '');
}

/** One name or several, as a list without duplicates. */
export function namesOf(site: Site, what: string, names: Names | undefined): readonly string[] {
  const list: unknown = typeof names === 'string' ? [names] : names;
  if (!Array.isArray(list) || list.length === 0) refuse(site, `needs at least one name as its ${what}.`);
  const result = list.map((name: unknown) => nameOf(site, what, name));
  const twice = result.find((name, index) => result.indexOf(name) !== index);
  if (twice !== undefined) refuse(site, `names '${twice}' twice among its ${what}.`);
  return result;
}

/**
 * A checked copy of `options`, without the keys that are undefined.
 *
 * @param nullable whether `null` is a value of its own ("remove") rather than a mistake.
 * @throws InvalidOperationError naming a key that is not known, or whose value is of another kind.
 */
export function optionsOf<T extends object>(
  site: Site,
  options: T | undefined,
  kinds: OptionKinds<T>,
  nullable: 'nullable' | 'not nullable' = 'not nullable',
): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse(site, `needs an object of options, and got ${describe(options)}.`);
  }
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key as keyof T] : undefined;
    if (kind === undefined) refuse(site, `does not know the option '${key}'.`, didYouMean(key, Object.keys(kinds)));
    if (value === undefined) continue;
    if (value === null && (nullable === 'nullable' || kind === 'value')) entries.push([key, null]);
    else entries.push([key, checked(site, key, value, kind)]);
  }
  return Object.fromEntries(entries) as Partial<T>;
}

/** A value as JSON; refuses what no engine can store as one value. */
export function valueOf(site: Site, what: string, value: unknown): EncodedValue {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    refuse(site, `cannot take ${value} as ${what}.`, 'Write it in SQL.');
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) refuse(site, `got an invalid Date as ${what}.`);
  const plain =
    value === null ||
    ['string', 'number', 'boolean', 'bigint'].includes(typeof value) ||
    value instanceof Date ||
    value instanceof Uint8Array;
  if (!plain) refuse(site, `got ${describe(value)} as ${what}.`, 'Give JSON as text: JSON.stringify(value).');
  return encodeValue(value as Value);
}

/** The hint for a word that is not known: the nearest known word, or all of them. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearestName(word, known);
  return meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean '${meant}'?`;
}

/** A value in words, short enough for a message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return `a ${typeof value}`;
}

function checked(site: Site, key: string, value: unknown, kind: OptionKind): unknown {
  const expect = (right: boolean, wanted: string): unknown => {
    if (!right) refuse(site, `wants ${wanted} as '${key}', and got ${describe(value)}.`);
    return value;
  };
  if (typeof kind === 'object') {
    if (typeof value === 'string' && kind.includes(value)) return value;
    return refuse(site, `does not know ${describe(value)} as '${key}'.`, didYouMean(String(value), kind));
  }
  switch (kind) {
    case 'name':
      return nameOf(site, key, value);
    case 'string':
      return expect(typeof value === 'string', 'text');
    case 'boolean':
      return expect(typeof value === 'boolean', 'true or false');
    case 'integer':
      return expect(Number.isInteger(value), 'a whole number');
    case 'strings':
      return stringsOf(site, key, value);
    case 'value':
      return valueOf(site, `'${key}'`, value);
    case 'any':
      return value;
  }
}

function stringsOf(site: Site, key: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.some((item) => typeof item !== 'string')) {
    refuse(site, `wants a list of texts as '${key}', and got ${describe(value)}.`);
  }
  const list = value as string[];
  const twice = list.find((item, index) => list.indexOf(item) !== index);
  if (twice !== undefined) refuse(site, `has '${twice}' twice in '${key}'.`);
  return [...list];
}
