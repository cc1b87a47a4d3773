import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Engine } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { executing, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { enginesByDialect, isTurn } from '../../support/turns.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

interface Branch {
  readonly upgrade: RevisionCode;
  readonly downgrade: RevisionCode;
}

/** Two branches behind one revision that creates a table with a row. */
async function branches(engine: Engine, left: Branch, right: Branch): Promise<Scenario> {
  const at = await scenario(engine, {
    revisions: {
      aaa1: {
        upgrade: async (op) => {
          await op.createTable('book', {
            columns: { id: { type: 'integer' }, title: { type: 'string', length: 100 } },
            primaryKey: { columns: ['id'] },
          });
          await op.execute("insert into book (id, title) values (1, 'Emma')");
        },
        downgrade: (op) => op.dropTable('book'),
      },
      lll2: { down: 'aaa1', ...left },
      rrr2: { down: 'aaa1', ...right },
    },
    module: { scratch: scratchOption(engine), includeObject: () => false },
  });
  running.push(at);
  return at;
}

const adding = (column: string): Branch => ({
  upgrade: executing(`alter table book add column ${column} varchar(20)`),
  downgrade: executing(`alter table book drop column ${column}`),
});

const nothing = executing();

/** Pairs of branches whose order matters, and what is said about them. */
const conflicts: readonly {
  readonly name: string;
  readonly left: Branch;
  readonly right: Branch;
  readonly message: RegExp;
}[] = [
  {
    name: 'one changes the rows that the other copies',
    left: { upgrade: executing("update book set title = 'Sula' where id = 1"), downgrade: nothing },
    right: {
      upgrade: executing('insert into book (id, title) select 2, title from book where id = 1'),
      downgrade: executing('delete from book where id = 2'),
    },
    message: /other rows in book/,
  },
  {
    name: 'one renames the column that the other uses',
    left: {
      upgrade: (op) => op.renameColumn('book', 'title', 'name'),
      downgrade: (op) => op.renameColumn('book', 'name', 'title'),
    },
    right: { upgrade: executing("update book set title = 'Sula'"), downgrade: nothing },
    message: /its upgrade fails/,
  },
  {
    name: 'one creates what the other creates where it is missing',
    left: {
      upgrade: executing('create table if not exists note (id int)'),
      downgrade: executing('drop table if exists note'),
    },
    right: {
      upgrade: executing('create table if not exists note (id int, text varchar(20))'),
      downgrade: executing('drop table if exists note'),
    },
    message: /another schema/,
  },
];

const ofToday = enginesByDialect('orders');
const servers = ofToday.filter((engine) => engine !== 'sqlite');

describe.each(ofToday)('branches in different orders on %s', (engine) => {
  it('a merge is proven whose branches lead to the same from either side, and says so in its file', async () => {
    // where columns can be put anywhere their order is a difference, so that each branch has a table of its own
    const { migrations } = await branches(
      engine,
      {
        upgrade: executing('create table note (id int)', 'insert into note (id) values (1)'),
        downgrade: executing('drop table note'),
      },
      adding('isbn'),
    );
    const { created, proof } = await migrations.merge({ revisions: 'heads', prove: true });
    expect(proof).toMatchObject({ commutes: true, findings: [] });
    expect(proof?.orders.map((order) => order.join(' ')).sort()).toEqual(['lll2 rrr2', 'rrr2 lll2']);
    const [{ path }] = created;
    expect(await readFile(path, 'utf8')).toMatch(/\* Proven on \S+ \d.*: the branches lead to one\s/);
    expect(await migrations.verify({ all: true })).toMatchObject({ clean: true, findings: [] });
  });

  // in turns: how a rehearsal works on the engine is above, what it finds is the same on each
  const ofRun = conflicts.filter((_, index) => engine === 'sqlite' || isTurn(index, engine, servers));
  for (const { name, left, right, message } of ofRun) {
    it(`a merge is not proven where ${name}, and verify finds it`, async () => {
      const { migrations } = await branches(engine, left, right);
      const { created, proof } = await migrations.merge({ revisions: 'heads', prove: true });
      expect(proof?.commutes).toBe(false);
      expect(proof?.findings.map(({ message: text }) => text).join(' ')).toMatch(message);
      expect(await readFile(created[0].path, 'utf8')).toContain('Not proven on');
      const { findings } = await migrations.verify({ all: true });
      expect(findings.map(({ rule }) => rule)).toContain('order-matters');
    });
  }
});
