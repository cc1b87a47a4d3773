import { defineEntity, p } from '@mikro-orm/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationModuleOptions, type VerifyResult } from 'nest-migrate';
import { type Engine } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { executing } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { enginesByDialect, isTurn } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const Book = defineEntity({
  name: 'Book',
  properties: { id: p.integer().primary(), title: p.string().length(100) },
});

/** Creates the table of {@link Book}. */
const creation: Revisions = {
  aaa1: {
    upgrade: (op) =>
      op.createTable('book', {
        columns: {
          id: { type: 'integer', autoincrement: true, unsigned: op.dialect.startsWith('m') },
          title: { type: 'string', length: 100 },
        },
        primaryKey: { columns: ['id'] },
      }),
    downgrade: (op) => op.dropTable('book'),
  },
};

async function verified(
  engine: Engine,
  options: ScenarioOptions,
  module: MigrationModuleOptions = {},
): Promise<VerifyResult> {
  const at = await scenario(engine, {
    entities: [Book],
    ...options,
    module: { scratch: scratchOption(engine), ...module },
  });
  running.push(at);
  return at.migrations.verify({ all: true });
}

const ofToday = enginesByDialect('verify');

describe.each(ofToday)('verifying revisions on %s', (engine) => {
  it('finds nothing in revisions that go up, down and up again and are what the entities say', async () => {
    const { clean, revisions, findings } = await verified(engine, {
      revisions: {
        ...creation,
        bbb2: {
          upgrade: (op) => op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true }),
          downgrade: (op) => op.dropColumn('book', 'isbn'),
          fixture: executing("insert into book (title) values ('Emma')"),
        },
        ccc3: {
          upgrade: (op) => op.dropColumn('book', 'isbn'),
          downgrade: (op) => op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true }),
        },
      },
    });
    expect(findings).toEqual([]);
    expect(revisions.map(({ revision, outcome }) => [revision, outcome])).toEqual([
      ['aaa1', 'verified'],
      ['bbb2', 'verified'],
      ['ccc3', 'verified'],
    ]);
    expect(clean).toBe(true);
  });

  /** Each with what has to be found, and nothing else. */
  const faults: readonly {
    readonly name: string;
    readonly revisions: Revisions;
    readonly found: readonly object[];
    readonly message: RegExp;
  }[] = [
    {
      name: 'a missing downgrade',
      revisions: {
        ...creation,
        bbb2: { upgrade: (op) => op.createIndex('book', ['title'], { name: 'by_title' }) },
      },
      found: [{ rule: 'downgrade-differs', revision: 'bbb2', direction: 'downgrade' }],
      message: /undoes nothing.*by_title/,
    },
    {
      name: 'a downgrade that forgets an index',
      revisions: {
        ...creation,
        bbb2: {
          upgrade: async (op) => {
            await op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true });
            await op.createIndex('book', ['title'], { name: 'by_title' });
          },
          downgrade: (op) => op.dropColumn('book', 'isbn'),
        },
      },
      found: [{ rule: 'downgrade-differs', revision: 'bbb2', direction: 'downgrade' }],
      message: /by_title/,
    },
    {
      name: 'a downgrade that brings a column back with another default',
      revisions: {
        aaa1: {
          upgrade: (op) =>
            op.createTable('book', {
              columns: { id: { type: 'integer' }, pages: { type: 'integer', default: 1 } },
              primaryKey: { columns: ['id'] },
            }),
          downgrade: (op) => op.dropTable('book'),
        },
        bbb2: {
          upgrade: (op) => op.dropColumn('book', 'pages'),
          downgrade: (op) => op.addColumn('book', 'pages', { type: 'integer', default: 2 }),
        },
      },
      found: [{ rule: 'downgrade-differs', revision: 'bbb2', direction: 'downgrade' }],
      message: /pages/,
    },
    {
      name: "an upgrade that only works on its author's data",
      revisions: {
        aaa1: creation['aaa1'],
        bbb2: {
          upgrade: async (op) => {
            await op.createTable('review', {
              columns: { id: { type: 'integer' }, book_id: { type: 'integer', unsigned: op.dialect.startsWith('m') } },
              primaryKey: { columns: ['id'] },
              foreignKeys: [
                {
                  name: 'review_book',
                  columns: ['book_id'],
                  referencedTable: 'book',
                  referencedColumns: ['id'],
                },
              ],
            });
            const [book] = await op.query<{ id: number }>('select id from book where id = 42');
            await op.execute(`insert into review (id, book_id) values (1, ${book.id})`);
          },
          downgrade: (op) => op.dropTable('review'),
        },
      },
      found: [{ rule: 'upgrade-fails', revision: 'bbb2', direction: 'upgrade' }],
      message: /without rows/,
    },
    {
      name: 'a data step that loses rows',
      revisions: {
        ...creation,
        bbb2: {
          upgrade: (op) => op.execute("delete from book where title = 'Emma'"),
          fixture: executing("insert into book (title) values ('Emma')", "insert into book (title) values ('Sula')"),
        },
      },
      found: [{ rule: 'rows-lost', revision: 'bbb2', direction: 'upgrade' }],
      message: /1 of 2 rows of book is gone/,
    },
    {
      name: 'a downgrade that loses rows',
      revisions: {
        ...creation,
        bbb2: {
          downgrade: (op) => op.execute('delete from book'),
          fixture: executing("insert into book (title) values ('Emma')", "insert into book (title) values ('Sula')"),
        },
      },
      found: [{ rule: 'rows-lost', revision: 'bbb2', direction: 'downgrade' }],
      message: /all 2 rows of book are gone/,
    },
    {
      name: 'a revision that depends on one that it does not name',
      revisions: {
        aaa1: creation['aaa1'],
        bbb2: {
          down: 'aaa1',
          upgrade: (op) => op.addColumn('book', 'isbn', { type: 'string', length: 20, nullable: true }),
          downgrade: (op) => op.dropColumn('book', 'isbn'),
        },
        bbb3: {
          down: 'aaa1',
          upgrade: (op) => op.createIndex('book', ['isbn'], { name: 'by_isbn' }),
          downgrade: (op) => op.dropIndex('book', 'by_isbn'),
        },
      },
      found: [{ rule: 'upgrade-fails', revision: 'bbb3', direction: 'upgrade' }],
      message: /isbn/,
    },
    {
      name: 'an upgrade that does something else the second time',
      revisions: {
        aaa1: {
          upgrade: (op) => {
            const memory = globalThis as { upgrades?: number };
            memory.upgrades = (memory.upgrades ?? 0) + 1;
            return op.createTable(`book_${memory.upgrades}`, { columns: { id: { type: 'integer' } } });
          },
          downgrade: (op) => op.dropTable(`book_${(globalThis as { upgrades?: number }).upgrades}`),
        },
      },
      found: [{ rule: 'upgrade-differs', revision: 'aaa1', direction: 'upgrade' }],
      message: /The second time/,
    },
    {
      name: 'entities that are not what the revisions make',
      revisions: {
        aaa1: {
          upgrade: (op) =>
            op.createTable('book', {
              columns: { id: { type: 'integer', autoincrement: true, unsigned: op.dialect.startsWith('m') } },
              primaryKey: { columns: ['id'] },
            }),
          downgrade: (op) => op.dropTable('book'),
        },
      },
      found: [{ rule: 'models-differ', revision: null, direction: null }],
      message: /book\.title/,
    },
  ];

  // without a server a scratch database costs nothing
  const ofRun = faults.filter((_, index) => engine === 'sqlite' || isTurn(index, engine, ofToday));
  for (const { name, revisions, found, message } of ofRun) {
    it(`finds ${name}`, async () => {
      const entities = found.some((finding) => 'rule' in finding && finding.rule === 'models-differ') ? [Book] : [];
      const result = await verified(engine, { entities, revisions }, { includeObject: () => entities.length > 0 });
      expect(result.findings).toMatchObject(found);
      expect(result.findings).toHaveLength(found.length);
      expect(result.findings[0].message).toMatch(message);
      expect(result.clean).toBe(false);
    });
  }

  it('says of an irreversible revision that it went up alone, and of its services why they were not tried', async () => {
    const { clean, revisions } = await verified(
      engine,
      {
        entities: [],
        revisions: {
          ...creation,
          bbb2: { constants: { irreversible: 'the old titles are gone' }, downgrade: null },
          ccc3: { services: ['titles'] },
          ddd4: {},
        },
      },
      { includeObject: () => false },
    );
    expect(revisions.map(({ revision, outcome, reason }) => [revision, outcome, reason])).toEqual([
      ['aaa1', 'verified', null],
      ['bbb2', 'upgrade only', 'the old titles are gone'],
      ['ccc3', 'not verified', expect.stringContaining('titles')],
      ['ddd4', 'not verified', expect.stringContaining('ccc3')],
    ]);
    expect(clean).toBe(true);
  });

  it('takes away a finding that a revision accepts, and finds an acceptance that is not used', async () => {
    const accept = [{ rule: 'downgrade-differs', reason: 'the index does no harm' }];
    const { clean, findings } = await verified(
      engine,
      {
        entities: [],
        revisions: {
          ...creation,
          bbb2: {
            upgrade: (op) => op.createIndex('book', ['title'], { name: 'by_title' }),
            constants: { accept },
          },
          ccc3: { constants: { accept } },
        },
      },
      { includeObject: () => false },
    );
    expect(findings.map(({ rule, revision, accepted }) => [rule, revision, accepted])).toEqual([
      ['downgrade-differs', 'bbb2', 'the index does no harm'],
      ['unused-accept', 'ccc3', undefined],
    ]);
    expect(clean).toBe(false);
  });
});

describe.each(['postgres', 'pglite'] as const)('verifying revisions with types of their own on %s', (engine) => {
  it('finds an enum that the downgrade leaves behind, and that the second upgrade trips over', async () => {
    const { findings } = await verified(
      engine,
      {
        entities: [],
        revisions: {
          aaa1: {
            upgrade: async (op) => {
              await op.createEnum('kind', ['a', 'b']);
              await op.createTable('book', {
                columns: { id: { type: 'integer' }, kind: { type: 'enum', nativeEnumName: 'kind' } },
              });
            },
            downgrade: (op) => op.dropTable('book'),
          },
        },
      },
      { includeObject: () => false },
    );
    expect(findings.map(({ rule }) => rule)).toEqual(['downgrade-differs']);
    expect(findings[0].message).toMatch(/The next upgrade fails then: .*kind.*exists/);
    expect(findings[0].schema).toEqual([expect.stringMatching(/^\+ .*kind/)]);
  });
});
