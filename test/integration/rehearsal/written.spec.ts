import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defineEntity, MikroORM, p } from '@mikro-orm/core';
import { type MigrationModuleOptions } from 'nest-migrate';
import { migrate } from '../../../libs/nest-migrate/src/commands/migrate.ts';
import { hideOwnTables } from '../../../libs/nest-migrate/src/commands/connection.ts';
import { upgrade } from '../../../libs/nest-migrate/src/commands/upgrade.ts';
import { allEngines, type Engine } from '../../support/databases.ts';
import { abandonedDatabases, contextOf, scratchOption } from '../../support/rehearsals.ts';
import { executing } from '../../support/revision-file.ts';
import { entitiesOf, entityGraphs } from '../autogenerate/entity-graph.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';
import { looksForLeftOvers } from '../../support/killed-rehearsals.ts';

looksForLeftOvers();

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const Author = defineEntity({
  name: 'Author',
  properties: { id: p.integer().primary(), name: p.string().length(50).unique() },
});
const Book = defineEntity({
  name: 'Book',
  properties: {
    id: p.integer().primary(),
    isbn: p.string().length(13).nullable().index(),
    status: p.enum(['draft', 'published']).default('draft'),
    title: p.string().length(100),
    author: () => p.manyToOne(Author).nullable(),
  },
});

/** What {@link Book} was before. The index is known to no entity, and a new database has it not. */
const history: Revisions = {
  aaa1: async (op) => {
    await op.createTable('book', {
      columns: {
        id: { type: 'integer', autoincrement: true, unsigned: op.dialect.startsWith('m') },
        title: { type: 'string', length: 100 },
      },
      primaryKey: { columns: ['id'] },
    });
    await op.createTable('counted', { columns: { id: { type: 'integer', primary: true } } });
  },
};

async function application(engine: Engine, module: MigrationModuleOptions = {}): Promise<Scenario> {
  const at = await scenario(engine, {
    entities: [Author, Book],
    revisions: history,
    module: {
      scratch: scratchOption(engine),
      includeObject: ({ name }) => name !== 'counted',
      ...module,
    },
  });
  running.push(at);
  await at.migrations.upgrade();
  return at;
}

const files = (at: Scenario): Promise<readonly string[]> => readdir(join(at.folder.path, 'migrations', 'versions'));

/** Leaves an operation out of the functions of one direction: an error of the tool, as it were. */
const forgetting = (kind: string, direction: 'upgrade' | 'downgrade'): MigrationModuleOptions => ({
  renderItem: (item) => (item.direction === direction && item.operation.kind === kind ? false : undefined),
});

describe.each(enginesByDialect('written'))('migrate({ verify: true }) on %s', (engine) => {
  it('keeps a revision that goes up to what a new database has, and down again', async () => {
    const at = await application(engine);
    const before = await abandonedDatabases(engine);
    const { created } = await at.migrations.migrate({ message: 'more', verify: true });
    expect(created).toHaveLength(1);
    expect((await abandonedDatabases(engine)).filter((name) => !before.includes(name))).toEqual([]);
    // nothing of it has reached the database
    expect((await at.migrations.current()).rows).toEqual(['aaa1']);
    await at.migrations.upgrade();
    expect((await at.migrations.check()).clean).toBe(true);
  });

  it('leaves no file of a revision that forgets something on its way up, and reports it', async () => {
    const at = await application(engine, { ...forgetting('createIndex', 'upgrade'), headsFile: true });
    const migrating = at.migrations.migrate({ verify: true });
    await expect(migrating).rejects.toMatchObject({
      code: 'WRITTEN_REVISION_WRONG',
      problems: [expect.stringMatching(/^After its upgrade there is still to be done: .*isbn/)],
    });
    expect(await files(at)).toEqual(['aaa1.ts']);
    const { report } = (await migrating.catch((error: unknown) => error)) as { readonly report: string };
    expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({
      revisions: [expect.stringContaining('export const revision')],
      problems: [expect.stringContaining('isbn')],
    });
  });
});

describe('migrate({ verify: true })', () => {
  it.each(['postgres', 'mysql', 'sqlite'] as const)(
    'finds a downgrade that forgets something on %s',
    async (engine) => {
      const at = await application(engine, forgetting('dropTable', 'downgrade'));
      await expect(at.migrations.migrate({ verify: true })).rejects.toMatchObject({
        code: 'WRITTEN_REVISION_WRONG',
        problems: ['Its downgrade does not lead back to the schema before the upgrade.'],
        schema: expect.arrayContaining([expect.stringMatching(/^\+ table (?:public\.)?author column name/)]),
      });
      expect(await files(at)).toEqual(['aaa1.ts']);
    },
  );

  it('finds what the comparison does not see: an upgrade that makes something else than a new database has', async () => {
    const at = await application('postgres', {
      renderItem: ({ operation, direction }) =>
        direction === 'upgrade' && operation.kind === 'createIndex'
          ? `await op.createIndex('book', ['isbn'], { name: 'book_isbn_index' });
  await op.execute("comment on index book_isbn_index is 'planted'");`
          : undefined,
    });
    await expect(at.migrations.migrate({ verify: true })).rejects.toMatchObject({
      problems: ['Its upgrade makes something else than a new database of the entities has.'],
      schema: [expect.stringMatching(/^\+ .*book_isbn_index.*planted/)],
    });
  });

  it('says that the database is not what its revisions make, where that is the cause', async () => {
    const at = await application('sqlite');
    await at.orm.em.getConnection().execute('alter table book add column isbn text null');
    await expect(at.migrations.migrate({ verify: true })).rejects.toMatchObject({
      code: 'WRITTEN_REVISION_WRONG',
      report: null,
      message: expect.stringContaining('The database is not what its revisions make'),
    });
    expect(await files(at)).toEqual(['aaa1.ts']);
  });

  it('is what the option makes the default, and a call can do without', async () => {
    const at = await application('sqlite', { ...forgetting('createIndex', 'upgrade'), verify: { written: true } });
    await expect(at.migrations.migrate()).rejects.toMatchObject({ code: 'WRITTEN_REVISION_WRONG' });
    expect((await at.migrations.migrate({ verify: false })).created).toHaveLength(1);
    await expect(application('sqlite', { verify: { written: 'yes' as never } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });

  it('keeps the file, with a warning, where older revisions can not be tried', async () => {
    const at = await application('sqlite');
    await at.addRevision('bbb2', 'aaa1', executing("insert into book (title) values ('no scratch database has it')"));
    await at.addRevision('ccc3', 'bbb2', executing('select * from nowhere'));
    await at.migrations.stamp({ revisions: 'ccc3' });
    const warnings: string[] = [];
    const { created } = await at.migrations.migrate({
      verify: true,
      onEvent: (event) => void (event.type === 'warning' && warnings.push(event.message)),
    });
    expect(created).toHaveLength(1);
    expect(warnings).toContainEqual(expect.stringMatching(/^The new revision was not verified: .*ccc3/));
  });
});

/** A few in every run; GRAPH_SEEDS says how many. */
const SEEDS = Number(process.env['GRAPH_SEEDS'] ?? 1);
const FIRST = Number(process.env['GRAPH_FIRST'] ?? 1);
const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST + index);

describe.each(allEngines.filter((engine) => engine !== 'pglite'))('what is right is not refused on %s', (engine) => {
  it.each(seeds)('random entities and their next version, seed %i', async (seed) => {
    const { v1, v2 } = entityGraphs(seed, engine);
    const at = await scenario(engine);
    running.push(at);
    for (const graph of [v1, v2]) {
      const orm = await MikroORM.init({ ...at.database.options, entities: [...entitiesOf(graph)] as never });
      try {
        const context = contextOf({ orm: orm, folder: at.folder }, { scratch: scratchOption(engine) });
        hideOwnTables(context);
        await migrate(context, { verify: true });
        await upgrade(context);
      } finally {
        await orm.close(true);
      }
    }
    expect((await files(at)).length).toBeGreaterThan(0);
  });
});
