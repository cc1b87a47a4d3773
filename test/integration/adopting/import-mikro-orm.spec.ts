/** A team keeps the history that MikroORM's own migrator has run so far. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Migrator } from '@mikro-orm/migrations';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { allEngines, type Engine } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

/** SQLite in each run, and one of the others. */
const others = allEngines.filter((engine) => engine !== 'sqlite');
const enginesOfRun = allEngines.filter((engine) => engine === 'sqlite' || isTurn(0, engine, others));

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function start(engine: Engine): Promise<Scenario> {
  const at = await scenario(engine, { module: { scratch: scratchOption(engine) } });
  running.push(at);
  // the classes import packages
  await symlink(resolve('node_modules'), join(at.folder.path, 'node_modules'));
  return at;
}

/** A class as `migration:create` of version 6 or 7 writes it. */
function classFile(name: string, members: string): string {
  return `import { Migration } from '@mikro-orm/migrations';\n\nexport class ${name} extends Migration {\n${members}\n}\n`;
}

/** A history with one of each kind. */
function history(engine: Engine): Readonly<Record<string, string>> {
  const concurrently = engine === 'postgres' || engine === 'pglite' ? 'concurrently ' : '';
  return {
    'Migration20240101100000.ts': classFile(
      'Migration20240101100000',
      `  override async up(): Promise<void> {
    this.addSql(\`create table author (id int not null primary key, name varchar(50) not null, slug varchar(50));\`);
    this.addSql('create table book (id int not null primary key, author_id int not null, title varchar(50));');
  }

  override async down(): Promise<void> {
    this.addSql('drop table book;');
    this.addSql('drop table author;');
  }`,
    ),
    'Migration20240102100000_add_authors.ts': `import { raw } from '@mikro-orm/core';\n${classFile(
      'Migration20240102100000_add_authors',
      `  override up(): void {
    this.addSql(raw('insert into author (id, name) values (?, ?)', [1, "Ann O'Neil?"]));
    this.addSql("insert into author (id, name) values (2, 'Bo ?')");
  }`,
    )}`,
    'Migration20240103100000_slugs.ts': classFile(
      'Migration20240103100000_slugs',
      `  override async up(): Promise<void> {
    const rows = await this.execute('select id, name from author order by id');
    for (const { id, name } of rows) {
      await this.execute('update author set slug = ? where id = ?', [name.toLowerCase().replace(/\\W+/g, '-'), id]);
    }
    this.addSql('update author set slug = name where slug is null');
    await this.getEntityManager().execute('select 1');
  }

  override async down(): Promise<void> {
    this.addSql('update author set slug = null');
  }`,
    ),
    'Migration20240104100000.ts': classFile(
      'Migration20240104100000',
      `  override isTransactional(): boolean {
    return false;
  }

  override async up(): Promise<void> {
    await this.execute('create index ${concurrently}author_name_idx on author (name)');
  }

  override async down(): Promise<void> {
    this.addSql('drop index author_name_idx${engine.startsWith('m') ? ' on author' : ''}');
  }`,
    ),
  };
}

async function writeFolder(at: Scenario, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(at.folder.path, 'old');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** Lets MikroORM's migrator run, up to a migration. */
async function migrateOld({ orm }: Scenario, folder: string, to?: string): Promise<void> {
  const { config } = orm;
  const before = config.get('migrations');
  config.set('migrations', { ...before, path: folder, pathTs: folder, snapshot: false, silent: true });
  await new Migrator(orm.em as SqlEntityManager).up(to === undefined ? {} : { to });
  config.set('migrations', before);
}

describe.each(enginesOfRun)("the history of MikroORM's own migrator on %s", (engine) => {
  it('becomes revisions that make the same, and the database is stamped where it stands', async () => {
    const at = await start(engine);
    const folder = await writeFolder(at, history(engine));
    await migrateOld(at, folder, 'Migration20240103100000_slugs');
    const result = await at.migrations.import({ folder });
    expect(result.findings).toEqual([]);
    expect(result.proof).toMatchObject({ holds: true, comparedWith: 'tool', differences: [], failure: null });
    expect(result.steps.map(({ revision, as }) => [revision, as])).toEqual([
      ['20240101100000', 'sql'],
      ['20240102100000', 'sql'],
      ['20240103100000', 'class'],
      ['20240104100000', 'sql'],
    ]);
    expect(result.stamped).toMatchObject({ applied: 3, revision: '20240103100000', written: true, missing: [] });
    expect(result.clean).toBe(true);
    expect((await at.migrations.current()).rows).toEqual(['20240103100000']);
    const { steps } = await at.migrations.upgrade();
    expect(steps.map(({ revision }) => revision)).toEqual(['20240104100000']);
    const again = await at.migrations.import({ folder });
    expect(again).toMatchObject({ steps: [], created: [], proof: null, clean: true, stamped: { written: false } });
    void readdir;
    void readFile;
  });
});
