/** A history with all that a script may trip over: a branch, a merge, a dependency, bodies with semicolons, nasty texts. */
import { type TableOptions } from 'nest-migrate';
import { type Engine } from '../../support/engines.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { type ScenarioRevision } from '../../support/scenario.ts';

/** What clients read something into that the server does not. */
export const nastyTexts: readonly string[] = [
  'it\'s; "quoted" `and` \\escaped\\',
  'delimiter // ;; $$ \\g \\q -- not a comment',
  'line\nbreak\r\nof two kinds\rand # one /* more */',
  'ünïcödé 😀 日本語',
  ':name :\'name\' :"name" ::int $1 ? ?? %s %',
  '\\',
  '$guard1$ $$ begin; end $$; commit;',
  "';\ndelimiter ;\ndrop table note; --",
];

/** What sets a trigger and a function up, where there are functions, and what takes both down. */
function trigger(engine: Engine): { readonly up: RevisionCode; readonly down: RevisionCode } {
  if (engine === 'mysql' || engine === 'mariadb') {
    const body =
      "begin\n  -- keeps; it's\n  set new.title = concat(new.title, ';');\n  set new.pages = 1; # // here\nend";
    return {
      up: executing(
        `create trigger book_touch before insert on book for each row\n${body}`,
        'create function twice(n int) returns int deterministic begin declare m int; set m = n * 2; return m; end',
      ),
      down: executing('drop function twice', 'drop trigger book_touch'),
    };
  }
  if (engine === 'sqlite') {
    // it has no functions of one's own, and a trigger there changes the row once it is written
    const body =
      "begin\n  -- keeps; it's\n  update book set title = new.title || ';', pages = 1 where id = new.id;\n  select case when 1 then ';' end;\nend";
    return {
      up: executing(`create trigger book_touch after insert on book for each row\n${body}`),
      down: executing('drop trigger book_touch'),
    };
  }
  return {
    up: executing(
      "create function book_touch() returns trigger language plpgsql as $$ begin\n  -- keeps; it's\n  new.title := new.title || ';'; new.pages := 1; return new;\nend $$",
      'create trigger book_touch before insert on book for each row execute function book_touch()',
      'create function twice(n int) returns int language sql begin atomic select n * 2; end',
    ),
    down: executing('drop function twice', 'drop trigger book_touch on book', 'drop function book_touch'),
  };
}

/** The table with all that stands on it, as it is in one revision or another. */
function book({ title, pages = false }: { readonly title: number; readonly pages?: boolean }): TableOptions {
  return {
    columns: {
      id: { type: 'integer', primary: true, autoincrement: true },
      title: { type: 'string', length: title },
      price: { type: 'decimal', precision: 10, scale: 2, nullable: true },
      authorId: { type: 'integer', nullable: true },
      kind: { type: 'enum', items: ['a;b', "c'd"], default: 'a;b' },
      ...(pages && { pages: { type: 'integer', nullable: true } }),
    },
    indexes: [{ columns: ['title'] }],
    foreignKeys: [{ columns: 'authorId', referencedTable: 'author', referencedColumns: 'id', deleteRule: 'cascade' }],
  };
}

export function history(engine: Engine): Readonly<Record<string, ScenarioRevision>> {
  const { up, down } = trigger(engine);
  /** SQLite makes a new table for another length, and has to be told the present one. */
  const present = (title: number): TableOptions | null => (engine === 'sqlite' ? book({ title, pages: true }) : null);
  return {
    aaaa1111: {
      down: null,
      labels: 'shop',
      upgrade: given({ book: book({ title: 200 }), texts: nastyTexts }, async (op, values) => {
        await op.createTable('author', {
          comment: "who; wrote it's",
          columns: {
            id: { type: 'integer', primary: true, autoincrement: true },
            name: { type: 'string', length: 100, default: "O'Hara; \\" },
          },
        });
        await op.createTable('book', values.book);
        await op.createTable('note', {
          columns: {
            id: { type: 'integer', primary: true },
            body: { type: 'text' },
            at: { type: 'datetime', nullable: true },
            raw: { type: 'blob', nullable: true },
          },
        });
        const raw = new Uint8Array([0, 10, 13, 59, 92, 255]);
        await op.bulkInsert(
          'note',
          values.texts.map((body, id) => ({ id, body, at: new Date(86_400_000), raw })),
        );
      }),
      downgrade: async (op) => {
        await op.dropTable('note');
        await op.dropTable('book');
        await op.dropTable('author');
      },
    },
    bbbb2222: {
      down: 'aaaa1111',
      upgrade: given({ present: present(200), texts: nastyTexts }, async (op, values) => {
        await op.addColumn('book', 'pages', { type: 'integer', nullable: true, comment: 'how; many' });
        const widen = (on: Pick<typeof op, 'alterColumn'>): Promise<void> =>
          on.alterColumn('book', 'title', { length: 500 }, { existing: { type: 'string', length: 200 } });
        await (values.present === null ? widen(op) : op.batchAlterTable('book', widen, { existing: values.present }));
        await op.renameColumn('book', 'price', 'cost');
        let id = 100;
        for (const body of values.texts) {
          await op.execute('insert into note (id, body) values (?, ?) -- a comment at the end', [id++, body]);
        }
        await op.execute("update note set body = 'raw; text\r\nof two lines' where id = 0");
        await op.execute('update note set body = ? where id = 1;', [JSON.stringify({ offline: 'either' })]);
      }),
      downgrade: given({ present: present(500) }, async (op, values) => {
        await op.execute('delete from note where id >= 100');
        await op.renameColumn('book', 'cost', 'price');
        const narrow = (on: Pick<typeof op, 'alterColumn'>): Promise<void> =>
          on.alterColumn('book', 'title', { length: 200 }, { existing: { type: 'string', length: 500 } });
        await (values.present === null ? narrow(op) : op.batchAlterTable('book', narrow, { existing: values.present }));
        await op.dropColumn('book', 'pages');
      }),
    },
    cccc3333: { down: 'bbbb2222', labels: 'left', upgrade: up, downgrade: down },
    dddd4444: {
      down: 'bbbb2222',
      labels: 'right',
      upgrade: (op) => op.createIndex('book', ['cost'], { name: 'book_cost' }),
      downgrade: (op) => op.dropIndex('book', 'book_cost'),
    },
    eeee5555: {
      down: 'dddd4444',
      upgrade: given({ concurrently: engine === 'postgres' }, async (op, { concurrently }) => {
        await op.autocommitBlock((outside) =>
          outside.createIndex('book', ['pages'], { name: 'book_pages', concurrently }),
        );
        await op.createUniqueConstraint('author', 'name', { name: 'author_name_unique' });
      }),
      downgrade: async (op) => {
        await op.dropConstraint('author', 'author_name_unique', { type: 'unique' });
        await op.dropIndex('book', 'book_pages');
      },
    },
    ffff6666: {
      down: ['cccc3333', 'eeee5555'],
      upgrade: async (op) => {
        await op.execute("insert into author (name) values ('merged')");
        await op.bulkInsert('book', [{ title: 'made; by trigger' }]);
      },
      downgrade: executing('delete from book', 'delete from author'),
    },
    abcd7777: {
      down: null,
      labels: 'extra',
      dependsOn: 'right',
      upgrade: (op) => op.createTable('extra', { columns: { id: { type: 'integer', primary: true } } }),
      downgrade: (op) => op.dropTable('extra'),
    },
  };
}

export interface Move {
  readonly command: 'upgrade' | 'downgrade' | 'stamp';
  /** As it is given to a run that asks the database. */
  readonly target: string | readonly string[];
  /** As it is given to a run that can't. */
  readonly range: string | readonly string[];
  /** The version table's rows after it. */
  readonly rows: readonly string[];
}

/** A walk over the history, each move from where the one before ended. */
export const moves: readonly Move[] = [
  { command: 'upgrade', target: 'bbbb', range: 'bbbb', rows: ['bbbb2222'] },
  { command: 'downgrade', target: '-1', range: 'bbbb2222:-1', rows: ['aaaa1111'] },
  { command: 'upgrade', target: '+1', range: 'aaaa:+1', rows: ['bbbb2222'] },
  { command: 'upgrade', target: 'cccc', range: 'bbbb:cccc', rows: ['cccc3333'] },
  { command: 'upgrade', target: 'dddd', range: 'cccc:dddd', rows: ['cccc3333', 'dddd4444'] },
  { command: 'upgrade', target: 'heads', range: 'cccc,dddd:heads', rows: ['abcd7777', 'ffff6666'] },
  { command: 'downgrade', target: 'extra@base', range: 'abcd,ffff:extra@base', rows: ['ffff6666'] },
  { command: 'downgrade', target: 'bbbb', range: 'shop@ffff:bbbb', rows: ['bbbb2222'] },
  { command: 'stamp', target: 'ffff', range: 'bbbb:ffff', rows: ['ffff6666'] },
  { command: 'stamp', target: 'bbbb', range: 'ffff:bbbb', rows: ['bbbb2222'] },
  { command: 'stamp', target: ['cccc', 'dddd'], range: ['bbbb:cccc', 'dddd'], rows: ['cccc3333', 'dddd4444'] },
  { command: 'stamp', target: 'bbbb', range: 'left,right:bbbb', rows: ['bbbb2222'] },
  { command: 'downgrade', target: 'base', range: 'bbbb:base', rows: [] },
];
