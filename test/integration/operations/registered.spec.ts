/** Operations that an application registers, by the example of the guide: on every engine, through every way in. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineEntity, p } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, type MigrationModuleOptions, Rewriter } from 'nest-migrate';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

// the library has to compile in a program that declares operations of its own: this one does
declare module 'nest-migrate' {
  interface RegisteredOperations {
    addTimestamps(table: string, options?: { schema?: string }): { table: string; schema?: string };
    dropTimestamps(table: string, options?: { schema?: string }): { table: string; schema?: string };
    createCounter(name: string, options?: { start?: number }): { name: string; start: number };
    dropCounter(name: string): { name: string };
  }
}

const page = readFileSync('docs/guide/operations.md', 'utf8');
const [, example] = /<!-- file: src\/database\/operations\.ts -->\n\n```ts\n([\s\S]*?)^```$/m.exec(
  page,
) as unknown as string[];
const Book = defineEntity({ name: 'Book', properties: { id: p.integer().primary() } });

let folder: string;
let operations: MigrationModuleOptions['operations'];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registered-'));
  const file = join(folder, 'operations.ts');
  await writeFile(file, example);
  ({ operations } = (await import(file)) as { operations: typeof operations });
});
afterAll(() => rm(folder, { recursive: true }));

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function rows(at: Scenario, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute(sql);
}

/** Whether the columns of `addTimestamps` are there. */
async function hasTimestamps(at: Scenario, table = 'book'): Promise<boolean> {
  return rows(at, `select created_at, updated_at from ${table}`).then(
    () => true,
    () => false,
  );
}

describe.each(enginesByDialect('registered'))('registered operations on %s', (engine) => {
  const start = async (options: Parameters<typeof scenario>[1]): Promise<Scenario> => {
    const started = await scenario(engine, { ...options, module: { operations, ...options?.module } });
    running.push(started);
    return started;
  };

  it('run as verbs, in batches, in hooks and as data, and a script says the same', async () => {
    const at = await start({
      revisions: {
        aaaa: {
          upgrade: async (op) => {
            await op.createTable('book', { columns: { id: { type: 'integer', primary: true } } });
            await op.addTimestamps('book');
            await op.createCounter('ticket', { start: 100 });
          },
          downgrade: async (op) => {
            await op.dropCounter('ticket');
            await op.dropTimestamps('book');
            await op.dropTable('book');
          },
        },
        bbbb: {
          upgrade: async (op) => {
            await op.batchAlterTable('book', async (batch) => {
              await batch.dropTimestamps('book');
              await batch.addColumn('book', 'title', { type: 'text', nullable: true });
            });
            await op.invoke({ kind: 'renameTable', from: 'book', to: 'publication' });
            await op.invoke({ kind: 'addTimestamps', table: 'publication' });
          },
          downgrade: async (op) => {
            await op.invoke({ kind: 'renameTable', from: 'publication', to: 'book' });
            await op.dropColumn('book', 'title');
          },
        },
      },
      module: {
        onVersionApply: async ({ op, step }) => {
          if (step.revision === 'aaaa' && step.direction === 'upgrade') await op.createCounter('another');
        },
      },
    });
    const executed: string[] = [];
    const onEvent = (event: MigrationEvent): void => {
      if (event.type === 'statementFinished') executed.push(event.sql);
    };
    await at.migrations.upgrade({ target: 'aaaa', onEvent });
    expect(await hasTimestamps(at)).toBe(true);
    const counter =
      engine === 'mariadb' || engine === 'postgres' || engine === 'pglite'
        ? engine === 'mariadb'
          ? 'select next value for ticket as value'
          : "select nextval('ticket') as value"
        : 'select value from ticket';
    const [{ value }] = await rows(at, counter);
    expect(Number(value)).toBe(100);
    await at.migrations.upgrade({ onEvent });
    expect(await hasTimestamps(at, 'publication')).toBe(true);
    expect(await rows(at, 'select title from publication')).toEqual([]);

    if (engine !== 'sqlite') {
      // without a database SQLite would have to be told what the table of the batch is
      const { sql } = await at.migrations.upgrade({ sql: true, target: 'base:head' });
      const places = executed.map((statement) => sql.indexOf(`${statement};`));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
    }

    await at.migrations.downgrade({ target: 'aaaa' });
    expect(await hasTimestamps(at)).toBe(true);
    await at.migrations.downgrade({ target: 'base' });
    await expect(rows(at, 'select 1 from book')).rejects.toThrow();
    await expect(rows(at, counter)).rejects.toThrow();
  });

  it('have to be registered wherever a revision names them, online and in a script', async () => {
    const at = await start({
      // as text: no verb of that name compiles
      revisions: { aaaa: (op) => op.addTimestamps('book'), bbbb: "await op.creatTable('book');" },
      module: { operations: [] },
    });
    const missing =
      'addTimestamps: is no verb of op. Register it: MigrationModule.forRoot({ operations: [addTimestamps] }).';
    await expect(at.migrations.upgrade()).rejects.toThrow(missing);
    await expect(at.migrations.upgrade({ sql: true })).rejects.toThrow(missing);
    await at.migrations.stamp({ revisions: 'aaaa' });
    await expect(at.migrations.upgrade()).rejects.toThrow("creatTable: is no verb of op. Did you mean 'createTable'?");
  });

  it('are written into new revisions by hooks, which run', async () => {
    const at = await start({
      entities: [Book],
      revisions: {},
      module: {
        processRevisionDirectives: [
          new Rewriter().rewrites('createTable', (operation, { direction }) =>
            direction === 'upgrade' ? [operation, { kind: 'addTimestamps', table: operation.table }] : operation,
          ),
          ([directive], { reverse }) => {
            const [entry] = directive.operations;
            const counter = { kind: 'createCounter', name: 'ticket', start: 7 } as const;
            entry.upgrade.push(counter);
            entry.downgrade.unshift(...reverse(counter));
          },
        ],
      },
    });
    const { source } = await at.migrations.migrate({ message: 'books' });
    expect(source[0]).toContain(
      "  await op.addTimestamps('book');\n  await op.createCounter('ticket', { start: 7 });\n",
    );
    // without `arguments` it is written as data
    expect(source[0]).toContain("  await op.invoke({ kind: 'dropCounter', name: 'ticket' });\n");
    await at.migrations.upgrade();
    expect(await hasTimestamps(at)).toBe(true);
    await at.migrations.downgrade();
    expect(await hasTimestamps(at)).toBe(false);
  });
});
