import { nameOf, optionsOf, refuse, schemaKinds, type OptionKinds, type Site } from '../arguments.js';
import { type ArgumentRecord, orNothing } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { held } from '../previous.js';
import { decodeValue } from '../value.js';
import { objectWords } from '../words.js';

/** A whole number as JSON: a `bigint` is wrapped. */
export type EncodedInteger =
  | number
  | {
      /** The decimal digits of a `bigint`. */
      readonly $bigint: string;
    };

/** A sequence as data. What is absent is the default of the engine. */
export interface SequenceDefinition {
  /** The type of its numbers. PostgreSQL; default `'bigint'`. */
  readonly type?: 'smallint' | 'integer' | 'bigint';
  /** The first number. Absent: `minValue`, or `maxValue` where `increment` is negative. */
  readonly start?: EncodedInteger;
  /** The difference between one number and the next, which may be negative. Absent: 1. */
  readonly increment?: EncodedInteger;
  /** The smallest number. Absent: 1, or that of the type where `increment` is negative. */
  readonly minValue?: EncodedInteger;
  /** The largest number. Absent: that of the type, or -1 where `increment` is negative. */
  readonly maxValue?: EncodedInteger;
  /** How many numbers a session reserves at once. Absent: 1 on PostgreSQL, 1000 on MariaDB. */
  readonly cache?: EncodedInteger;
  /** True: the sequence begins again at its end. Absent: it fails there. */
  readonly cycle?: boolean;
  /** The column that owns the sequence: they are dropped together. PostgreSQL. */
  readonly ownedBy?: { readonly table: string; readonly column: string };
}

/** A change of a sequence: a key that is absent leaves the property, `null` makes it the engine's default. */
export type SequenceChangeDefinition = { readonly [K in keyof SequenceDefinition]?: SequenceDefinition[K] | null };

/** Creates a sequence. PostgreSQL, PGlite and MariaDB. */
export interface CreateSequenceOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'createSequence';
  /** The name of the sequence. */
  readonly name: string;
  /** The sequence. */
  readonly sequence: SequenceDefinition;
  /** True: a sequence of that name is left as it is. */
  readonly ifNotExists?: boolean;
}

/** Changes properties of a sequence; it continues from its present number. PostgreSQL, PGlite and MariaDB. */
export interface AlterSequenceOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'alterSequence';
  /** The name of the sequence. */
  readonly name: string;
  /** What changes: an absent key leaves a property, `null` makes it the default of the engine. */
  readonly change: SequenceChangeDefinition;
  /** The sequence before the change. `reverse` needs it. */
  readonly existing?: SequenceDefinition;
}

/** Drops a sequence. PostgreSQL, PGlite and MariaDB. */
export interface DropSequenceOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'dropSequence';
  /** The name of the sequence. */
  readonly name: string;
  /** True: a sequence that is not there is no error. */
  readonly ifExists?: boolean;
  /** The sequence that is dropped, where it is known. `reverse` creates it again from this. */
  readonly previous?: SequenceDefinition;
}

/** Renames a sequence within its schema. PostgreSQL, PGlite and MariaDB. */
export interface RenameSequenceOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'renameSequence';
  /** The name before. */
  readonly from: string;
  /** The name afterwards, without a schema. */
  readonly to: string;
}

/** The operations on a sequence. */
export type SequenceOperation =
  CreateSequenceOperation | AlterSequenceOperation | DropSequenceOperation | RenameSequenceOperation;

/**
 * What a sequence is. Numbers beyond the safe integers of JavaScript are given as `bigint`.
 *
 * @example
 * await op.createSequence('invoice_number', { start: 1000, increment: 10, cycle: false });
 */
export interface SequenceOptions {
  /** The type of its numbers. Default `'bigint'`. PostgreSQL; MariaDB always has `bigint` and takes no other. */
  type?: 'smallint' | 'integer' | 'bigint';
  /** The first number. Default: `minValue`, or `maxValue` where `increment` is negative. */
  start?: number | bigint;
  /** The difference between one number and the next; negative for descending numbers. Default 1. */
  increment?: number | bigint;
  /** The smallest number. Default 1, or that of the type where `increment` is negative. */
  minValue?: number | bigint;
  /** The largest number. Default: that of the type, or -1 where `increment` is negative. */
  maxValue?: number | bigint;
  /** How many numbers a session reserves at once. Default 1 on PostgreSQL, 1000 on MariaDB. */
  cache?: number | bigint;
  /** Whether the sequence begins again at its end. Default false: it fails there. */
  cycle?: boolean;
  /** The column that owns the sequence, of a table in the same schema: they are dropped together. PostgreSQL. */
  ownedBy?: { table: string; column: string };
}

/** A change of a sequence: an absent key leaves a property as it is, `null` makes it the engine's default. */
export type SequenceChange = { [K in keyof SequenceOptions]?: SequenceOptions[K] | null };

/** The verbs for a sequence. PostgreSQL, PGlite and MariaDB have sequences. */
export interface SequenceVerbs {
  /**
   * Creates a sequence of its own, for several tables or for the application. The sequence of an `autoincrement` column
   * is created with the column. PostgreSQL, PGlite and MariaDB.
   *
   * @example
   * await op.createSequence('invoice_number', { start: 1000, increment: 10 });
   */
  createSequence(
    name: string,
    options?: SequenceOptions & InSchema & { /** Leaves a sequence of that name as it is. */ ifNotExists?: boolean },
  ): Promise<void>;
  /**
   * Changes the properties that are in `change` and leaves the others: an absent key leaves a property, `null` makes it
   * the engine's default. The sequence continues from its present number. `existing`, the sequence before the change,
   * makes the change reversible, and is needed for `start: null`. PostgreSQL, PGlite and MariaDB.
   *
   * @example
   * await op.alterSequence('invoice_number', { increment: 1 }, { existing: { start: 1000, increment: 10 } });
   */
  alterSequence(
    name: string,
    change: SequenceChange,
    options?: InSchema & { /** The sequence as it is. */ existing?: SequenceOptions },
  ): Promise<void>;
  /**
   * Drops a sequence, without `cascade`: PostgreSQL refuses it while the default of a column uses the sequence. MariaDB
   * does not check that. PostgreSQL, PGlite and MariaDB.
   *
   * @example
   * await op.dropSequence('invoice_number');
   */
  dropSequence(
    name: string,
    options?: InSchema & { /** Does nothing where there is none. */ ifExists?: boolean },
  ): Promise<void>;
  /**
   * Renames a sequence within its schema. Defaults of columns that use it follow on PostgreSQL, and do not on MariaDB.
   * PostgreSQL, PGlite and MariaDB.
   *
   * @example
   * await op.renameSequence('invoice_number', 'document_number');
   */
  renameSequence(from: string, to: string, options?: InSchema): Promise<void>;
}

const integers = ['start', 'increment', 'minValue', 'maxValue', 'cache'] as const;

const sequenceKinds = {
  type: ['smallint', 'integer', 'bigint'],
  start: 'value',
  increment: 'value',
  minValue: 'value',
  maxValue: 'value',
  cache: 'value',
  cycle: 'boolean',
  ownedBy: 'any',
} satisfies OptionKinds<SequenceOptions>;

const defineOperation = definitionsOf<SequenceVerbs, SequenceOperation>();

const createSequence = defineOperation({
  kind: 'createSequence',
  changes: ({ name }) => ({ does: 'creates', object: 'sequence', name }),
  parse: (name, options) => {
    const site = sequenceSite('createSequence', name);
    const { schema, ifNotExists, ...rest } = optionsOf(site, options, {
      ...schemaKinds,
      ...sequenceKinds,
      ifNotExists: 'boolean',
    });
    return { schema, name, sequence: alteredSequence({}, sequenceDefinition(site, rest)), ifNotExists };
  },
  reverse: ({ schema, name, sequence }) => [{ kind: 'dropSequence', schema, name, previous: sequence }],
  call: ({ schema, name, sequence, ifNotExists }) => [
    name,
    orNothing({ ...sequenceOptions(sequence), schema, ifNotExists }),
  ],
  describe: ({ schema, name }) => `added sequence ${objectWords(schema, name)}`,
});

const alterSequence = defineOperation({
  kind: 'alterSequence',
  changes: ({ name }) => ({ does: 'alters', object: 'sequence', name }),
  parse: (name, change, options) => {
    const site = sequenceSite('alterSequence', name);
    if (typeof change !== 'object' || change === null) refuse(site, 'has no change.');
    const { schema, existing } = optionsOf(site, options, { ...schemaKinds, existing: 'any' });
    const checked = sequenceDefinition(site, optionsOf<SequenceChange>(site, change, sequenceKinds, 'nullable'));
    if (Object.keys(checked).length === 0) refuse(site, 'has an empty change.');
    if (checked.start === null && existing === undefined) {
      refuse(site, "has 'start' as null without 'existing'.", 'Give the sequence as it is, or the number.');
    }
    return {
      schema,
      name,
      change: checked,
      existing: existing === undefined ? undefined : existingSequence(site, existing),
    };
  },
  reverse: (operation) => {
    const existing = held(operation, 'existing', 'it does not hold the sequence that was there.');
    const { schema, name, change } = operation;
    const keys = Object.keys(change) as (keyof SequenceDefinition)[];
    const back = Object.fromEntries(keys.map((key) => [key, existing[key] ?? null]));
    return [{ kind: 'alterSequence', schema, name, change: back, existing: alteredSequence(existing, change) }];
  },
  call: ({ schema, name, change, existing }) => [
    name,
    sequenceOptions(change),
    orNothing({ existing: existing === undefined ? undefined : sequenceOptions(existing), schema }),
  ],
  describe: ({ schema, name, change }) =>
    `changed sequence ${objectWords(schema, name)}: ${Object.keys(change).join(', ')}`,
});

const dropSequence = defineOperation({
  kind: 'dropSequence',
  changes: ({ name }) => ({ does: 'drops', object: 'sequence', name }),
  parse: (name, options) => {
    const site = sequenceSite('dropSequence', name);
    return { ...optionsOf(site, options, { ...schemaKinds, ifExists: 'boolean' }), name };
  },
  reverse: (operation) => {
    const sequence = held(operation, 'previous', 'it does not hold the sequence that was there.');
    return [{ kind: 'createSequence', schema: operation.schema, name: operation.name, sequence }];
  },
  call: ({ schema, name, ifExists }) => [name, orNothing({ schema, ifExists })],
  describe: ({ schema, name }) => `removed sequence ${objectWords(schema, name)}`,
});

const renameSequence = defineOperation({
  kind: 'renameSequence',
  changes: ({ schema, from, to }) => ({ does: 'renames', object: 'sequence', name: from, after: { name: to, schema } }),
  parse: (from, to, options) => {
    const site = sequenceSite('renameSequence', from);
    nameOf(site, 'its new name', to);
    return { ...optionsOf(site, options, schemaKinds), from, to };
  },
  reverse: ({ from, to, ...rest }) => [{ ...rest, from: to, to: from }],
  call: ({ schema, from, to }) => [from, to, orNothing({ schema })],
  describe: ({ schema, from, to }) => `renamed sequence ${objectWords(schema, from)} to ${objectWords(schema, to)}`,
});

export const sequenceOperations = [createSequence, alterSequence, dropSequence, renameSequence] as const;

/** The sequence after `change`. */
export function alteredSequence(existing: SequenceDefinition, change: SequenceChangeDefinition): SequenceDefinition {
  const altered = Object.entries({ ...existing, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(altered);
}

function existingSequence(site: Site, existing: SequenceOptions): SequenceDefinition {
  const about = { ...site, subject: `'existing' of ${site.subject}` };
  return alteredSequence({}, sequenceDefinition(about, optionsOf(about, existing, sequenceKinds)));
}

/** Checked options as data. */
function sequenceDefinition(site: Site, options: SequenceChange): SequenceChangeDefinition {
  const { ownedBy, ...rest } = options as SequenceChangeDefinition;
  for (const key of integers) {
    const value: unknown = rest[key];
    const isInteger = typeof value === 'object' && value !== null ? '$bigint' in value : Number.isSafeInteger(value);
    if (value != null && !isInteger) refuse(site, `wants a whole number as '${key}'.`, 'A large one is a bigint: 10n.');
  }
  if (Number(decodeValue(rest.increment ?? 1)) === 0) refuse(site, "has 0 as 'increment'.");
  if (ownedBy == null) return { ...rest, ...(ownedBy === null && { ownedBy }) };
  const { table, column } = optionsOf(site, ownedBy, { table: 'name', column: 'name' });
  return {
    ...rest,
    ownedBy: { table: nameOf(site, 'the table that owns it', table), column: nameOf(site, 'the column', column) },
  };
}

function sequenceOptions(sequence: SequenceDefinition | SequenceChangeDefinition): ArgumentRecord {
  const numbers = integers.map((key) => {
    const value = sequence[key];
    return [key, value === undefined ? undefined : decodeValue(value)] as const;
  });
  const { type, cycle, ownedBy } = sequence;
  return { type, ...Object.fromEntries(numbers), cycle, ownedBy: ownedBy == null ? ownedBy : { ...ownedBy } };
}

function sequenceSite(verb: string, name: unknown): Site {
  return { verb, subject: `sequence '${nameOf({ verb, subject: 'the sequence' }, 'a name', name)}'` };
}
