/** Small differences between two schemas of SQLite. */
import { type Difference, type Differences } from './differences.ts';

const AUTHOR = `create table author (id integer primary key autoincrement, name text not null default 'nobody', email text collate nocase,
  boss int references author(id) on delete cascade, twice int generated always as (id * 2) stored,
  constraint author_name check (name <> ''), unique (name, email))`;

const base: readonly string[] = [
  AUTHOR,
  'create table plain (id integer primary key, a int, "B c" text)',
  'create index author_email on author (email collate binary, lower(name)) where email is not null',
  'create view names as select id, name from author where id > 3',
  `create trigger author_touch after insert on author for each row when new.id > 1 begin update author set email = 'x' where id = new.id; end`,
  'create virtual table words using fts5(title, body)',
];

/** The table with something else in its statement. */
const author = (from: string, to: string): Difference => ({
  to: ['drop view names', 'drop table author', AUTHOR.replace(from, to), ...base.slice(2, 5)],
});

const anew = (kind: string, name: string, sql: string): Difference => ({ to: [`drop ${kind} ${name}`, sql] });

const seen: Differences['seen'] = {
  'the type of a column': author('email text', 'email varchar(3)'),
  'the collation of a column': author('collate nocase', 'collate rtrim'),
  'a default': author(`default 'nobody'`, `default 'Nobody'`),
  'a default that is gone': author(`default 'nobody'`, ''),
  'a column that may be null': author('text not null', 'text'),
  'a key that does not count': author(' autoincrement', ''),
  'a rule of a key': author('on delete cascade', 'on delete set null'),
  'a key that can be deferred': author('on delete cascade', 'on delete cascade deferrable initially deferred'),
  'a key to another column': author('references author(id)', 'references author(name)'),
  'what a column computes': author('id * 2', 'id * 3'),
  'the kind of a computed column': author('stored', 'virtual'),
  'a check': author(`name <> ''`, `name <> ' '`),
  'the name of a check': author('constraint author_name', 'constraint author_named'),
  'a unique key': author('unique (name, email)', 'unique (email, name)'),
  'what a conflict does': author('unique (name, email)', 'unique (name, email) on conflict ignore'),
  'a strict table': author('unique (name, email))', 'unique (name, email)) strict'),
  'a table without row ids': {
    to: ['drop table plain', 'create table plain (id integer primary key, a int, "B c" text) without rowid'],
  },
  'a column': { to: ['alter table plain add more int'] },
  'the name of a column': { to: ['alter table plain rename a to b'] },
  'the letters of the name of a column': { to: ['alter table plain rename a to A'] },
  'a table': { to: ['create table more (id integer)'] },
  'an index that is unique': anew(
    'index',
    'author_email',
    'create unique index author_email on author (email collate binary, lower(name)) where email is not null',
  ),
  'an index the other way round': anew(
    'index',
    'author_email',
    'create index author_email on author (email collate binary desc, lower(name)) where email is not null',
  ),
  'the collation of an index': anew(
    'index',
    'author_email',
    'create index author_email on author (email, lower(name)) where email is not null',
  ),
  'the expression of an index': anew(
    'index',
    'author_email',
    'create index author_email on author (email collate binary, upper(name)) where email is not null',
  ),
  'the condition of an index': anew(
    'index',
    'author_email',
    'create index author_email on author (email collate binary, lower(name)) where email is null',
  ),
  'an index that is gone': { to: ['drop index author_email'] },
  'the query of a view': anew('view', 'names', 'create view names as select id, name from author where id > 4'),
  'the columns of a view': anew(
    'view',
    'names',
    'create view names (a, b) as select id, name from author where id > 3',
  ),
  'the body of a trigger': anew(
    'trigger',
    'author_touch',
    `create trigger author_touch after insert on author for each row when new.id > 1 begin update author set email = 'X' where id = new.id; end`,
  ),
  'the condition of a trigger': anew(
    'trigger',
    'author_touch',
    `create trigger author_touch after insert on author for each row when new.id > 2 begin update author set email = 'x' where id = new.id; end`,
  ),
  'another event of a trigger': anew(
    'trigger',
    'author_touch',
    `create trigger author_touch after update on author for each row when new.id > 1 begin update author set email = 'x' where id = new.id; end`,
  ),
  'a column of a virtual table': anew('table', 'words', 'create virtual table words using fts5(title)'),
  'an option of a virtual table': anew(
    'table',
    'words',
    `create virtual table words using fts5(title, body, tokenize = 'porter')`,
  ),
};

const unseen: Differences['unseen'] = {
  'the next number of a key': [`insert into author (name) values ('x')`, 'delete from author'],
  'statistics of the planner': ['analyze'],
  'a column that came and went': ['alter table plain add extra int', 'alter table plain drop extra'],
  'a column that is dropped and comes back': ['alter table plain drop a', 'alter table plain add a int'],
  'a table that is renamed there and back': [
    'alter table author rename to writer',
    'alter table writer rename to author',
  ],
  'a column that is renamed there and back': [
    'alter table author rename email to mail',
    'alter table author rename mail to email',
  ],
  'blanks, letters, quotes and remarks': [
    'drop table plain',
    'CREATE TABLE [plain] ( `id` INTEGER PRIMARY KEY, -- the key\n\t"a"   INT, "B c" TEXT )',
  ],
  'a trigger with other blanks': [
    'drop trigger author_touch',
    `CREATE TRIGGER "author_touch"\nAFTER INSERT ON "author" FOR EACH ROW WHEN new.id > 1\nBEGIN\n  update author set email = 'x' where id = new.id;\nEND`,
  ],
};

export const sqliteDifferences: Differences = { base, seen, unseen };
