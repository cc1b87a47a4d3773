/**
 * Random entities by seed: tables of every shape that refer to each other in every way (themselves, in circles, by keys
 * of several columns, through pivot tables), and a second version of them after a handful of changes.
 */
import { EntitySchema } from '@mikro-orm/core';
import { type Engine } from '../../support/databases.js';
import { type Entities } from './live-database.js';
import { Random } from './random.js';

/** What a column holds, as MikroORM's options. */
type Kind = { readonly type: string } & Readonly<Record<string, unknown>>;

interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly nullable: boolean;
  readonly default?: string | number | boolean;
}

interface Reference {
  readonly name: string;
  readonly table: string;
  readonly nullable: boolean;
  /** One to one: the column is unique. */
  readonly single: boolean;
  readonly deleteRule?: string;
  readonly updateRule?: string;
}

interface Key {
  readonly name: string;
  readonly properties: readonly string[];
}

interface Table {
  readonly name: string;
  readonly schema?: string;
  readonly key: readonly Column[];
  /** A reference that is part of the key, to a table that came before. */
  readonly keyReference?: string;
  readonly columns: readonly Column[];
  readonly references: readonly Reference[];
  readonly pivots: readonly { readonly name: string; readonly table: string }[];
  readonly indexes: readonly Key[];
  readonly uniques: readonly Key[];
  readonly checks: readonly { readonly name: string; readonly expression: string }[];
  readonly comment?: string;
}

/** One version of the schema. */
export interface EntityGraph {
  readonly tables: readonly Table[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

const NAMES = ['order', 'Group', 'user-data', 'select', 'author', 'book', 'tag', 'line item', 'Été', 'x'];
const RULES = ['cascade', 'no action', 'restrict', 'set null'];
const SCHEMAS = ['shop', 'Back Office'];

/** Both versions of what a seed stands for. The same seed gives the same, on one engine. */
export function entityGraphs(seed: number, engine: Engine): { readonly v1: EntityGraph; readonly v2: EntityGraph } {
  const author = new GraphAuthor(new Random(seed), engine);
  const v1 = author.graph(2 + (seed % 29));
  return { v1, v2: author.changed(v1) };
}

class GraphAuthor {
  private count = 0;
  private readonly postgres: boolean;

  constructor(
    private readonly random: Random,
    engine: Engine,
  ) {
    this.postgres = engine === 'postgres' || engine === 'pglite';
  }

  graph(size: number): EntityGraph {
    const { random } = this;
    let graph: EntityGraph = { tables: [], enums: this.postgres ? { mood: ['a', 'b', 'c'], Kind: ['x', "y'z"] } : {} };
    for (let index = 0; index < size; index++) graph = this.withTable(graph);
    // now that all are there, whoever comes first can refer to whoever came last
    const tables = graph.tables.map((table) => {
      const references = random.times(0, 3, () => this.reference(graph));
      const pivots = random.chance(0.15) ? [{ name: this.name('all'), table: random.pick(graph.tables).name }] : [];
      return this.withKeys({ ...table, references, pivots });
    });
    return { ...graph, tables };
  }

  /** A handful of changes, one after the other. */
  changed(graph: EntityGraph): EntityGraph {
    let changed = graph;
    const most = Math.max(3, Math.ceil(graph.tables.length / 2));
    this.random.times(1, most, () => (changed = this.change(changed)));
    return changed;
  }

  private change(graph: EntityGraph): EntityGraph {
    const { random } = this;
    const tables = random.shuffled(graph.tables);
    const [table] = tables;
    if (table === undefined) return this.withTable(graph);
    const replace = (next: Table): EntityGraph => ({
      ...graph,
      tables: graph.tables.map((other) => (other.name === table.name ? next : other)),
    });
    const without = <T>(list: readonly T[]): readonly T[] => random.shuffled(list).slice(1);
    const edits: Readonly<Record<string, () => EntityGraph>> = {
      addTable: () => this.withReferences(this.withTable(graph)),
      dropTable: () => this.withoutTables(graph, [table.name]),
      dropTwoTables: () =>
        this.withoutTables(
          graph,
          tables.slice(0, 2).map(({ name }) => name),
        ),
      renameTable: () => this.withTableRenamed(graph, table),
      addColumn: () => replace({ ...table, columns: [...table.columns, this.column(graph)] }),
      dropColumn: () => {
        const [gone, ...columns] = random.shuffled(table.columns);
        return replace(gone === undefined ? table : withoutProperty({ ...table, columns }, gone.name));
      },
      changeColumn: () => replace(this.withChangedColumn(graph, table)),
      changeKey: () => replace(this.withOtherKey(table)),
      addReference: () => replace({ ...table, references: [...table.references, this.reference(graph)] }),
      dropReference: () => {
        const [gone, ...references] = random.shuffled(table.references);
        return replace(gone === undefined ? table : withoutProperty({ ...table, references }, gone.name));
      },
      changeReference: () => {
        const [old, ...references] = random.shuffled(table.references);
        return replace(
          old === undefined
            ? table
            : { ...table, references: [...references, { ...this.reference(graph), name: old.name }] },
        );
      },
      addPivot: () =>
        replace({ ...table, pivots: [...table.pivots, { name: this.name('all'), table: random.pick(tables).name }] }),
      dropPivot: () => replace({ ...table, pivots: without(table.pivots) }),
      addKeys: () => replace(this.withKeys(table)),
      dropKeys: () => replace({ ...table, indexes: without(table.indexes), uniques: without(table.uniques) }),
      renameKeys: () =>
        replace({ ...table, indexes: table.indexes.map((index) => ({ ...index, name: this.name('renamed') })) }),
      dropChecks: () => replace({ ...table, checks: [] }),
      changeEnum: () => this.withChangedEnum(graph),
    };
    return random.pick(Object.values(edits))();
  }

  private withTable(graph: EntityGraph): EntityGraph {
    const { random } = this;
    const name = `${random.pick(NAMES)}${++this.count}`;
    const keyed = random.chance(0.15) ? random.shuffled(graph.tables)[0]?.name : undefined;
    const columns = random.times(0, 6, () => this.column(graph));
    const integers = columns.filter(({ kind }) => kind.type === 'integer');
    const table: Table = {
      name,
      ...(this.postgres && random.chance(0.15) && { schema: random.pick(SCHEMAS) }),
      key: this.key(keyed !== undefined),
      ...(keyed !== undefined && { keyReference: keyed }),
      columns,
      references: [],
      pivots: [],
      indexes: [],
      uniques: [],
      checks: integers.slice(0, 1).map((column) => ({ name: this.name('check'), expression: `${column.name} > 0` })),
      ...(random.chance(0.1) && { comment: `it's table ${name}` }),
    };
    return { ...graph, tables: [...graph.tables, table] };
  }

  private key(refers: boolean): readonly Column[] {
    const { random } = this;
    const column = (kind: Kind): Column => ({ name: this.name('key'), kind, nullable: false });
    const single: readonly Kind[] = [
      { type: 'integer' },
      { type: 'bigint' },
      { type: 'uuid' },
      { type: 'string', length: 30 },
    ];
    const plain: readonly Kind[] = [{ type: 'integer' }, { type: 'string', length: 20 }, { type: 'date' }];
    if (refers) return random.chance(0.5) ? [] : [column(random.pick(plain))];
    return random.chance(0.2) ? [column(plain[0]), column(random.pick(plain))] : [column(random.pick(single))];
  }

  private column({ enums }: EntityGraph): Column {
    const { random } = this;
    const kinds: readonly (readonly [Kind, readonly NonNullable<Column['default']>[]])[] = [
      [{ type: 'integer' }, [0, -7]],
      [{ type: 'smallint' }, [3]],
      [{ type: 'bigint' }, ['12']],
      [{ type: 'string', length: random.pick([10, 40, 100]) }, ['x', "o'neil"]],
      [{ type: 'text' }, []],
      [{ type: 'boolean' }, [true, false]],
      [{ type: 'decimal', precision: 10, scale: random.pick([0, 2, 4]) }, [1.5]],
      [{ type: 'double' }, [2.25]],
      [{ type: 'datetime', length: random.pick([0, 3, 6]) }, []],
      [{ type: 'date' }, ['2020-02-29']],
      [{ type: 'uuid' }, []],
      [{ type: 'json' }, []],
      [{ type: 'blob' }, []],
      [
        {
          type: 'string',
          enum: true,
          items: random.pick([
            ['a', 'b'],
            ['a', 'b', 'c'],
            ["d'e", 'a'],
          ]),
        },
        ['a'],
      ],
      ...Object.entries(enums).map(
        ([name, items]) => [{ type: 'string', enum: true, nativeEnumName: name }, items] as const,
      ),
    ];
    const [kind, defaults] = random.pick(kinds);
    return {
      // what a check is about stands in SQL without quotes
      name: this.name(kind.type === 'integer' ? 'amount' : random.pick(['a', 'Title', 'from', 'on-hand', 'Länge'])),
      kind,
      nullable: random.chance(0.4),
      ...(defaults.length > 0 && random.chance(0.4) && { default: random.pick(defaults) }),
    };
  }

  private reference(graph: EntityGraph): Reference {
    const { random } = this;
    const nullable = random.chance(0.5);
    const rules = nullable ? RULES : RULES.filter((rule) => rule !== 'set null');
    return {
      name: this.name('ref'),
      table: random.pick(graph.tables).name,
      nullable,
      single: random.chance(0.15),
      ...(random.chance(0.5) && { deleteRule: random.pick(rules) }),
      ...(random.chance(0.3) && { updateRule: random.pick(rules) }),
    };
  }

  /** References from and to the table that came last. */
  private withReferences(graph: EntityGraph): EntityGraph {
    const last = graph.tables.at(-1);
    if (last === undefined) return graph;
    const { random } = this;
    const tables = graph.tables.map((table): Table => {
      if (table === last) return { ...table, references: random.times(0, 2, () => this.reference(graph)) };
      if (!random.chance(0.1)) return table;
      return { ...table, references: [...table.references, { ...this.reference(graph), table: last.name }] };
    });
    return { ...graph, tables };
  }

  private withKeys(table: Table): Table {
    const { random } = this;
    const unindexed = ['text', 'json', 'blob'];
    const indexed = [
      ...table.columns.filter(({ kind }) => !unindexed.includes(kind.type)).map(({ name }) => name),
      ...table.references.map(({ name }) => name),
    ];
    const keys = (word: string): readonly Key[] =>
      random
        .times(0, 2, () => ({
          name: this.name(word),
          properties: random.shuffled(indexed).slice(0, random.between(1, 3)),
        }))
        .filter(({ properties }) => properties.length > 0);
    return {
      ...table,
      indexes: [...table.indexes, ...keys('index')],
      uniques: [...table.uniques, ...keys('unique')],
    };
  }

  private withChangedColumn(graph: EntityGraph, table: Table): Table {
    const [old, ...others] = this.random.shuffled(table.columns);
    if (old === undefined) return table;
    const { name } = old;
    const next: Column = this.random.chance(0.5)
      ? { ...old, nullable: !old.nullable }
      : { ...this.column(graph), name };
    const columns = table.columns.map((column) => (column === old ? next : column));
    const unchecked = withoutProperty({ ...table, columns: others }, name);
    return { ...(next.kind.type === old.kind.type ? table : unchecked), columns };
  }

  private withOtherKey(table: Table): Table {
    const { random } = this;
    const [first, ...others] = table.key;
    if (first === undefined) return table;
    if (first.kind.type === 'integer' && others.length === 0 && table.keyReference === undefined) {
      return { ...table, key: [{ ...first, kind: { type: 'bigint' } }] };
    }
    if (others.length > 0) return random.chance(0.5) ? { ...table, key: others } : { ...table, key: [first] };
    const next: Column = { name: this.name('key'), kind: { type: 'string', length: 20 }, nullable: false };
    return { ...table, key: [...table.key, next] };
  }

  private withChangedEnum(graph: EntityGraph): EntityGraph {
    const names = Object.keys(graph.enums);
    if (names.length === 0) return graph;
    const name = this.random.pick(names);
    const items = graph.enums[name] ?? [];
    const next = this.random.pick([
      [...items, this.name('value')],
      [this.name('value'), ...items],
      items.toReversed(),
      items.length > 1 ? items.slice(1) : items,
    ]);
    return { ...graph, enums: { ...graph.enums, [name]: next } };
  }

  /** Another table with all that the old one had, names of keys included, to which everybody refers instead. */
  private withTableRenamed(graph: EntityGraph, { name: old }: Table): EntityGraph {
    const name = this.name(this.random.pick(NAMES));
    const renamed = (table: string): string => (table === old ? name : table);
    const tables = graph.tables.map((table) => ({
      ...table,
      name: renamed(table.name),
      ...(table.keyReference !== undefined && { keyReference: renamed(table.keyReference) }),
      references: table.references.map((reference) => ({ ...reference, table: renamed(reference.table) })),
      pivots: table.pivots.map((pivot) => ({ ...pivot, table: renamed(pivot.table) })),
    }));
    return { ...graph, tables };
  }

  /** Without tables, and without whatever stands on them. */
  private withoutTables(graph: EntityGraph, names: readonly string[]): EntityGraph {
    const gone = new Set(names);
    for (let size = -1; size !== gone.size;) {
      size = gone.size;
      // a key that is gone takes its table along
      for (const { name, keyReference } of graph.tables) {
        if (keyReference !== undefined && gone.has(keyReference)) gone.add(name);
      }
    }
    const tables = graph.tables
      .filter(({ name }) => !gone.has(name))
      .map((table) => {
        const lost = table.references.filter((reference) => gone.has(reference.table));
        const kept: Table = {
          ...table,
          references: table.references.filter((reference) => !gone.has(reference.table)),
          pivots: table.pivots.filter((pivot) => !gone.has(pivot.table)),
        };
        return lost.reduce((rest, { name }) => withoutProperty(rest, name), kept);
      });
    return { ...graph, tables };
  }

  private name(word: string): string {
    return `${word}${++this.count}`;
  }
}

/** A table without the keys and checks that name a property. */
function withoutProperty(table: Table, name: string): Table {
  const named = ({ properties }: Key): boolean => properties.includes(name);
  return {
    ...table,
    indexes: table.indexes.filter((index) => !named(index)),
    uniques: table.uniques.filter((unique) => !named(unique)),
    checks: table.checks.filter(({ expression }) => !expression.startsWith(`${name} `)),
  };
}

/** The entities of one version. */
export function entitiesOf({ tables, enums }: EntityGraph): Entities {
  const schemas = new Map<string, EntitySchema>();
  const entity = (name: string) => (): EntitySchema => schemas.get(name) as EntitySchema;
  const scalar = ({ name, kind, nullable, default: value }: Column): readonly [string, object] => {
    const items = enums[String(kind['nativeEnumName'])];
    // the default of an enum goes with its value
    const isThere = value !== undefined && (items === undefined || items.includes(String(value)));
    return [name, { ...kind, ...(items && { items }), fieldName: name, nullable, ...(isThere && { default: value }) }];
  };
  const key = (column: Column, alone: boolean): readonly [string, object] => {
    const [name, options] = scalar(column);
    return [
      name,
      { ...options, primary: true, ...(!alone && column.kind.type === 'integer' && { autoincrement: false }) },
    ];
  };
  for (const table of tables) {
    const { keyReference, key: columns } = table;
    const alone = keyReference === undefined && columns.length === 1;
    const properties: Record<string, object> = Object.fromEntries<object>([
      ...(keyReference === undefined
        ? []
        : [['owner', { kind: 'm:1', entity: entity(keyReference), primary: true }] as const]),
      ...columns.map((column) => key(column, alone)),
      ...table.columns.map(scalar),
      ...table.references.map(
        ({ name, table: other, nullable, single, deleteRule, updateRule }): readonly [string, object] => [
          name,
          {
            kind: single ? '1:1' : 'm:1',
            entity: entity(other),
            nullable,
            deleteRule,
            updateRule,
            ...(single && { owner: true }),
          },
        ],
      ),
      ...table.pivots.map(({ name, table: other }): readonly [string, object] => [
        name,
        { kind: 'm:n', entity: entity(other), owner: true },
      ]),
    ]);
    const { name, schema, comment, indexes, uniques, checks } = table;
    schemas.set(
      name,
      new EntitySchema({
        name: `Entity${name.replace(/\W/g, '_')}`,
        tableName: name,
        ...(schema !== undefined && { schema }),
        ...(comment !== undefined && { comment }),
        properties,
        indexes: indexes.map((index) => ({ ...index, properties: [...index.properties] })),
        uniques: uniques.map((unique) => ({ ...unique, properties: [...unique.properties] })),
        checks: checks.map(({ name: label, expression }) => ({ name: label, expression })),
      } as never),
    );
  }
  return [...schemas.values()];
}
