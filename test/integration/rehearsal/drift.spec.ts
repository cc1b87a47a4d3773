import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Engine } from '../../support/databases.ts';
import { schemaOf } from '../../support/dumps.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function library(engine: Engine): Promise<Scenario> {
  const at = await scenario(engine, {
    revisions: {
      aaa1: {
        upgrade: (op) =>
          op.createTable('book', {
            columns: { id: { type: 'integer' }, title: { type: 'string', length: 100 } },
            primaryKey: { columns: ['id'] },
          }),
        downgrade: (op) => op.dropTable('book'),
      },
      bbb2: {
        upgrade: (op) => op.createIndex('book', ['title'], { name: 'by_title' }),
        downgrade: (op) => op.dropIndex('book', 'by_title'),
      },
    },
    module: { scratch: scratchOption(engine) },
  });
  running.push(at);
  return at;
}

describe.each(enginesByDialect('drift'))('the schema that revisions make, on %s', (engine) => {
  it('is told for each of them, and is what a database at that revision has', async () => {
    const { migrations } = await library(engine);
    const [empty, first, second] = [
      await migrations.at({ revision: 'base' }),
      await migrations.at({ revision: 'aaa1' }),
      await migrations.at(),
    ];
    expect([empty, first, second].map(({ revisions }) => revisions)).toEqual([[], ['aaa1'], ['bbb2']]);
    expect(new Set([empty, first, second].map(({ hash }) => hash)).size).toBe(3);
    expect(first.text).toMatch(/title/);
    expect(first.text).not.toMatch(/by_title|nest_migrate/);
    expect(second.text).toMatch(/by_title/);
  });

  it('is compared with a database that was changed by hand, which the repair makes what it was', async () => {
    const { migrations, orm, database, folder } = await library(engine);
    await migrations.upgrade({ target: 'aaa1' });
    expect(await migrations.drift()).toMatchObject({ clean: true, rows: ['aaa1'], differences: [] });

    await migrations.upgrade();
    const connection = orm.em.getConnection();
    const before = await schemaOf({ database, orm: orm as never });
    await connection.execute(engine.startsWith('m') ? 'drop index by_title on book' : 'drop index by_title');
    await connection.execute('alter table book add column isbn text');
    const found = await migrations.drift();
    expect(found.clean).toBe(false);
    expect(found.differences.join('\n')).toMatch(/- .*by_title/);
    expect(found.differences.join('\n')).toMatch(/\+ .*isbn/);
    const baseline = join(folder.path, 'drift.json');
    await writeFile(baseline, JSON.stringify(found));
    expect(await migrations.drift({ baseline })).toMatchObject({ clean: true, differences: [] });

    for (const sql of found.repair.sql) await connection.execute(sql);
    expect(await migrations.drift()).toMatchObject({ clean: true });
    expect(await schemaOf({ database, orm: orm as never })).toBe(before);
    for (const sql of found.accept.sql) await connection.execute(sql);
    expect((await migrations.drift()).differences).toEqual(found.differences);
  });
});
