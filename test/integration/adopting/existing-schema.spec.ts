/** A database that has the schema already, made by MikroORM's own generator, comes under migrations. */
import { join } from 'node:path';
import { type AnyEntity, defineEntity, type EntityName, p } from '@mikro-orm/core';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent } from 'nest-migrate';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { createDatabase, type Engine } from '../../support/databases.ts';
import { scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { Catalogue } from '../operations/catalogue.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(engine: Engine, options: ScenarioOptions): Promise<Scenario> {
  const at = await scenario(engine, options);
  running.push(at);
  return at;
}

/** Something of everything: keys, a circle of foreign keys, an enum, checks, a generated column, another schema. */
function shop(engine: Engine): EntityName<AnyEntity>[] {
  const postgres = engine === 'postgres' || engine === 'pglite';
  const Customer = defineEntity({
    name: 'Customer',
    uniques: [{ name: 'customer_name_city', properties: ['name', 'city'] }],
    properties: {
      id: p.bigint().primary(),
      name: p.string().length(80),
      city: p.string().length(60).default('Oslo'),
      level: p.enum(['new', 'old']).default('new'),
      invitedBy: () => p.manyToOne(Customer).nullable(),
      latestOrder: () => p.oneToOne(Order).owner().nullable(),
    } as never,
  });
  const Order: never = defineEntity({
    name: 'Order',
    comment: 'what was bought',
    ...(postgres && { schema: 'sales' }),
    checks: [{ name: 'order_total_check', expression: 'total >= 0' }],
    indexes: [{ name: 'order_placed_at', properties: ['placedAt'] }],
    properties: {
      id: p.uuid().primary(),
      total: p.decimal().precision(10).scale(2),
      placedAt: p.datetime().defaultRaw('current_timestamp'),
      payload: p.json().nullable(),
      customer: () => p.manyToOne(Customer).deleteRule('cascade'),
    } as never,
  }) as never;
  return [Customer, Order] as never;
}

async function catalogue(at: Scenario): Promise<readonly unknown[]> {
  return new Catalogue(at.orm.em as SqlEntityManager, engineFor(at.orm as never)).snapshot();
}

async function warningsOf(call: (onEvent: (event: MigrationEvent) => void) => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  await call((event) => void (event.type === 'warning' && warnings.push(event.message)));
  return warnings;
}

describe.each(enginesByDialect('existing-schema'))('a schema that MikroORM has made on %s', (engine) => {
  it('is adopted: written as the first revision, stamped, and the same in a database that it builds', async () => {
    const old = await start(engine, { entities: shop(engine) });
    await old.orm.schema.create();
    const made = await catalogue(old);
    const connection = (old.orm.em as SqlEntityManager).getConnection();
    // where MikroORM's own migrator kept its books
    await connection.execute('create table mikro_orm_migrations (id int, name varchar(255))');

    const hint = await warningsOf((onEvent) => old.migrations.migrate({ onEvent }));
    expect(hint).toEqual([expect.stringMatching(/has all tables of the entities already.*db migrate --from-empty/)]);

    const { created, source } = await old.migrations.migrate({ fromEmpty: true, message: 'everything' });
    expect(created).toMatchObject([{ message: 'everything', isBase: true, isHead: true }]);
    expect(source[0]).toContain('createTable(');
    await connection.execute('drop table mikro_orm_migrations');
    expect(await catalogue(old)).toEqual(made);

    // before anybody said that the database has it
    await expect(old.migrations.migrate()).rejects.toThrow(/db upgrade, or db stamp where/);
    await expect(old.migrations.upgrade()).rejects.toThrow(
      /at base\. If it has all .* already, db stamp [0-9a-f]{12} says/,
    );
    expect((await old.migrations.stamp({ revisions: 'head' })).rows).toEqual([created[0].revision]);
    expect(await warningsOf((onEvent) => old.migrations.migrate({ onEvent }))).toEqual([]);
    expect((await old.migrations.migrate()).created).toEqual([]);
    expect((await old.migrations.upgrade()).steps).toEqual([]);

    const fresh = await start(engine, {
      entities: shop(engine),
      module: { directory: join(old.folder.path, 'migrations') },
    });
    await fresh.migrations.upgrade();
    expect(await catalogue(fresh)).toEqual(await catalogue(old));
    expect((await fresh.migrations.migrate()).created).toEqual([]);
    await fresh.migrations.downgrade({ target: 'base' });
    expect((await fresh.migrations.migrate({ fromEmpty: true, head: 'base', dryRun: true })).source).toEqual([
      expect.stringContaining('createTable('),
    ]);
  });

  it('is counted where it is there in part: the first revision leaves that out, and it is said', async () => {
    const at = await start(engine, { entities: shop(engine) });
    await at.migrations.migrate({ fromEmpty: true });
    await at.migrations.upgrade();
    await at.migrations.stamp({ revisions: 'base' });
    const connection = (at.orm.em as SqlEntityManager).getConnection();
    const postgres = engine === 'postgres' || engine === 'pglite';
    const mysql = engine === 'mysql' || engine === 'mariadb';
    if (mysql) await connection.execute('alter table customer drop foreign key customer_latest_order_id_foreign');
    if (engine === 'sqlite') await connection.execute('pragma foreign_keys = off');
    await connection.execute(postgres ? 'drop table sales."order" cascade' : 'drop table `order`');
    const directory = join(at.folder.path, 'other');
    await at.migrations.init({ directory });
    const warnings = await warningsOf((onEvent) => at.migrations.migrate({ directory, dryRun: true, onEvent }));
    expect(warnings.at(-1)).toMatch(/has 1 of the entities' 2 tables already/);
  });

  it('is refused as a revision behind others, with no file written', async () => {
    const at = await start(engine, { entities: shop(engine), revisions: { aaaa: '', bbbb: '' } });
    await expect(at.migrations.migrate({ fromEmpty: true })).rejects.toMatchObject({
      code: 'SCHEMA_NOT_FIRST',
      downRevision: ['bbbb'],
      message: expect.stringContaining('--head base'),
    });
    expect(await at.migrations.heads()).toMatchObject([{ revision: 'bbbb' }]);
  });
});

describe.each(['postgres', 'mysql', 'mariadb'] as const)('the whole schema on %s', (engine) => {
  it('is written without a connection', async () => {
    const database = await createDatabase(engine);
    await database.drop();
    // nothing listens there
    const nowhere = { ...database, options: { ...database.options, host: '127.0.0.1', port: 1 } };
    const at = await start(engine, { database: nowhere, entities: shop(engine) });
    await expect(at.migrations.migrate()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    const { source } = await at.migrations.migrate({ fromEmpty: true });
    expect(source[0]).toContain("createTable('customer'");
  });
});
