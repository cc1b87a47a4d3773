import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { adminQuery, createDatabase, type TestDatabase } from '../../support/databases.ts';
import { engineNames, type ServerEngine, serverEngines } from '../../support/engines.ts';
import { queryDatabase, tablesOf } from '../../support/inspect.ts';
import { type Revisions, scenario } from '../../support/scenario.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** A history that uses each kind of right: tables, columns, indexes, keys, rows, and things that go again. */
const revisions: Revisions = {
  aaaa: async (op) => {
    await op.createTable('author', {
      columns: { id: { type: 'integer', primary: true }, name: { type: 'string', length: 40 } },
    });
    await op.createTable('book', {
      columns: { id: { type: 'integer', primary: true }, author_id: { type: 'integer' } },
    });
    await op.createForeignKey('book', 'author_id', 'author', 'id', { name: 'book_author' });
    await op.bulkInsert('author', [{ id: 1, name: 'one' }]);
  },
  bbbb: async (op) => {
    await op.addColumn('author', 'born', { type: 'integer', nullable: true });
    await op.createIndex('author', ['name'], { name: 'author_name' });
    await op.execute('update author set born = 1900');
    await op.transaction(async ({ em }) => {
      await em.execute('insert into book (id, author_id) values (1, 1)');
    });
    await op.renameColumn('author', 'born', 'birth');
    await op.createTable('gone', { columns: { id: { type: 'integer', primary: true } } });
    await op.dropTable('gone');
  },
};

interface Grant {
  readonly privileges: readonly string[];
  readonly on: string;
}

/** The grants that the guide shows for a role, with its names for the schema and the role as they are there. */
async function documentedGrants(engine: ServerEngine, role: 'migrator' | 'reader'): Promise<readonly Grant[]> {
  const guide = await readFile('docs/guide/production.md', 'utf8');
  const [, section = ''] = /^## The role that migrates\n([^]*?)(?=^## )/m.exec(guide) ?? [];
  const [, block = ''] =
    new RegExp(`^${engineNames[engine]}[^\n]*:\n\n\`\`\`sql\n([^]*?)^\`\`\``, 'm').exec(section) ?? [];
  const grants = [...block.matchAll(new RegExp(`^grant (.*) on (.*) to ${role};$`, 'gm'))];
  return grants.map(([, privileges = '', on = '']) => ({ privileges: privileges.split(', '), on }));
}

interface Role {
  /** The database as this role sees it. */
  readonly database: TestDatabase;
  grant(privilege: string, on: string): Promise<void>;
}

/** A role that may do nothing, in a database of its own. */
async function nobody(engine: ServerEngine, database: TestDatabase): Promise<Role> {
  const name = `role_${process.pid}_${randomBytes(4).toString('hex')}`;
  const inDatabase = { database: database.name };
  if (engine === 'postgres') {
    await adminQuery(engine, `create role ${name} login password 'guarded-${name}'`);
    // what every role has on a new database, and would hide what this one needs
    await adminQuery(engine, 'revoke all on schema public from public', [], inDatabase);
    ending.push(async () => {
      await adminQuery(engine, `drop owned by ${name}`, [], inDatabase);
      await adminQuery(engine, `drop role ${name}`);
    });
  } else {
    await adminQuery(engine, `create user ${name} identified by 'guarded-${name}'`);
    ending.push(() => adminQuery(engine, `drop user ${name}`));
  }
  const credentials = { user: name, password: `guarded-${name}` };
  return {
    database: { ...database, options: { ...database.options, ...credentials } },
    grant: async (privilege, on) => {
      const place = on.replace('shop.', `\`${database.name}\`.`);
      await adminQuery(engine, `grant ${privilege} on ${place} to ${name}`, [], inDatabase);
    },
  };
}

async function fresh(engine: ServerEngine): Promise<TestDatabase> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  return database;
}

/** What came of an upgrade as that role: nothing where it was done. */
async function upgradeAs(database: TestDatabase): Promise<Error | undefined> {
  const at = await scenario(database.engine, { database, revisions });
  try {
    await at.migrations.upgrade();
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await at.end();
  }
}

describe.each(serverEngines)('the roles of docs/guide/production.md on %s', (engine) => {
  it('are enough to upgrade, down to the last right: without any of them it is refused in one line, and goes on with it', async () => {
    const grants = await documentedGrants(engine, 'migrator');
    const all = grants.flatMap(({ privileges, on }) => privileges.map((privilege) => ({ privilege, on })));
    expect(all.length).toBeGreaterThan(1);
    for (const missing of all) {
      const database = await fresh(engine);
      const role = await nobody(engine, database);
      for (const { privilege, on } of all) if (privilege !== missing.privilege) await role.grant(privilege, on);
      const error = await upgradeAs(role.database);
      // which right it was is seen where this fails
      expect([missing.privilege, error === undefined]).toEqual([missing.privilege, false]);
      expect(error?.message).toMatch(/denied|no schema has been selected/i);
      expect(error?.message).not.toContain('\n');
      await role.grant(missing.privilege, missing.on);
      expect(await upgradeAs(role.database)).toBeUndefined();
      expect(await queryDatabase(database, 'select version_num as id from nest_migrate_version')).toEqual([
        { id: 'bbbb' },
      ]);
      expect(await queryDatabase(database, 'select birth as n from author')).toEqual([{ n: 1900 }]);
    }
  });

  it('are enough to look, and looking changes nothing', async () => {
    const database = await fresh(engine);
    expect(await upgradeAs(database)).toBeUndefined();
    const role = await nobody(engine, database);
    for (const { privileges, on } of await documentedGrants(engine, 'reader'))
      for (const privilege of privileges) await role.grant(privilege, on);
    const before = await tablesOf(database);
    const at = await scenario(engine, { database: role.database, revisions });
    const { migrations } = at;
    try {
      expect(await migrations.current()).toMatchObject({ rows: ['bbbb'], atHead: true });
      expect(await migrations.history({ indicateCurrent: true })).toHaveLength(2);
      expect(await migrations.heads()).toHaveLength(1);
      expect(await migrations.branches()).toEqual([]);
      expect(await migrations.show()).toMatchObject([{ revision: 'bbbb' }]);
      expect(await migrations.status()).toMatchObject({ standing: 'head', lock: null, last: { revision: 'bbbb' } });
      expect(await migrations.repair()).toEqual({ altered: [], accepted: [] });
      expect(await migrations.check()).toMatchObject({ clean: false });
      // there is nothing to do, so nothing that could be refused
      expect(await migrations.upgrade()).toMatchObject({ steps: [] });
      await expect(migrations.downgrade()).rejects.toThrow(/denied|must be owner/i);
      expect(await migrations.current()).toMatchObject({ rows: ['bbbb'] });
    } finally {
      await at.end();
    }
    expect(await tablesOf(database)).toEqual(before);
  });
});
