import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, p } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { executeDbCommand, MigrationModule, type MigrationModuleOptions } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { tablesOf } from '../../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';

const Book = defineEntity({ name: 'Book', properties: { id: p.integer().primary() } });
const Sale = defineEntity({ name: 'Sale', properties: { id: p.integer().primary() } });
const Refund = defineEntity({ name: 'Refund', properties: { id: p.integer().primary() } });

describe('PostgreSQL and MySQL with one script directory', () => {
  let shop: TestDatabase;
  let reporting: TestDatabase;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    shop = await createDatabase('postgres');
    reporting = await createDatabase('mysql');
    folder = await temporaryFolder('several');
  });
  afterAll(async () => {
    await shop.drop();
    await reporting.drop();
    await folder.remove();
  });

  interface Settings {
    readonly options?: MigrationModuleOptions;
    readonly sales?: (typeof Sale | typeof Refund)[];
    /** Where the second connection leads. */
    readonly second?: TestDatabase;
  }

  /** The application at one point of its development: fresh modules for each command, as in a process of its own. */
  function application({ options = {}, sales = [Sale], second = reporting }: Settings): Type<unknown> {
    class AppModule {}
    const directory = join(folder.path, 'migrations');
    Module({
      imports: [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot({ ...shop.options, entities: [Book] }),
          directory,
          ...options,
        }),
        MigrationModule.forRoot({
          contextName: 'reporting',
          orm: MikroOrmModule.forRoot({ ...second.options, contextName: 'reporting', entities: sales }),
          directory,
          ...options,
        }),
      ],
    })(AppModule);
    return AppModule;
  }

  async function db(line: string, settings: Settings = {}) {
    const written = { stdout: '', stderr: '' };
    const code = await executeDbCommand(application(settings), ['db', ...line.split(' ')], {
      stdout: { write: (text: string) => void (written.stdout += text) },
      stderr: { write: (text: string) => void (written.stderr += text) },
    });
    return { code, ...written };
  }

  it('makes, applies and undoes one history', async () => {
    expect((await db('init')).code).toBe(0);
    const migrated = await db('migrate --rev-id aaaa -m first');
    expect([migrated.code, migrated.stderr]).toEqual([
      0,
      expect.stringMatching(/\[default\]\nDetected added table 'book'\n\[reporting\]\nDetected added table 'sale'\n/),
    ]);
    const text = await readFile(migrated.stdout.trim(), 'utf8');
    expect(text.match(/(default|reporting): async \(op\) =>/g)).toHaveLength(4);

    expect(await db('upgrade')).toMatchObject({
      code: 0,
      stderr: '[default]\nRunning upgrade  -> aaaa, first\n[reporting]\nRunning upgrade  -> aaaa, first\n',
    });
    expect(await tablesOf(shop)).toEqual(['book', 'nest_migrate_history', 'nest_migrate_version']);
    expect(await tablesOf(reporting)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'sale']);
    expect(await db('migrate')).toMatchObject({ code: 0, stdout: 'No changes in schema detected.\n' });
    expect((await db('check')).code).toBe(0);

    // only one of them differs: the other has nothing to do
    const second = await db('migrate --rev-id bbbb', { sales: [Sale, Refund] });
    expect(second.code).toBe(0);
    expect(await readFile(second.stdout.trim(), 'utf8')).toMatch(
      /default: async \(op\) => \{\n\s+void op;[^\n]*\n\s+\},\s+reporting: async \(op\) => \{\n\s+await op\.createTable\('refund'/,
    );
    expect((await db('upgrade --context default')).code).toBe(0);
    expect((await db('current')).stdout).toMatch(/\[default\]\nbbbb \(head\)\n\[reporting\]\naaaa\n/);
    expect(await db('migrate', { sales: [Sale, Refund] })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Error: [reporting] Target database is not up to date.'),
    });
    expect((await db('upgrade')).code).toBe(0);
    expect((await db('revision --rev-id cccc')).code).toBe(0);
    expect((await db('stamp head')).code).toBe(0);
    expect((await db('downgrade')).code).toBe(0);
    expect((await db('current --json')).stdout).toMatch(/"bbbb"[\s\S]*"bbbb"/);
    expect((await db('downgrade aaaa')).code).toBe(0);
    expect(await tablesOf(reporting)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'sale']);
  });

  it('says which were done when the second database fails', async () => {
    const missing = { ...reporting, options: { ...reporting.options, dbName: 'not_there' } };
    const { code, stderr } = await db('upgrade', { second: missing });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Running upgrade aaaa -> bbbb[\s\S]*Error: \[reporting\] [\s\S]*Done: default\. Failed: reporting\.\n$/,
    );
  });

  it('writes one of them alone where it was named', async () => {
    expect((await db('upgrade')).code).toBe(0);
    const { stdout } = await db('revision --context reporting --rev-id dddd');
    const text = await readFile(stdout.trim(), 'utf8');
    expect(text).toContain('reporting: async (op)');
    expect(text).not.toContain('default: async (op)');
    expect((await db('upgrade')).code).toBe(0);
    expect((await db('heads --context default')).stdout).toContain('dddd (head)');
  });

  it('refuses two connections that would move the same rows, in commands and at boot', async () => {
    const cure =
      /lead to the same database and to the same version table 'nest_migrate_version'.*Give one of them a versionTable/;
    const { code, stderr } = await db('upgrade', { second: shop });
    expect([code, stderr]).toEqual([1, expect.stringMatching(cure)]);
    await expect(
      Test.createTestingModule({
        imports: [application({ second: shop, options: { onBootstrap: 'upgrade' } })],
      }).compile(),
    ).rejects.toThrow(cure);
  });
});
