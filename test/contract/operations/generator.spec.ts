import { describe, expect, it } from '@jest/globals';
import { MikroORM as MariaDb } from '@mikro-orm/mariadb';
import { MikroORM as MySql } from '@mikro-orm/mysql';
import { MikroORM as Postgres } from '@mikro-orm/postgresql';
import { type MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { mysqlEntities, postgresEntities } from './entities.js';
import { entityOperations, generatorStatements } from './entity-operations.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';

const { createEnum, createSchema, createTable } = builders;

// no database of that name exists, and nothing connects
const offline = { dbName: 'nest_migrate_absent', connect: false };
const orms: readonly (readonly [string, MikroORM])[] = [
  ['postgres', new Postgres({ ...offline, entities: postgresEntities })],
  ['mysql', new MySql({ ...offline, entities: mysqlEntities })],
  ['mariadb', new MariaDb({ ...offline, entities: mysqlEntities })],
];

describe.each(orms)('createTable on %s', (_, orm) => {
  it("is what MikroORM's schema generator creates for the same entities", async () => {
    const { ddl: adapter } = engineFor(orm);
    const { enums, tables } = entityOperations(orm);
    const operations = [
      ...[...new Set(tables.flatMap(({ options }) => options.schema ?? []))].map((name) => createSchema(name)),
      ...enums.map(({ name, items, schema }) => createEnum(name, items, { schema })),
      ...tables.map(({ table, options }) => createTable(table, options)),
    ];
    const ours = operations.flatMap((operation) => adapter.statements(operation).map(({ sql }) => sql));
    const theirs = await generatorStatements(orm);
    expect([...ours].sort()).toEqual([...theirs].sort());
  });
});
