/** The changes of the matrix: two versions of a table, and the column that dependents attach themselves to. */
import { type Engine } from '../support/databases.js';
import { type Column, type Description, type Kind, type Row, type Table, type Target } from './description.js';
import {
  anyType,
  bigint,
  character,
  citext,
  day,
  decimal,
  double,
  enumeration,
  integer,
  json,
  longText,
  ltree,
  moment,
  nativeEnum,
  renamedEnum,
  renamedNativeEnum,
  smallint,
  unsigned,
  uuid,
  varchar,
} from './kinds.js';

const postgres: readonly Engine[] = ['postgres', 'pglite'];
const mysqls: readonly Engine[] = ['mysql', 'mariadb'];

/** An old name and a new one, without the prefix of a cell: what a person answers when asked about a rename. */
export interface Rename {
  readonly kind: 'table' | 'column' | 'enumValue';
  readonly from: string;
  readonly to: string;
}

export interface Version {
  readonly schema: Description;
  readonly target: Target;
}

export interface Change {
  readonly name: string;
  readonly engines?: readonly Engine[];
  readonly renames: readonly Rename[];
  /** Columns whose values the change computes, or converts into others. */
  readonly recomputed: readonly string[];
  /** What changes is what declared dependents say: nothing that no entity declares follows. */
  readonly declaredOnly: boolean;
  readonly before: (prefix: string) => Version;
  readonly after: (prefix: string) => Version;
}

interface Side {
  /** Without the prefix. `null`: there is no such table. */
  readonly table?: string | null;
  readonly schema?: string;
  readonly columns: (prefix: string) => readonly Column[];
  /** `null`: there is no such column. */
  readonly column: string | null;
  readonly kind: (prefix: string) => Kind;
  readonly options?: Table['options'];
}

interface Options {
  readonly engines?: readonly Engine[];
  readonly renames?: readonly Rename[];
  readonly recomputed?: readonly string[];
  /** How many rows there are: none where no engine converts their values, one where all would get the same value. */
  readonly rows?: number;
  readonly declaredOnly?: boolean;
}

const key: Column = { name: 'id', kind: integer, primary: true };
const rest: readonly Column[] = [
  { name: 'b', kind: integer, default: 1 },
  { name: 'c', kind: varchar(40), nullable: true },
];

function version({ table = 'subject', schema, columns, column, kind, options = {} }: Side, count: number) {
  return (prefix: string): Version => {
    const all = columns(prefix);
    const other: Table = {
      name: `${prefix}other`,
      columns: [key, { name: 'label', kind: varchar(40), nullable: true }],
      options: {},
    };
    const name = `${prefix}${table}`;
    const subject: Table = {
      name,
      ...(schema !== undefined && { schema: `${prefix}${schema}` }),
      columns: all,
      options,
    };
    const rows = [0, 1].slice(0, count).map((index): Row => {
      const stored = all.filter(({ generated }) => generated === undefined);
      return { table: name, values: Object.fromEntries(stored.map((one) => [one.name, one.kind.values[index]])) };
    });
    return {
      schema: {
        tables: table === null ? [other] : [other, subject],
        views: [],
        routines: [],
        undeclared: [],
        rows: table === null ? [] : rows,
      },
      target: {
        prefix,
        table: table === null ? undefined : name,
        column: column ?? undefined,
        kind: kind(prefix),
      },
    };
  };
}

function change(name: string, before: Side, after: Side, options: Options = {}): Change {
  const { engines, renames = [], recomputed = [], rows = 2, declaredOnly = false } = options;
  return {
    name,
    ...(engines && { engines }),
    renames,
    recomputed,
    declaredOnly,
    before: version(before, rows),
    after: version(after, rows),
  };
}

type Spec = Omit<Column, 'name' | 'kind'> & { readonly kind: Kind | ((prefix: string) => Kind) };

/** The table with the column `a`, or another name for it. */
function side({ kind, ...spec }: Spec, name = 'a', more: Partial<Side> = {}): Side {
  const of = (prefix: string): Kind => (typeof kind === 'function' ? kind(prefix) : kind);
  return {
    columns: (prefix) => [key, { name, ...spec, kind: of(prefix) }, ...rest],
    column: name,
    kind: of,
    ...more,
  };
}

/** Another column `a`. Where its family changes, dependents say what holds for every type. */
function column(name: string, before: Spec, after: Spec, options: Options = {}): Change {
  const [one, two] = [side(before), side(after)];
  const alike = one.kind('').family === two.kind('').family;
  const neutral = (given: Side): Side => (alike ? given : { ...given, kind: (prefix) => anyType(given.kind(prefix)) });
  return change(name, neutral(one), neutral(two), options);
}

/** Another key, to which dependents attach themselves. */
function ofKey(name: string, before: Partial<Column>, after: Partial<Column>, options: Options = {}): Change {
  const keyed = (given: Partial<Column>): Side => {
    const own: Column = { ...key, ...given };
    const alike = (before.kind ?? integer).family === (after.kind ?? integer).family;
    return {
      columns: () => [own, { name: 'a', kind: integer }, ...rest],
      column: own.name,
      kind: () => (alike ? own.kind : anyType(own.kind)),
    };
  };
  return change(name, keyed(before), keyed(after), options);
}

const state =
  (...items: readonly string[]) =>
  (prefix: string): Kind =>
    nativeEnum(`${prefix}state`, ...items);

const types: readonly Change[] = [
  column('type: integer to bigint', { kind: integer }, { kind: bigint }),
  column('type: smallint to integer', { kind: smallint }, { kind: integer }),
  column('type: integer to double', { kind: integer }, { kind: double }),
  column('type: integer to text', { kind: integer }, { kind: varchar(20) }),
  column('type: text to integer', { kind: varchar(20) }, { kind: integer }),
  column('type: longer text', { kind: varchar(20) }, { kind: varchar(40) }),
  column('type: shorter text', { kind: varchar(40) }, { kind: varchar(20) }),
  column('type: text without limit', { kind: varchar(40) }, { kind: longText }),
  column('type: text to characters', { kind: varchar(40) }, { kind: character(2) }),
  column('type: decimal with more digits', { kind: decimal(8, 2) }, { kind: decimal(12, 4) }),
  column('type: date to moment', { kind: day }, { kind: moment() }, { recomputed: ['a'] }),
  column('type: moment with digits', { kind: moment(0) }, { kind: moment(3) }),
  column('type: long text to json', { kind: { ...longText, values: json.values } }, { kind: json }),
  // the same condition means something else: what nobody declares stays what it was
  column('type: text to citext', { kind: varchar(20) }, { kind: citext }, { engines: postgres, declaredOnly: true }),
  column(
    'type: citext to text',
    { kind: citext, default: 'x' },
    { kind: longText, default: 'x' },
    { engines: postgres, declaredOnly: true },
  ),
  column('type: text to ltree', { kind: longText }, { kind: ltree }, { engines: postgres }),
  column('type: without sign', { kind: integer }, { kind: unsigned }, { engines: mysqls }),
  column('type and default', { kind: integer, default: 5 }, { kind: bigint, default: 6 }),
  column('type, null and default', { kind: integer, nullable: true }, { kind: bigint, default: 5 }),
];

const others: readonly Change[] = [
  column('null: allowed', { kind: integer }, { kind: integer, nullable: true }),
  column('null: forbidden', { kind: integer, nullable: true }, { kind: integer }),
  column('null: forbidden, with a default', { kind: varchar(20), nullable: true }, { kind: varchar(20), default: 'x' }),
  column('default: comes', { kind: integer }, { kind: integer, default: 5 }),
  column('default: goes', { kind: integer, default: 5 }, { kind: integer }),
  column('default: changes', { kind: varchar(20), default: 'x' }, { kind: varchar(20), default: 'y' }),
  column('comment: changes', { kind: integer, comment: 'one' }, { kind: integer, comment: 'two' }),
  change('rename: column', side({ kind: integer }), side({ kind: integer }, 'z'), {
    renames: [{ kind: 'column', from: 'a', to: 'z' }],
  }),
  change('rename: column of text', side({ kind: varchar(20) }), side({ kind: varchar(20) }, 'z'), {
    renames: [{ kind: 'column', from: 'a', to: 'z' }],
  }),
  change('rename: column, and null allowed', side({ kind: integer }), side({ kind: integer, nullable: true }, 'z'), {
    renames: [{ kind: 'column', from: 'a', to: 'z' }],
  }),
  change('rename: table', side({ kind: integer }), side({ kind: integer }, 'a', { table: 'renamed' }), {
    renames: [{ kind: 'table', from: 'subject', to: 'renamed' }],
  }),
  change('rename: table and column', side({ kind: integer }), side({ kind: integer }, 'z', { table: 'renamed' }), {
    renames: [
      { kind: 'table', from: 'subject', to: 'renamed' },
      { kind: 'column', from: 'a', to: 'z' },
    ],
  }),
  change(
    'table: moves to another schema',
    side({ kind: integer }),
    side({ kind: integer }, 'a', { schema: 'elsewhere' }),
    {
      engines: postgres,
      renames: [{ kind: 'table', from: 'subject', to: 'elsewhere.subject' }],
    },
  ),
  change('table: goes', side({ kind: integer }), side({ kind: integer }, 'a', { table: null })),
  change('table: comes', side({ kind: integer }, 'a', { table: null }), side({ kind: integer })),
  change(
    'table: comment changes',
    side({ kind: integer }, 'a', { options: { comment: 'one' } }),
    side({ kind: integer }, 'a', { options: { comment: 'two' } }),
  ),
  change(
    'column: goes',
    side({ kind: integer, nullable: true }),
    side({ kind: integer }, 'a', {
      columns: () => [key, ...rest],
      column: null,
    }),
  ),
  change(
    'column: comes',
    side({ kind: integer }, 'a', { columns: () => [key, ...rest], column: null }),
    side({ kind: integer, default: 11 }),
    { rows: 1 },
  ),
  change(
    'column: comes, and may be missing',
    side({ kind: integer }, 'a', { columns: () => [key, ...rest], column: null }),
    side({ kind: integer, nullable: true }),
  ),
  column(
    'computed: plain becomes computed',
    // what is computed of the rows, so that a foreign key to it holds
    { kind: { ...integer, values: ['21', '22'] }, nullable: true },
    { kind: { ...integer, values: ['21', '22'] }, nullable: true, generated: '(b + 10) stored' },
    { recomputed: ['a'] },
  ),
  column(
    'computed: becomes plain',
    { kind: integer, nullable: true, generated: '(b + 10) stored' },
    { kind: integer, nullable: true },
  ),
  column(
    'computed: becomes plain, and required',
    { kind: integer, nullable: true, generated: '(b + 10) stored' },
    { kind: integer },
  ),
  column(
    'computed: expression changes',
    { kind: integer, nullable: true, generated: '(b + 10) stored' },
    { kind: integer, nullable: true, generated: '(b + 20) stored' },
    { recomputed: ['a'] },
  ),
  column(
    'computed: stored becomes virtual',
    { kind: integer, nullable: true, generated: '(b + 10) stored' },
    { kind: integer, nullable: true, generated: '(b + 10) virtual' },
    { engines: ['mysql', 'mariadb', 'sqlite'] },
  ),
  column(
    'computed: type changes',
    { kind: integer, nullable: true, generated: '(b + 10) stored' },
    { kind: bigint, nullable: true, generated: '(b + 10) stored' },
  ),
  change(
    'what is said of the column changes',
    side({ kind: integer }),
    side({ kind: integer }, 'a', {
      kind: () => ({ ...integer, condition: (a) => `${a} > 1`, number: (a) => `${a} + 2` }),
    }),
    { declaredOnly: true },
  ),
  change(
    'column and what is said of it change',
    side({ kind: integer }),
    side({ kind: bigint }, 'a', {
      kind: () => ({ ...bigint, condition: (a) => `${a} > 1`, number: (a) => `${a} + 2` }),
    }),
    { declaredOnly: true },
  ),
];

const enums: readonly Change[] = [
  column('enum: a value comes', { kind: enumeration('draft', 'live') }, { kind: enumeration('draft', 'live', 'gone') }),
  column('enum: a value goes', { kind: enumeration('draft', 'live', 'gone') }, { kind: enumeration('draft', 'live') }),
  column(
    'enum: a value is renamed',
    { kind: renamedEnum('draft', 'live') },
    { kind: renamedEnum('new', 'live') },
    {
      renames: [{ kind: 'enumValue', from: 'draft', to: 'new' }],
      recomputed: ['a'],
    },
  ),
  column(
    'enum: default changes',
    { kind: enumeration('draft', 'live'), default: 'draft' },
    { kind: enumeration('draft', 'live'), default: 'live' },
  ),
  column(
    'enum: becomes text',
    { kind: enumeration('draft', 'live') },
    { kind: { ...varchar(20), values: ["'draft'", "'live'"] } },
  ),
  column(
    'enum: out of text',
    { kind: { ...varchar(20), values: ["'draft'", "'live'"] } },
    { kind: enumeration('draft', 'live') },
  ),
  column(
    'native enum: a value comes',
    { kind: state('draft', 'live') },
    { kind: state('draft', 'live', 'gone') },
    { engines: postgres },
  ),
  column(
    'native enum: a value comes in front',
    { kind: state('draft', 'live') },
    { kind: state('gone', 'draft', 'live') },
    { engines: postgres },
  ),
  column(
    'native enum: a value goes',
    { kind: state('draft', 'live', 'gone') },
    { kind: state('draft', 'live') },
    { engines: postgres },
  ),
  column(
    'native enum: a value goes, with a default',
    { kind: state('draft', 'live', 'gone'), default: 'draft' },
    { kind: state('draft', 'live'), default: 'draft' },
    { engines: postgres },
  ),
  change(
    'native enum: a value is renamed',
    side({ kind: (prefix) => renamedNativeEnum(`${prefix}state`, 'draft', 'live') }),
    side({ kind: (prefix) => renamedNativeEnum(`${prefix}state`, 'new', 'live') }),
    { engines: postgres, renames: [{ kind: 'enumValue', from: 'draft', to: 'new' }], recomputed: ['a'] },
  ),
  column(
    'native enum: becomes text',
    { kind: state('draft', 'live') },
    { kind: { ...varchar(20), values: ["'draft'", "'live'"] } },
    { engines: postgres },
  ),
  column(
    'native enum: out of text',
    { kind: { ...varchar(20), values: ["'draft'", "'live'"] } },
    { kind: state('draft', 'live') },
    { engines: postgres },
  ),
  change(
    'native enum: becomes a check',
    side({ kind: state('draft', 'live') }),
    side({ kind: enumeration('draft', 'live') }),
    { engines: postgres },
  ),
  change(
    'native enum: out of a check',
    side({ kind: enumeration('draft', 'live') }),
    side({ kind: state('draft', 'live') }),
    { engines: postgres },
  ),
  change(
    'native enum: another type of the same values',
    side({ kind: state('draft', 'live') }),
    side({ kind: (prefix) => nativeEnum(`${prefix}mood`, 'draft', 'live') }),
    { engines: postgres },
  ),
];

const keysAndTables: readonly Change[] = [
  column('collation: changes', { kind: varchar(20) }, { kind: varchar(20), collation: 'C' }, { engines: postgres }),
  column(
    'collation: changes',
    { kind: varchar(20) },
    { kind: varchar(20), collation: 'utf8mb4_bin' },
    { engines: mysqls },
  ),
  column(
    'collation: changes',
    { kind: varchar(20) },
    { kind: varchar(20), collation: 'nocase' },
    { engines: ['sqlite'] },
  ),
  ofKey('key: integer to bigint', {}, { kind: bigint }),
  ofKey('key: integer to uuid', {}, { kind: uuid }, { rows: 0 }),
  ofKey('key: integer to text', {}, { kind: varchar(20) }),
  ofKey('key: longer text', { kind: varchar(20) }, { kind: varchar(40) }),
  ofKey('key: stops counting', {}, { options: { autoincrement: [false] } }),
  ofKey('key: begins to count', { options: { autoincrement: [false] } }, {}),
  ofKey('key: renamed', {}, { name: 'number' }, { renames: [{ kind: 'column', from: 'id', to: 'number' }] }),
  ofKey('key: becomes identity', {}, { generated: 'by default as identity' }, { engines: postgres }),
  change('key: becomes composite', side({ kind: integer }), side({ kind: integer, primary: true })),
  change('key: another column', side({ kind: integer }), {
    ...side({ kind: integer }),
    columns: () => [
      { ...key, primary: false },
      { name: 'a', kind: integer, primary: true, options: { autoincrement: [false] } },
      ...rest,
    ],
  }),
  change(
    'table: partitioned',
    side({ kind: integer, primary: true }),
    side({ kind: integer, primary: true }, 'a', {
      options: { partitionBy: { type: 'hash', expression: 'a', partitions: 2 } },
    }),
    { engines: postgres },
  ),
];

export const changes: readonly Change[] = [...types, ...others, ...enums, ...keysAndTables];
