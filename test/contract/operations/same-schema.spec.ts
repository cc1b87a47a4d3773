import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { Catalogue } from '../../integration/operations/catalogue.js';
import { createDatabase, type Engine, type TestDatabase } from '../../support/databases.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { mysqlEntities, postgresEntities, sqliteEntities } from './entities.js';
import { entityOperations, generatorStatements } from './entity-operations.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';

const { createEnum, createSchema, createForeignKey, createTable } = builders;

function entitiesOf(engine: Engine): typeof postgresEntities | typeof mysqlEntities | typeof sqliteEntities {
  if (engine === 'sqlite') return sqliteEntities;
  return engine === 'postgres' || engine === 'pglite' ? postgresEntities : mysqlEntities;
}

describe.each(enginesByDialect('same-schema'))('the schema that operations make of entities on %s', (engine) => {
  const entities = entitiesOf(engine);
  const databases: TestDatabase[] = [];
  const orms: MikroORM[] = [];

  beforeAll(async () => {
    for (const _ of ['ours', 'theirs']) {
      const database = await createDatabase(engine);
      databases.push(database);
      const orm = await MikroORM.init({ ...database.options, entities });
      await orm.connect();
      orms.push(orm);
    }
  });
  afterAll(async () => {
    for (const orm of orms) await orm.close(true);
    for (const database of databases) await database.drop();
  });

  it('is, in the catalogue, the one that MikroORM makes of them', async () => {
    const [ours, theirs] = orms as [MikroORM, MikroORM];
    const dialect = engineFor(ours);
    const { enums, tables } = entityOperations(ours);
    const operations = [
      ...[...new Set(tables.flatMap(({ options }) => options.schema ?? []))].map((name) => createSchema(name)),
      ...enums.map(({ name, items, schema }) => createEnum(name, items, { schema })),
      ...tables.map(({ table, options }) =>
        createTable(table, engine === 'sqlite' ? options : { ...options, foreignKeys: [] }),
      ),
      ...(engine === 'sqlite' ? [] : tables).flatMap(({ table, options }) =>
        (options.foreignKeys ?? []).map(({ columns, referencedTable, referencedColumns, ...rest }) =>
          createForeignKey(table, columns, referencedTable, referencedColumns, { ...rest, schema: options.schema }),
        ),
      ),
    ];
    for (const operation of operations) {
      for (const { sql } of dialect.ddl.statements(operation)) await ours.em.getConnection().execute(sql);
    }
    for (const sql of await generatorStatements(theirs)) await theirs.em.getConnection().execute(sql);
    const of = (orm: MikroORM) => new Catalogue(orm.em, dialect).snapshot();
    expect(await of(ours)).toEqual(await of(theirs));
    expect(await ours.schema.getUpdateSchemaSQL()).toBe(await theirs.schema.getUpdateSchemaSQL());
  });
});
