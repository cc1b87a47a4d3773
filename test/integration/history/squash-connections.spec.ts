import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module, type Type } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { executeDbCommand, MigrationModule } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { temporaryFolder } from '../../support/projects.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** A revision with a function for each of two connections. */
const revision = (id: string, down: string | null, [shop, sales]: readonly [string, string], constants = ''): string =>
  `export const revision = '${id}';
export const downRevision = ${down === null ? 'null' : `'${down}'`};
${constants}
export const upgrade = { default: async (op) => { ${shop} }, reporting: async (op) => { ${sales} } };
export const downgrade = { default: async () => {}, reporting: async () => {} };
`;
const table = (name: string): string => `await op.createTable('${name}', { columns: { id: { type: 'integer' } } });`;

interface Application {
  readonly versions: string;
  readonly shop: TestDatabase;
  readonly sales: TestDatabase;
  readonly db: (line: string) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
}

async function application(revisions: Readonly<Record<string, string>>): Promise<Application> {
  const [shop, sales] = [await createDatabase('sqlite'), await createDatabase('sqlite')];
  const folder = await temporaryFolder('squash-connections');
  ending.push(
    () => folder.remove(),
    () => shop.drop(),
    () => sales.drop(),
  );
  const directory = join(folder.path, 'migrations');
  const versions = join(directory, 'versions');
  const discovery = { warnWhenNoEntities: false };
  const build = (): Type<unknown> => {
    class AppModule {}
    Module({
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot({ ...shop.options, entities: [], discovery }),
          directory,
        }),
        MigrationModule.forRoot({
          contextName: 'reporting',
          orm: MikroOrmModule.forRoot({ ...sales.options, contextName: 'reporting', entities: [], discovery }),
          directory,
        }),
      ],
    })(AppModule);
    return AppModule;
  };
  const db: Application['db'] = async (line) => {
    const written = { stdout: '', stderr: '' };
    const code = await executeDbCommand(build(), ['db', ...line.split(' ')], {
      stdout: { write: (text: string) => void (written.stdout += text) },
      stderr: { write: (text: string) => void (written.stderr += text) },
    });
    return { code, ...written };
  };
  expect((await db('init --multidb')).code).toBe(0);
  for (const [id, text] of Object.entries(revisions)) await writeFile(join(versions, `${id}.ts`), text);
  return { versions, shop, sales, db };
}

describe('a squash of revisions that two connections share', () => {
  it('does on each connection what the revisions do there', async () => {
    const { db, versions, shop, sales } = await application({
      a1: revision('a1', null, [table('book'), table('sale')]),
      b2: revision('b2', 'a1', [table('author'), "await op.bulkInsert('sale', [{ id: 7 }]);"]),
    });
    const { code, stdout, stderr } = await db('squash --baseline --rev-id s9');
    expect([code, stdout.trim()]).toEqual([0, join(versions, 's9_baseline.ts')]);
    expect(stderr).toMatch(/^Proven on sqlite 3 for default: .*\nProven on sqlite 3 for reporting: /m);
    expect(await readFile(stdout.trim(), 'utf8')).toMatch(/Proven on sqlite 3 for\s+(\* )?the connection reporting/);
    expect((await db('upgrade')).code).toBe(0);
    expect(await queryDatabase(sales, 'select id from sale')).toEqual([{ id: 7 }]);
    expect(await queryDatabase(shop, 'select count(*) as n from author')).toEqual([{ n: 0 }]);
    expect((await queryDatabase(shop, 'select version_num from nest_migrate_version')).length).toBe(1);
  });

  it('is not written where one of them would lose something, and says which', async () => {
    const { db, versions } = await application({
      a1: revision('a1', null, [table('book'), table('sale')]),
      b2: revision('b2', 'a1', ['', "await op.bulkInsert('sale', [{ id: 7 }]);"], 'export const elidable = true;'),
    });
    const { code, stdout, stderr } = await db('squash --baseline --rev-id s9');
    expect(code).toBe(3);
    expect(stderr).toContain('Error: The squash does not do what the revisions do, so it was not written.');
    expect(stderr).toContain('Left out: what b2 does to rows.');
    expect(stdout).toBe('[reporting]\nsquash-differs in s9, upgrade: It leaves other rows: sale has 0 and not 1.\n');
    expect((await readdir(versions)).filter((name) => name.endsWith('.ts'))).toEqual(['a1.ts', 'b2.ts']);
    expect(JSON.parse((await db('squash --baseline --rev-id s9 --json')).stdout)).toMatchObject({
      ...{ clean: false, created: [], replaces: ['a1', 'b2'] },
      proofs: [
        { connection: 'default', holds: true, findings: [] },
        { connection: 'reporting', holds: false, findings: [{ rule: 'squash-differs' }] },
      ],
    });
  });
});
