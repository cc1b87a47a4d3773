/** A database in which MikroORM's own migrator has kept its books comes under migrations. */
import { defineEntity, p } from '@mikro-orm/core';
import { join } from 'node:path';
import { Migrator } from '@mikro-orm/migrations';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type allEngines } from '../../support/databases.ts';
import { scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(engine: (typeof allEngines)[number], options: ScenarioOptions = {}): Promise<Scenario> {
  const at = await scenario(engine, options);
  running.push(at);
  return at;
}

/** The table as the migrator itself makes it, while the configuration names it. */
async function keepsBooks({ orm, folder }: Scenario, tableName: string): Promise<void> {
  const { config } = orm;
  const before = config.get('migrations');
  config.set('migrations', { ...before, tableName, path: join(folder.path, 'migrator'), snapshot: false });
  await new Migrator(orm.em as SqlEntityManager).getExecuted();
  config.set('migrations', before);
}

describe.each(enginesByDialect('mikro-orm-migrator'))("the table of MikroORM's own migrator on %s", (engine) => {
  it('is left alone where no configuration names it any more, and that is said', async () => {
    const at = await start(engine);
    await keepsBooks(at, 'migrations');
    const { operations, warnings, clean } = await at.migrations.check();
    expect([operations, clean]).toEqual([[], true]);
    expect(warnings).toEqual([
      "leaves the table migrations alone, which is made as the one of MikroORM's own migrator: " +
        'drop it by hand once nothing reads it',
    ]);
  });

  it('takes part where it is another table: an entity has it, or it has more than the migrator gives it', async () => {
    const Log = defineEntity({
      name: 'Log',
      tableName: 'migrations',
      properties: {
        id: p.integer().primary(),
        name: p.string(),
        note: p.string().nullable(),
        executedAt: p.datetime(),
      },
    });
    const at = await start(engine, { entities: [Log] });
    await keepsBooks(at, 'migrations');
    await keepsBooks(at, 'log');
    await at.orm.em.getConnection().execute('alter table log add note varchar(10)');
    const { operations } = await at.migrations.check();
    const kinds = operations.map((operation) => [operation.kind, 'table' in operation && operation.table]);
    expect(kinds).toContainEqual(['addColumn', 'migrations']);
    expect(kinds).toContainEqual(['dropTable', 'log']);
  });
});
