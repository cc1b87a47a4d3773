/** What `db migrate --online` writes, from entities to the file, and that it runs. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EntitySchema } from '@mikro-orm/core';
import { type MikroORM as SqlOrm } from '@mikro-orm/sql';
import { ScratchPlaceMissingError } from 'nest-migrate';
import { fingerprint } from '../../../libs/nest-migrate/src/rehearsal/fingerprint.ts';
import { type Engine } from '../../support/engines.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const Book = new EntitySchema<{ id: number; title: string }>({
  name: 'Book',
  tableName: 'book',
  properties: { id: { type: 'integer', primary: true }, title: { type: 'string', length: 100 } },
});

const CodedBook = new EntitySchema<{ id: number; code?: string }>({
  name: 'CodedBook',
  tableName: 'book',
  indexes: [{ name: 'book_code', properties: ['code'] }],
  properties: { id: { type: 'integer', primary: true }, code: { type: 'bigint', nullable: true } },
});

const Author = new EntitySchema<{ id: number }>({
  name: 'Author',
  tableName: 'author',
  properties: { id: { type: 'integer', primary: true } },
});

const PricedBook = new EntitySchema<{ id: number; code?: string; price: number; author?: { id: number } }>({
  name: 'PricedBook',
  tableName: 'book',
  properties: {
    id: { type: 'integer', primary: true },
    code: { type: 'bigint', nullable: true },
    author: { kind: 'm:1', entity: () => Author, nullable: true },
    price: { type: 'integer', default: 0 },
  },
});

async function bookshop(
  module: NonNullable<Parameters<typeof scenario>[1]>['module'] = {},
  engine: Engine = 'pglite',
  entity: EntitySchema = Book as EntitySchema,
  upgrade: RevisionCode = (op) =>
    op.createTable('book', {
      columns: {
        id: { type: 'integer', primary: true, autoincrement: true },
        title: { type: 'string', length: 100, nullable: true },
      },
    }),
): Promise<Scenario> {
  const made = await scenario(engine, { entities: [entity], module, revisions: { aaa1: upgrade } });
  running.push(made);
  await made.migrations.upgrade();
  return made;
}

/** The application's own schema, a line an object. */
async function schemaOf(orm: Scenario['orm']): Promise<readonly string[]> {
  const { text } = await fingerprint(orm as unknown as SqlOrm);
  return text.split('\n').filter((line) => !line.includes('nest_migrate_'));
}

describe('a revision that is written online', () => {
  it('is the one of the guide', async () => {
    const { migrations } = await bookshop();
    const { source } = await migrations.migrate({ online: true, dryRun: true });
    const guide = readFileSync('docs/guide/online.md', 'utf8');
    const [, block] = /## What it looks like on PostgreSQL[^]*?```ts\n([^]*?)```/.exec(guide) ?? [];
    expect(source).toEqual([block]);
  });

  it('is the one of the guide for a column of another type', async () => {
    const { migrations } = await bookshop({}, 'pglite', CodedBook, (op) =>
      op.createTable('book', {
        columns: {
          id: { type: 'integer', primary: true, autoincrement: true },
          code: { type: 'integer', nullable: true },
        },
        indexes: [{ name: 'book_code', columns: ['code'] }],
      }),
    );
    const { source } = await migrations.migrate({ online: true, dryRun: true });
    const guide = readFileSync('docs/guide/online.md', 'utf8');
    const [, block] = /### A column of another type[^]*?```ts\n([^]*?)```/.exec(guide) ?? [];
    expect(source).toEqual([block]);
  });

  it('is written by the option as well, runs, and leaves no difference, and goes back', async () => {
    const { migrations, orm } = await bookshop({ online: true });
    const before = await schemaOf(orm);
    await migrations.migrate({ message: 'titles' });
    await migrations.upgrade();
    expect((await migrations.migrate({ dryRun: true })).operations).toEqual([]);
    await migrations.downgrade({ target: '-1' });
    expect(await schemaOf(orm)).toEqual(before);
  });

  it('is plain on an engine without another form, which the command says', async () => {
    const made = await scenario('sqlite', { entities: [Book] });
    running.push(made);
    const messages: string[] = [];
    const { source } = await made.migrations.migrate({
      online: true,
      dryRun: true,
      onEvent: (event) => void (event.type === 'warning' && messages.push(event.message)),
    });
    expect(source[0]).toContain('createTable');
    expect(messages).toEqual(["'online' changes nothing on sqlite: the revision has the plain form."]);
  });

  it('is the one of the guide on MySQL', async () => {
    const made = await scenario('mysql', {
      entities: [Author, PricedBook],
      module: { scratch: scratchOption('mysql') },
      revisions: {
        aaa1: async (op) => {
          await op.createTable('author', {
            columns: { id: { type: 'integer', primary: true, unsigned: true, autoincrement: true } },
          });
          await op.createTable('book', {
            columns: {
              id: { type: 'integer', primary: true, unsigned: true, autoincrement: true },
              code: { type: 'integer', nullable: true },
              author_id: { type: 'integer', unsigned: true, nullable: true },
            },
          });
        },
      },
    });
    running.push(made);
    await made.migrations.upgrade();
    const { source, warnings } = await made.migrations.migrate({ online: true, dryRun: true });
    const guide = readFileSync('docs/guide/online.md', 'utf8');
    const [, block] = /## MySQL and MariaDB[^]*?```ts\n([^]*?)```/.exec(guide) ?? [];
    expect(source).toEqual([block]);
    expect(warnings).toContainEqual(expect.stringContaining('requests that write to book wait while MySQL copies'));
  });

  it.each([
    ['mysql', 'inplace'],
    ['mariadb', 'inplace'],
  ] as const)('says on %s what it must not exceed, as a scratch database tells', async (engine, algorithm) => {
    const { migrations, orm } = await bookshop({ online: true, scratch: scratchOption(engine) }, engine);
    const before = await schemaOf(orm);
    const { source } = await migrations.migrate({ message: 'titles', verify: true });
    expect(source[0]).toContain(`{ algorithm: '${algorithm}', lock: 'none' }`);
    await migrations.upgrade();
    expect((await migrations.migrate({ dryRun: true })).operations).toEqual([]);
    await migrations.downgrade({ target: '-1' });
    expect(await schemaOf(orm)).toEqual(before);
  });

  it('is refused where there is no scratch database that could tell', async () => {
    const { migrations } = await bookshop({ online: true }, 'mysql');
    await expect(migrations.migrate({ dryRun: true })).rejects.toThrow(ScratchPlaceMissingError);
  });

  it('is plain without it', async () => {
    const { migrations } = await bookshop();
    const { source } = await migrations.migrate({ dryRun: true });
    expect(source[0]).not.toContain('autocommitBlock');
  });
});
