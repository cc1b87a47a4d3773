/** Small differences between two schemas of MySQL or MariaDB, whose statements cannot be rolled back. */
import { type ServerEngine } from '../../support/databases.ts';
import { type Difference, type Differences } from './differences.ts';

type Family = Exclude<ServerEngine, 'postgres'>;

/** Somebody to grant rights to. */
const READER = `fingerprint_${process.pid}`;

const base: readonly string[] = [
  // the collation that the charset has by itself, which the servers of the suite need not have for new databases
  'alter database default charset utf8mb4',
  `create table author (id int auto_increment primary key, name varchar(20) not null default 'nobody', email varchar(50),
    mood enum('calm', 'sad'), born date, \`at\` timestamp default '2020-01-01 00:00:00', notes text, spot point not null srid 0, n int,
    key author_name (name(10), email), fulltext key author_notes (notes), unique key author_email (email)) comment 'who writes'`,
  `create table book (id int auto_increment primary key, author_id int not null, title varchar(30), seats int, price decimal(10,2),
    twice int as (seats * 2) stored, constraint book_author foreign key (author_id) references author(id) on delete cascade,
    constraint book_seats check (seats > 0))`,
  `create table sale (id int, day date) partition by range (year(day)) (partition p20 values less than (2021), partition p21 values less than (2022))`,
  'create view dear as select id, title from book where price > 10',
  `create trigger book_touch before insert on book for each row set new.title = 'x'`,
  `create trigger book_touch_2 before insert on book for each row set new.seats = 1`,
  `create procedure tidy(in a int) sql security definer comment 'tidy' delete from book where seats = a`,
  'create function twice(a int) returns int deterministic return a * 2',
  'create event nightly on schedule every 1 day disable do delete from book where seats is null',
];

/** One statement, and the one that undoes it. */
const there = (to: string, back: string): Difference => ({ to: [to], back: [back] });

const again = (drop: string, old: string, other: string): Difference => ({ to: [drop, other], back: [drop, old] });

/** A column with another definition. */
const column = (name: string, old: string, other: string): Difference =>
  there(`alter table author modify ${name} ${other}`, `alter table author modify ${name} ${old}`);

/** An index with another definition. */
const index = (name: string, old: string, other: string): Difference =>
  there(`alter table author drop index ${name}, add ${other}`, `alter table author drop index ${name}, add ${old}`);

const key = (rest: string): string =>
  `alter table book add constraint book_author foreign key (author_id) references author(id) ${rest}`;

const PARTITIONS = 'alter table sale partition by range (year(day))';

const seen: Differences['seen'] = {
  // tables
  'the charset of a table': there(
    'alter table sale default charset latin1',
    'alter table sale default charset utf8mb4',
  ),
  'the collation of a table': there(
    'alter table sale default collate utf8mb4_bin',
    'alter table sale default charset utf8mb4',
  ),
  'the row format of a table': there(
    'alter table book row_format = compressed',
    'alter table book row_format = default',
  ),
  'the engine of a table': there('create table other (id int) engine = memory', 'drop table other'),
  'an option of a table': there('alter table book stats_persistent = 1', 'alter table book stats_persistent = default'),
  'a comment of a table': there(`alter table author comment 'who wrote'`, `alter table author comment 'who writes'`),
  'a partition': there(
    'alter table sale drop partition p21',
    'alter table sale add partition (partition p21 values less than (2022))',
  ),
  'the bound of a partition': there(
    `${PARTITIONS} (partition p20 values less than (2021), partition p21 values less than (2023))`,
    `${PARTITIONS} (partition p20 values less than (2021), partition p21 values less than (2022))`,
  ),
  'a table without partitions': there(
    'alter table sale remove partitioning',
    `${PARTITIONS} (partition p20 values less than (2021), partition p21 values less than (2022))`,
  ),
  'the charset of the database': there(
    'alter database default charset latin1',
    'alter database default charset utf8mb4',
  ),
  // columns
  'the charset of a column': column('notes', 'text', 'text charset latin1'),
  'the collation of a column': column('email', 'varchar(50)', 'varchar(50) collate utf8mb4_bin'),
  'the length of a column': column('email', 'varchar(50)', 'varchar(51)'),
  'a column without a sign': column('n', 'int', 'int unsigned'),
  'a column that is never null': column('n', 'int', 'int not null'),
  'a default': column('n', 'int', 'int default 3'),
  'a default by expression': column('born', 'date', 'date default (curdate())'),
  'a default of a moment': column(
    '\`at\`',
    `timestamp null default '2020-01-01 00:00:00'`,
    `timestamp null default '2020-01-01 00:00:01'`,
  ),
  'a column that follows changes': column(
    '\`at\`',
    `timestamp null default '2020-01-01 00:00:00'`,
    `timestamp null default '2020-01-01 00:00:00' on update current_timestamp`,
  ),
  'a value of an enum': column('mood', `enum('calm', 'sad')`, `enum('calm', 'sad', 'glad')`),
  'the order of the values of an enum': column('mood', `enum('calm', 'sad')`, `enum('sad', 'calm')`),
  'a comment of a column': column('n', 'int', `int comment 'x'`),
  'a column that is not seen': column('n', 'int', 'int invisible'),
  'the place of a column': column('n', 'int after spot', 'int first'),
  'the kind of a computed column': there(
    'alter table book drop twice, add twice int as (seats * 2) virtual',
    'alter table book drop twice, add twice int as (seats * 2) stored',
  ),
  'what a column computes': there(
    'alter table book modify twice int as (seats * 3) stored',
    'alter table book modify twice int as (seats * 2) stored',
  ),
  'a column that counts': there('alter table book modify id int', 'alter table book modify id int auto_increment'),
  // keys
  'a primary key': there(
    'alter table sale add primary key (id, day)',
    'alter table sale drop primary key, modify id int, modify day date',
  ),
  'an index that is unique': index(
    'author_name',
    'key author_name (name(10), email)',
    'unique key author_name (name(10), email)',
  ),
  'the length of a part of an index': index(
    'author_name',
    'key author_name (name(10), email)',
    'key author_name (name(9), email)',
  ),
  'the order of the parts of an index': index(
    'author_name',
    'key author_name (name(10), email)',
    'key author_name (email, name(10))',
  ),
  'an index the other way round': index(
    'author_name',
    'key author_name (name(10), email)',
    'key author_name (name(10) desc, email)',
  ),
  'a comment of an index': index(
    'author_name',
    'key author_name (name(10), email)',
    `key author_name (name(10), email) comment 'x'`,
  ),
  'the block size of an index': there(
    'alter table book row_format = compressed, add key book_seats_key (seats) key_block_size = 4',
    'alter table book row_format = default, drop key book_seats_key',
  ),
  'the kind of an index': index('author_notes', 'fulltext key author_notes (notes)', 'key author_notes (notes(5))'),
  'a spatial index': there(
    'alter table author add spatial key author_spot (spot)',
    'alter table author drop key author_spot',
  ),
  'a name of an index': there(
    'alter table author rename index author_name to author_names',
    'alter table author rename index author_names to author_name',
  ),
  'a rule of a key': {
    to: ['alter table book drop foreign key book_author', key('on delete restrict on update cascade')],
    back: ['alter table book drop foreign key book_author', key('on delete cascade')],
  },
  'a key that is gone': { to: ['alter table book drop foreign key book_author'], back: [key('on delete cascade')] },
  'a check': there(
    'alter table book drop constraint book_seats, add constraint book_seats check (seats >= 0)',
    'alter table book drop constraint book_seats, add constraint book_seats check (seats > 0)',
  ),
  // programs
  'the query of a view': there(
    'create or replace view dear as select id, title from book where price > 11',
    'create or replace view dear as select id, title from book where price > 10',
  ),
  'a view that checks': there(
    'create or replace view dear as select id, title from book where price > 10 with check option',
    'create or replace view dear as select id, title from book where price > 10',
  ),
  'the algorithm of a view': there(
    'create or replace algorithm = merge view dear as select id, title from book where price > 10',
    'create or replace algorithm = undefined view dear as select id, title from book where price > 10',
  ),
  'the security of a view': there(
    'create or replace sql security invoker view dear as select id, title from book where price > 10',
    'create or replace sql security definer view dear as select id, title from book where price > 10',
  ),
  'the body of a trigger': again(
    'drop trigger book_touch_2',
    `create trigger book_touch_2 before insert on book for each row set new.seats = 1`,
    `create trigger book_touch_2 before insert on book for each row set new.seats = 2`,
  ),
  'a quote in the body of a trigger': again(
    'drop trigger book_touch_2',
    `create trigger book_touch_2 before insert on book for each row set new.seats = 1`,
    `create trigger book_touch_2 before insert on book for each row set new.title = 'it''s'`,
  ),
  'another event of a trigger': again(
    'drop trigger book_touch_2',
    `create trigger book_touch_2 before insert on book for each row set new.seats = 1`,
    `create trigger book_touch_2 before update on book for each row set new.seats = 1`,
  ),
  'the order of triggers': again(
    'drop trigger book_touch_2',
    `create trigger book_touch_2 before insert on book for each row set new.seats = 1`,
    `create trigger book_touch_2 before insert on book for each row precedes book_touch set new.seats = 1`,
  ),
  'the body of a procedure': again(
    'drop procedure tidy',
    `create procedure tidy(in a int) sql security definer comment 'tidy' delete from book where seats = a`,
    `create procedure tidy(in a int) sql security definer comment 'tidy' delete from book where seats > a`,
  ),
  'the security of a procedure': there(
    'alter procedure tidy sql security invoker',
    'alter procedure tidy sql security definer',
  ),
  'a comment of a procedure': there(`alter procedure tidy comment 'tidier'`, `alter procedure tidy comment 'tidy'`),
  'a function that is not deterministic': again(
    'drop function twice',
    'create function twice(a int) returns int deterministic return a * 2',
    'create function twice(a int) returns int no sql return a * 2',
  ),
  'the type of a parameter': again(
    'drop function twice',
    'create function twice(a int) returns int deterministic return a * 2',
    'create function twice(a bigint) returns int deterministic return a * 2',
  ),
  'the schedule of an event': there(
    'alter event nightly on schedule every 2 day',
    'alter event nightly on schedule every 1 day',
  ),
  'an event that is enabled': there('alter event nightly enable', 'alter event nightly disable'),
  // rights
  'a right to a table': there(`grant select on author to ${READER}`, `revoke select on author from ${READER}`),
  'a right to a column': there(
    `grant select (email) on author to ${READER}`,
    `revoke select (email) on author from ${READER}`,
  ),
  'a right to a procedure': there(
    `grant execute on procedure tidy to ${READER}`,
    `revoke execute on procedure tidy from ${READER}`,
  ),
};

const own: Readonly<Record<Family, Differences['seen']>> = {
  mysql: {
    'a check that is not enforced': there(
      'alter table book alter check book_seats not enforced',
      'alter table book alter check book_seats enforced',
    ),
    'an index that is not seen': there(
      'alter table author alter index author_name invisible',
      'alter table author alter index author_name visible',
    ),
    'an index by expression': there(
      'alter table author add key author_lower ((lower(name)))',
      'alter table author drop key author_lower',
    ),
    // in one statement MySQL takes the two for the same index
    'the parser of an index': {
      to: [
        'alter table author drop index author_notes',
        'alter table author add fulltext key author_notes (notes) with parser ngram',
      ],
      back: ['alter table author drop index author_notes', 'alter table author add fulltext key author_notes (notes)'],
    },
    'the reference system of a column': column('spot', 'point not null srid 0', 'point not null srid 4326'),
  },
  mariadb: {
    'a limit of a sequence': there('alter sequence ticket maxvalue 1001', 'alter sequence ticket maxvalue 1000'),
    'the step of a sequence': there('alter sequence ticket increment 6', 'alter sequence ticket increment 5'),
    'the cache of a sequence': there('alter sequence ticket cache 4', 'alter sequence ticket cache 3'),
    'a sequence that begins again': there('alter sequence ticket cycle', 'alter sequence ticket nocycle'),
    'an index that is ignored': there(
      'alter table author alter index author_name ignored',
      'alter table author alter index author_name not ignored',
    ),
    'a table with versions': there('alter table sale add system versioning', 'alter table sale drop system versioning'),
    'a column of a period': there(
      'alter table sale add a date not null, add b date not null, add period for valid (a, b)',
      'alter table sale drop period for valid, drop a, drop b',
    ),
    'a compressed column': there(
      'alter table book modify title varchar(30) compressed',
      'alter table book modify title varchar(30)',
    ),
    'an aggregate': there(
      `create aggregate function agg(a int) returns int begin declare total int default 0; declare continue handler for not found
        return total; loop fetch group next row; set total = total + a; end loop; end`,
      'drop function agg',
    ),
  },
};

const ownBase: Readonly<Record<Family, readonly string[]>> = {
  mysql: [],
  mariadb: ['create sequence ticket increment 5 maxvalue 1000 cache 3'],
};

/** The families spell some of it in ways of their own. */
const withoutReference = (sql: string): string => sql.replaceAll(' srid 0', '');
const inOther: Readonly<Record<Family, (sql: string) => string>> = { mysql: (sql) => sql, mariadb: withoutReference };

const unseen: Differences['unseen'] = {
  'the next number of a counter': ['alter table author auto_increment = 1000'],
  rows: [`insert into author (name, spot) values ('x', point(1, 2))`, 'delete from author'],
  'a column that came and went': ['alter table author add extra int', 'alter table author drop extra'],
  'a column that is dropped and comes back in its place': [
    'alter table author drop n',
    'alter table author add n int after spot',
  ],
  'a table that is renamed there and back': [
    'alter table author rename to writer',
    'alter table writer rename to author',
  ],
  'a column that is renamed there and back': [
    'alter table book rename column price to cost',
    'alter table book rename column cost to price',
  ],
  'a table that is built anew': ['alter table author force', 'optimize table author', 'analyze table book'],
  'keys in another order': [
    'alter table author drop key author_name, drop key author_email',
    'alter table author add unique key author_email (email), add key author_name (name(10), email)',
  ],
  'the owner of a view': [
    'create or replace definer = current_user view dear as select id, title from book where price > 10',
  ],
  'the owner of a procedure': [
    'drop procedure tidy',
    `create definer = '${READER}' procedure tidy(in a int) sql security definer comment 'tidy' delete from book where seats = a`,
  ],
  'rights to what is no more': ['create table gone (id int)', `grant select on gone to ${READER}`, 'drop table gone'],
};

export function mysqlDifferences(family: Family): Differences {
  const words = inOther[family];
  return {
    base: [`create user ${READER}`, ...base.map(words), ...ownBase[family]],
    end: [`drop user ${READER}`],
    seen: Object.fromEntries(
      Object.entries({ ...seen, ...own[family] }).map(([name, { to, back = [] }]) => [
        name,
        { to: to.map(words), back: back.map(words) },
      ]),
    ),
    unseen,
  };
}
