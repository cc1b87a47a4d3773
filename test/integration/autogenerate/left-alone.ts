/** Every reason for which a comparison leaves something out that is there: on both sides, or it would make it once more. */
import { defineEntity, p } from '@mikro-orm/core';
import { allEngines, type Engine } from '../../support/databases.js';
import { type Entities, type LiveDatabase } from './live-database.js';
import { plus } from './routines.js';
import { mysqls, postgres, thing, viewEntity } from './single-features.js';

export interface Reason {
  readonly name: string;
  readonly engines: readonly Engine[];
  /** What makes the object that is left out. */
  readonly sql: readonly string[];
  /** What declares it; by default an entity `thing` with a column `a`. */
  readonly entities?: () => Entities;
  readonly options?: Parameters<LiveDatabase['compare']>[1];
  /** What is said where an entity declares it; nothing where the configuration itself leaves it out. */
  readonly says?: string;
  /** What is said where no entity declares it. */
  readonly saysOfOthers?: string;
  /** A foreign key can refer to it. */
  readonly hasKey?: boolean;
  /** What has to be undone before everything is dropped. */
  readonly after?: readonly string[];
}

const columns = 'id int not null, a int not null';
const byHand = 'write its changes by hand';
const left = (what: string): Pick<Reason, 'says' | 'saysOfOthers'> => ({
  says: `leaves the table thing alone, which ${what}: ${byHand}`,
  saysOfOthers: `leaves alone what no entity can describe: thing (which ${what})`,
});
const foreign = [
  'drop foreign data wrapper if exists away cascade',
  'create foreign data wrapper away',
  'create server far foreign data wrapper away',
];

const inSchema = (schema: string): Entities => thing({ a: p.integer() }, { schema });
const indexed = (): Entities => thing({ a: p.integer(), legacy: p.string().length(20).index() });

export const reasons: readonly Reason[] = [
  {
    name: 'children by inheritance that an extension makes',
    engines: postgres,
    sql: [
      `create table thing (${columns}, primary key (id))`,
      'create schema _timescaledb_internal',
      'create table _timescaledb_internal.thing_1 () inherits (thing)',
    ],
    ...left('has children by inheritance'),
    hasKey: true,
    after: ['drop table _timescaledb_internal.thing_1'],
  },
  {
    name: 'inheritance',
    engines: postgres,
    sql: [`create table parent (${columns})`, 'create table thing (primary key (id)) inherits (parent)'],
    says: `leaves the table thing alone, which inherits from parent: ${byHand}`,
    saysOfOthers:
      'leaves alone what no entity can describe: ' +
      'parent (which has children by inheritance) and thing (which inherits from parent)',
    hasKey: true,
  },
  {
    name: 'partitions of partitions',
    engines: postgres,
    sql: [
      `create table thing (${columns}, primary key (id)) partition by range (id)`,
      'create table thing_1 partition of thing for values from (0) to (9) partition by hash (id)',
    ],
    ...left('has partitions of partitions'),
    hasKey: true,
  },
  {
    name: 'a foreign table as a partition',
    engines: postgres,
    sql: [
      ...foreign,
      `create table thing (${columns}) partition by range (id)`,
      'create foreign table thing_1 partition of thing for values from (0) to (9) server far',
    ],
    ...left('has foreign tables as partitions'),
  },
  {
    name: 'a foreign table',
    engines: postgres,
    sql: [...foreign, `create foreign table thing (${columns}) server far`],
    says: `leaves the table thing alone, which is a foreign table: ${byHand}`,
  },
  {
    name: 'a table of an extension',
    engines: postgres,
    sql: [`create table thing (${columns}, primary key (id))`, 'alter extension plpgsql add table thing'],
    says: `leaves the table thing alone, which belongs to the extension plpgsql: ${byHand}`,
    hasKey: true,
    after: ['alter extension plpgsql drop table thing'],
  },
  {
    name: 'a view of an extension',
    engines: postgres,
    sql: ['create view shown as select 1 as id', 'alter extension plpgsql add view shown'],
    entities: () => [viewEntity('shown', 'select 2 as id')],
    says: `leaves the view shown alone, which belongs to the extension plpgsql: ${byHand}`,
    after: ['alter extension plpgsql drop view shown'],
  },
  {
    name: 'a function of an extension',
    engines: postgres,
    sql: [
      'create function f(n int) returns int language sql as $$ select n + 1 $$',
      'alter extension plpgsql add function f(int)',
    ],
    entities: () => [plus(postgres, 2)],
    says: `leaves the routine f alone, which belongs to the extension plpgsql: ${byHand}`,
    after: ['alter extension plpgsql drop function f(int)'],
  },
  {
    name: 'an aggregate',
    engines: postgres,
    sql: ['create aggregate f (int) (sfunc = int4pl, stype = int)'],
    entities: () => [plus(postgres, 2)],
    says: `leaves the routine f alone, which is an aggregate: ${byHand}`,
    after: ['drop aggregate f (int)'],
  },
  {
    name: 'a function of the server',
    engines: postgres,
    sql: ['create function f(n int) returns int language internal as $$int4abs$$'],
    entities: () => [plus(postgres, 2)],
    says: `leaves the routine f alone, which is written in internal: ${byHand}`,
    after: ['drop function f (int)'],
  },
  {
    name: 'an ignored schema',
    engines: postgres,
    sql: ['create schema theirs', `create table theirs.thing (${columns}, primary key (id))`],
    entities: () => inSchema('theirs'),
    options: { config: { schemaGenerator: { ignoreSchema: ['theirs'] } } },
    says: 'leaves theirs.thing alone: nothing in the schema theirs is compared',
  },
  {
    name: 'a schema of an extension',
    engines: postgres,
    sql: ['create schema topology', `create table topology.thing (${columns}, primary key (id))`],
    entities: () => inSchema('topology'),
    says: 'leaves topology.thing alone: nothing in the schema topology is compared',
  },
  {
    name: 'skipTables with the schema of the connection',
    engines: postgres,
    sql: [`create table thing (${columns}, primary key (id))`],
    options: { config: { schemaGenerator: { skipTables: ['public.thing'] } } },
  },
  {
    name: 'skipColumns with the schema of the connection',
    engines: postgres,
    sql: ['create table thing (id serial primary key, a int not null, legacy varchar(9))'],
    entities: () => thing({ a: p.integer(), legacy: p.string().length(20) }),
    options: { config: { schemaGenerator: { skipColumns: { 'public.thing': ['legacy'] } } } },
  },
  {
    name: 'a table of a name that lives in whichever schema is asked for, which another entity puts into one',
    engines: postgres,
    sql: ['create table thing (id serial primary key, a int not null)'],
    entities: () => [
      ...thing({ a: p.integer() }),
      defineEntity({
        name: 'Anywhere',
        tableName: 'thing',
        schema: '*',
        properties: { id: p.integer().primary() },
      }) as never,
    ],
  },
  {
    name: 'includeObject for all that a schema holds',
    engines: postgres,
    sql: [],
    entities: () => inSchema('theirs'),
    options: { includeObject: ({ schema }) => schema !== 'theirs' },
  },
  {
    name: 'partitions',
    engines: mysqls,
    sql: [`create table thing (${columns}, primary key (id)) partition by hash (id) partitions 2`],
    ...left('has partitions'),
  },
  {
    name: 'system versioning',
    engines: ['mariadb'],
    sql: ['create table thing (id int unsigned primary key, a int not null) with system versioning'],
    ...left('has system versioning'),
    hasKey: true,
  },
  {
    name: 'a virtual table',
    engines: ['sqlite'],
    sql: ['create virtual table thing using fts5 (a)'],
    says: `leaves the table thing alone, which is a virtual table: ${byHand}`,
  },
  {
    name: 'what is behind a virtual table',
    engines: ['sqlite'],
    sql: ['create virtual table words using fts5 (a)'],
    entities: () => [
      defineEntity({
        name: 'Words',
        tableName: 'words_data',
        properties: { id: p.integer().primary(), block: p.blob() },
      }) as never,
    ],
    says: `leaves the table words_data alone, which belongs to a virtual table: ${byHand}`,
  },
  {
    name: 'skipTables',
    engines: allEngines,
    sql: [`create table thing (${columns}, primary key (id))`],
    options: { config: { schemaGenerator: { skipTables: ['THING'] } } },
  },
  {
    name: 'skipTables by a pattern',
    engines: allEngines,
    sql: [`create table thing (${columns}, primary key (id))`],
    options: { config: { schemaGenerator: { skipTables: [/^th/] } } },
  },
  {
    name: 'skipViews',
    engines: allEngines,
    sql: ['create view shown as select 1 as id'],
    entities: () => [viewEntity('shown', 'select 2 as id')],
    options: { config: { schemaGenerator: { skipViews: ['shown'] } } },
  },
  {
    name: 'includeObject for a table',
    engines: allEngines,
    sql: [`create table thing (${columns}, primary key (id))`],
    options: { includeObject: ({ type }) => type !== 'table' },
  },
  {
    name: 'includeObject for a view',
    engines: allEngines,
    sql: ['create view shown as select 1 as id'],
    entities: () => [viewEntity('shown', 'select 2 as id')],
    options: { includeObject: ({ type }) => type !== 'view' },
  },
  {
    name: 'the table of the tool',
    engines: allEngines,
    sql: [`create table thing (${columns}, primary key (id))`],
    options: { ignoreTables: [{ table: 'thing' }] },
  },
  {
    name: 'the table of the migrator of MikroORM',
    engines: allEngines,
    sql: [`create table thing (${columns}, primary key (id))`],
    options: { config: { migrations: { tableName: 'thing' } } },
  },
];

/** An entity with an index on a column that `includeObject` refuses: the index goes with it, or it could not be made. */
export const refusedColumn: Pick<Reason, 'options' | 'entities'> = {
  entities: indexed,
  options: { includeObject: ({ type, name }) => type !== 'column' || name !== 'legacy' },
};
