/** Changes of one table in a row, each possible behind the ones before it. */
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
import {
  type ColumnDefinition,
  type NamedColumnDefinition,
} from '../../../libs/nest-migrate/src/operations/operation.js';
import { type TableAlteration } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Random } from '../autogenerate/random.js';

export const TABLE = 'altered';
export const REFERRED = 'referred';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'B b', 'Select'];
const literals = ["it's", 'b\\s', 'two\nlines', 'plain'];

interface Columns {
  readonly [name: string]: ColumnDefinition;
}

/** What the table has while the changes are made up. */
interface Present {
  columns: Columns;
  readonly indexes: Map<string, readonly string[]>;
  readonly checks: Map<string, string>;
  readonly foreignKeys: Map<string, string>;
}

/** The table before the changes, and the changes. */
export function arbitraryAlterations(random: Random): {
  readonly columns: readonly NamedColumnDefinition[];
  readonly before: readonly TableAlteration[];
  readonly alterations: readonly TableAlteration[];
} {
  const present: Present = { columns: {}, indexes: new Map(), checks: new Map(), foreignKeys: new Map() };
  for (const name of random.shuffled(NAMES).slice(0, random.between(3, 6))) {
    present.columns = { ...present.columns, [name]: plainColumn(random, present) };
  }
  const columns = Object.entries(present.columns).map(([name, column]) => ({ name, ...column }));
  const before = several(random, present, 0, 5, { keysAlone: true });
  const alterations = several(random, present, 2, 12, { keysAlone: false });
  return { columns, before, alterations };
}

function several(
  random: Random,
  present: Present,
  least: number,
  most: number,
  { keysAlone }: { readonly keysAlone: boolean },
): readonly TableAlteration[] {
  const made: TableAlteration[] = [];
  const wanted = random.between(least, most);
  for (let attempt = 0; made.length < wanted && attempt < 200; attempt += 1) {
    const own = random.pick(keysAlone ? keys : [...columns, ...columns, ...keys]);
    const alteration = own(random, present);
    if (alteration !== undefined) made.push(alteration as TableAlteration);
  }
  return made;
}

type Maker = (random: Random, present: Present) => object | undefined;

const columns: readonly Maker[] = [
  (random, present) => {
    const name = random.pick(NAMES);
    if (taken(present, name)) return undefined;
    const column = random.chance(0.15) ? computedColumn(random, present) : plainColumn(random, present);
    const others = Object.keys(present.columns);
    const place = random.pick([{}, { first: true }, others.length === 0 ? {} : { after: random.pick(others) }]);
    present.columns = { ...present.columns, [name]: column };
    return builders.addColumn(TABLE, name, { ...column, ...place } as never);
  },
  (random, present) => {
    const name = random.pick(Object.keys(present.columns));
    if (Object.keys(present.columns).length < 3 || isUsed(present, name)) return undefined;
    const { [name]: _dropped, ...rest } = present.columns;
    present.columns = rest;
    return builders.dropColumn(TABLE, name);
  },
  (random, present) => {
    const [from, to] = [random.pick(Object.keys(present.columns)), random.pick(NAMES)];
    if (taken(present, to) || isRead(present, from)) return undefined;
    present.columns = Object.fromEntries(
      Object.entries(present.columns).map(([name, column]) => [name === from ? to : name, column]),
    );
    for (const [name, on] of present.indexes) {
      present.indexes.set(
        name,
        on.map((column) => (column === from ? to : column)),
      );
    }
    for (const [name, on] of present.foreignKeys) if (on === from) present.foreignKeys.set(name, to);
    return builders.renameColumn(TABLE, from, to);
  },
  (random, present) => {
    const name = random.pick(Object.keys(present.columns));
    const existing = present.columns[name] ?? {};
    if (existing.generated !== undefined || [...present.foreignKeys.values()].includes(name)) return undefined;
    const change = random.pick<object | undefined>([
      { nullable: true },
      existing.nullable === true && existing.default !== undefined ? { comment: random.pick(literals) } : undefined,
      { comment: random.pick([...literals, null]) },
      existing.type === 'integer' ? { type: 'bigint' } : undefined,
      existing.type === 'integer' && existing.default !== undefined ? { default: random.between(1, 9) } : undefined,
      existing.type === 'integer' && existing.default === undefined
        ? { defaultRaw: readingDefault(random, present, name) }
        : undefined,
      existing.type === 'string' ? { length: 90 } : undefined,
      existing.type === 'string' && existing.default !== undefined ? { default: random.pick(literals) } : undefined,
      existing.type === 'enum' ? { items: ['x', 'y', "z'z", 'w'] } : undefined,
      existing.type === 'string' && !isIndexed(present, name) && existing.default === undefined
        ? { type: 'text' }
        : undefined,
    ]);
    if (change === undefined) return undefined;
    const alteration = builders.alterColumn(TABLE, name, change, { existing } as never);
    present.columns = { ...present.columns, [name]: withoutNulls({ ...existing, ...change }) };
    return alteration;
  },
];

const keys: readonly Maker[] = [
  (random, present) => {
    const name = `${TABLE}_i${random.between(1, 4)}`;
    const on = random.shuffled(Object.keys(present.columns).filter((column) => canIndex(present, column))).slice(0, 2);
    if (present.indexes.has(name) || on.length === 0) return undefined;
    present.indexes.set(name, on);
    if (!random.chance(0.3)) return builders.createIndex(TABLE, on, { name });
    // with the key, so that rows are always different
    present.indexes.set(name, ['id', ...on]);
    return random.chance(0.5)
      ? builders.createUniqueConstraint(TABLE, ['id', ...on], { name })
      : builders.createIndex(TABLE, ['id', ...on], { name, unique: true });
  },
  (random, present) => {
    const name = random.pick([...present.indexes.keys(), undefined]);
    if (name === undefined) return undefined;
    present.indexes.delete(name);
    return random.chance(0.7)
      ? builders.dropIndex(TABLE, name)
      : builders.dropConstraint(TABLE, name, { type: 'unique' } as never);
  },
  (random, present) => {
    const [from, to] = [random.pick([...present.indexes.keys(), undefined]), `${TABLE}_i${random.between(1, 4)}`];
    if (from === undefined || present.indexes.has(to)) return undefined;
    present.indexes.set(to, present.indexes.get(from) ?? []);
    present.indexes.delete(from);
    return builders.renameIndex(TABLE, from, to);
  },
  (random, present) => {
    const [name, column] = [`${TABLE}_c${random.between(1, 3)}`, random.pick(Object.keys(present.columns))];
    if (present.checks.has(name)) return undefined;
    const expression = `${quoted(column)} is null or ${quoted(column)} <> '${random.between(100, 999)}'`;
    present.checks.set(name, expression);
    return builders.createCheckConstraint(TABLE, expression, { name });
  },
  (random, present) => {
    const name = random.pick([...present.checks.keys(), undefined]);
    if (name === undefined) return undefined;
    present.checks.delete(name);
    return builders.dropConstraint(TABLE, name, { type: 'check' } as never);
  },
  (random, present) => {
    const name = `${TABLE}_f${random.between(1, 3)}`;
    const ints = Object.entries(present.columns).filter(
      ([, { type, nullable, default: value, defaultRaw }]) =>
        type === 'integer' && nullable === true && value === undefined && defaultRaw === undefined,
    );
    if (present.foreignKeys.has(name) || ints.length === 0) return undefined;
    const [column] = random.pick(ints);
    present.foreignKeys.set(name, column);
    return builders.createForeignKey(TABLE, [column], REFERRED, ['id'], { name });
  },
  (random, present) => {
    const name = random.pick([...present.foreignKeys.keys(), undefined]);
    if (name === undefined) return undefined;
    present.foreignKeys.delete(name);
    return builders.dropConstraint(TABLE, name, { type: 'foreignKey' } as never);
  },
  (random) => (random.chance(0.3) ? builders.createTableComment(TABLE, random.pick(literals)) : undefined),
];

function plainColumn(random: Random, present: Present): ColumnDefinition {
  const comment = random.chance(0.2) ? { comment: random.pick(literals) } : {};
  return {
    ...random.pick<ColumnDefinition>([
      { type: 'integer', nullable: true },
      { type: 'integer', default: 3 },
      { type: 'integer', nullable: true, defaultRaw: readingDefault(random, present, '') },
      { type: 'string', length: 40, nullable: true },
      { type: 'string', length: 40, default: random.pick(literals) },
      { type: 'text', nullable: true },
      { type: 'decimal', precision: 10, scale: 2, default: '1.50' },
      { type: 'datetime', length: 0, nullable: true },
      { type: 'enum', items: ['x', 'y', "z'z"], default: 'x' },
    ]),
    ...comment,
  };
}

/** A default that reads another column, where there is one that it can read. */
function readingDefault(random: Random, { columns: present }: Present, besides: string): string {
  const readable = Object.entries(present).filter(
    ([name, { type, defaultRaw, generated }]) =>
      name !== besides && type === 'integer' && defaultRaw === undefined && generated === undefined,
  );
  if (readable.length === 0 || random.chance(0.5)) return '(1 + 1)';
  return `(${quoted(random.pick(readable)[0])} + 1)`;
}

function computedColumn(random: Random, { columns: present }: Present): ColumnDefinition {
  const readable = Object.entries(present).filter(([, { type, generated }]) => type === 'integer' && generated == null);
  const expression = readable.length === 0 ? '1 + 1' : `${quoted(random.pick(readable)[0])} + 1`;
  return { type: 'integer', nullable: true, generated: `(${expression}) ${random.pick(['stored', 'virtual'])}` };
}

function taken({ columns: present }: Present, name: string): boolean {
  return Object.keys(present).some((other) => other.toLowerCase() === name.toLowerCase());
}

/** Whether an expression reads the column: the engines refuse much of it, or do not rename it there. */
function isRead({ columns: present, checks }: Present, name: string): boolean {
  const texts = [
    ...checks.values(),
    ...Object.values(present).flatMap(({ defaultRaw = '', generated = '' }) => [defaultRaw, generated]),
  ];
  return texts.some((text) => text.includes(quoted(name)));
}

function isUsed(present: Present, name: string): boolean {
  return isRead(present, name) || isIndexed(present, name) || [...present.foreignKeys.values()].includes(name);
}

function isIndexed({ indexes }: Present, name: string): boolean {
  return [...indexes.values()].some((on) => on.includes(name));
}

function canIndex({ columns: present }: Present, name: string): boolean {
  const { type, generated } = present[name] ?? {};
  return type !== 'text' && generated == null;
}

function withoutNulls(column: object): ColumnDefinition {
  return Object.fromEntries(Object.entries(column).filter(([, value]) => value !== null));
}

function quoted(name: string): string {
  return `\`${name}\``;
}
