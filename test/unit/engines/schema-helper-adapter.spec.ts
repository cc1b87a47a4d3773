import { describe, expect, it } from '@jest/globals';
import { UnderscoreNamingStrategy } from '@mikro-orm/core';
import { MikroORM as MariaDb } from '@mikro-orm/mariadb';
import { MikroORM as MySql } from '@mikro-orm/mysql';
import { MikroORM as Postgres } from '@mikro-orm/postgresql';
import { type MikroORM, NodeSqliteDialect, SqliteDriver, MikroORM as Sql } from '@mikro-orm/sql';
import { MikroORM as Sqlite } from '@mikro-orm/sqlite';
import { type Ddl } from '../../../libs/nest-migrate/src/engines/ddl/ddl.js';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
const {
  addColumn,
  alterColumn,
  createForeignKey,
  createPrimaryKey,
  dropConstraint,
  bulkInsert,
  execute,
  createIndex,
  dropIndex,
  createTable,
  dropTable,
  renameTable,
} = builders;

const offline = {
  dbName: 'nest_migrate_absent',
  connect: false,
  entities: [],
  discovery: { warnWhenNoEntities: false },
};
const adapter = (orm: MikroORM) => engineFor(orm).ddl;
const postgres = adapter(new Postgres(offline));
const mysql = adapter(new MySql(offline));
const mariadb = adapter(new MariaDb(offline));
class Loud extends UnderscoreNamingStrategy {
  override indexName(table: string, columns: string[], type: string): string {
    return `LOUD ${type} ${table} ${columns.join(' ')}`;
  }
}
const sql = (by: Ddl, operation: Operation) => by.statements(operation).map((statement) => statement.sql);

describe('names', () => {
  it('keep their dots and quotes', () => {
    expect(sql(postgres, dropTable('a.b.c "d"', { schema: 'x.y' }))).toEqual(['drop table "x.y"."a.b.c ""d"""']);
    expect(sql(mysql, dropTable('a.b`c', { schema: 'x.y' }))).toEqual(['drop table `x.y`.`a.b``c`']);
    expect(sql(postgres, createIndex('a.b', ['c.d']))).toEqual(['create index "a.b_c_d_index" on "a.b" ("c.d")']);
  });

  it('leave out the default schema, and take the configured one', () => {
    expect(sql(postgres, dropTable('t', { schema: 'public' }))).toEqual(['drop table "t"']);
    const tenant = adapter(new Postgres({ ...offline, schema: 'tenant' }));
    expect(tenant.statements(dropTable('t'))).toMatchObject([
      { sql: 'drop table "tenant"."t"', postcondition: { schema: 'tenant', table: 't', exists: false } },
    ]);
    expect(sql(tenant, createForeignKey('t', 'a', 'u', 'id'))[0]).toContain('references "tenant"."u" ("id")');
    expect(sql(tenant, createTable('t', { columns: { id: { type: 'integer' } } }))).toEqual([
      'create table "tenant"."t" ("id" int not null)',
    ]);
  });

  it('move no table to another database on a rename', () => {
    expect(sql(mysql, renameTable('a', 'b', { schema: 'shop' }))).toEqual([
      'alter table `shop`.`a` rename to `shop`.`b`',
    ]);
    expect(sql(postgres, renameTable('a', 'b', { schema: 'shop' }))).toEqual(['alter table "shop"."a" rename to "b"']);
  });

  it('of a table in another database make MySQL say which one is meant', () => {
    expect(sql(mysql, createForeignKey('t', 'a', 'u', 'id', { schema: 'shop' }))[0]).toContain(
      'references `nest_migrate_absent`.`u` (`id`)',
    );
  });

  it('of constraints are made by the naming strategy, within the limit of the engine', () => {
    const [statement] = postgres.statements(createForeignKey('t'.repeat(40), 'c'.repeat(40), 'u', 'id'));
    const { constraint } = statement.postcondition as { constraint: string };
    expect(constraint.length).toBeLessThanOrEqual(63);
    expect(statement.sql).toContain(`"${constraint}"`);
  });

  it.each([
    ['postgres', Postgres, '"'],
    ['mysql', MySql, '`'],
    ['mariadb', MariaDb, '`'],
    ['sqlite', Sqlite, '`'],
  ] as const)("of constraints are made by a naming strategy of one's own on %s", (_, Orm, mark) => {
    const own = adapter(new (Orm as typeof Sqlite)({ ...offline, namingStrategy: Loud }));
    const statements = sql(
      own,
      createTable('t', {
        columns: { id: { type: 'integer', primary: true }, a: { type: 'integer' } },
        indexes: [{ columns: ['a'] }],
        uniques: [{ columns: ['id', 'a'] }],
        checks: [{ expression: 'a > 0' }],
        foreignKeys: [{ columns: 'a', referencedTable: 'u', referencedColumns: 'id' }],
      }),
    ).join('; ');
    for (const name of ['LOUD index t a', 'LOUD unique t id a', 'LOUD check t ', 'LOUD foreign t a']) {
      expect(statements).toContain(mark + name + mark);
    }
    const [index] = own.statements(createIndex('t', ['a'], { unique: true }));
    expect(index.postcondition).toMatchObject({ index: 'LOUD unique t a' });
  });

  it('hold no code point that this library uses for itself', () => {
    expect(() => postgres.statements(dropTable('a\uFDD0'))).toThrow('U+FDD0');
    expect(() => postgres.statements(dropTable('a\uFDD2'))).toThrow('U+FDD2');
    expect(sql(postgres, execute("select '\uFDD0'"))).toEqual(["select '\uFDD0'"]);
  });
});

describe('literals', () => {
  const text = `it's a \\ and a ?`;

  it('are escaped as the engine wants it', () => {
    const operation = addColumn('t', 'c', { type: 'enum', items: [text, 'b'], default: text, comment: text });
    expect(sql(postgres, operation)).toEqual([
      `alter table "t" add "c" text not null default E'it''s a \\\\ and a ?'`,
      `comment on column "t"."c" is  E'it''s a \\\\ and a ?'`,
      `alter table "t" add constraint "t_c_check" check ("c" in ( E'it''s a \\\\ and a ?', 'b'))`,
    ]);
    const plain = `'it''s a \\\\ and a ?'`;
    const whole = `alter table \`t\` add \`c\` enum(${plain},'b') not null default ${plain} comment ${plain}`;
    expect(sql(mysql, operation)).toEqual([whole]);
    expect(sql(mariadb, operation)).toEqual([whole]);
  });

  it('are hexadecimal on MySQL and MariaDB where a backslash would depend on the sql_mode', () => {
    const hex = `_utf8mb4 0x${Buffer.from(text).toString('hex')}`;
    for (const dialect of [mysql, mariadb]) {
      expect(sql(dialect, addColumn('t', 'c', { type: 'string', default: text }))).toEqual([
        `alter table \`t\` add \`c\` varchar(255) not null default ${hex}`,
      ]);
      expect(sql(dialect, execute('select ?, ?, ??', [text, "it's", 'a']))).toEqual([`select ${hex}, 'it''s', \`a\``]);
      // takes no hexadecimal text
      expect(sql(dialect, execute('alter user a identified by ?', [text]))).toEqual([
        `alter user a identified by 'it''s a \\\\ and a ?'`,
      ]);
    }
  });

  it('of dates, numbers and bytes are those of the column', () => {
    const value = (type: 'date' | 'datetime' | 'bigint' | 'blob', value: Date | bigint | Uint8Array) =>
      [postgres, mysql].map(
        (by) => /default (.*)$/.exec(sql(by, addColumn('t', 'c', { type, default: value }))[0])?.[1],
      );
    const at = new Date(Date.UTC(2020, 1, 3, 4, 5, 6));
    expect(value('date', at)).toEqual([`'2020-02-03'`, `'2020-02-03'`]);
    expect(value('datetime', at)).toEqual([`'2020-02-03T04:05:06Z'`, `'2020-02-03 04:05:06'`]);
    expect(value('bigint', 9007199254740993n)).toEqual(['9007199254740993', '9007199254740993']);
    expect(value('blob', new Uint8Array([1, 255]))).toEqual([`E'\\\\x01ff'`, `(X'01ff')`]);
  });

  it('fill placeholders, and nothing where there are no parameters', () => {
    expect(postgres.format('select ?? -> ? \\? ?', ['a"b', "it's", { $bigint: '5' }])).toBe(
      `select "a""b" -> 'it''s' ? 5`,
    );
    expect(postgres.format(`select data ? 'a', '??'`, [])).toBe(`select data ? 'a', '??'`);
  });

  it('become rows in one statement', () => {
    expect(
      sql(
        postgres,
        bulkInsert('t', [
          { a: 1, 'b.c': null },
          { 'b.c': true, a: 2 },
        ]),
      ),
    ).toEqual(['insert into "t" ("a", "b.c") values (1, null), (2, true)']);
    expect(sql(postgres, bulkInsert('t', []))).toEqual([]);
  });
});

describe('alterColumn', () => {
  it('restates the whole column on MySQL, and says so where it does not know it', () => {
    const existing = { type: 'string', length: 9, comment: 'x', default: 'a' } as const;
    expect(sql(mysql, alterColumn('t', 'c', { nullable: true }, { existing }))).toEqual([
      "alter table `t` modify `c` varchar(9) null default 'a' comment 'x'",
    ]);
    expect(() => mysql.statements(alterColumn('t', 'c', { nullable: true }))).toThrow(
      "alterColumn: column 'c' of table 't' has to be restated as a whole on mysql. Give the column that is there as 'existing', with its type.",
    );
    expect(sql(mysql, alterColumn('t', 'c', { default: 'b' }))).toEqual([
      "alter table `t` alter column `c` set default 'b'",
    ]);
  });

  it('lifts a default over a change of type on PostgreSQL', () => {
    const operation = alterColumn('t', 'c', { type: 'integer' }, { existing: { type: 'text', default: '1' } });
    expect(sql(postgres, operation)).toEqual([
      'alter table "t" alter column "c" drop default',
      'alter table "t" alter column "c" type int using ("c"::int)',
      `alter table "t" alter column "c" set default '1'`,
    ]);
  });

  it('casts to uuid and enums by way of text, and as told', () => {
    const start = 'alter table "t" alter column "c" type';
    expect(sql(postgres, alterColumn('t', 'c', { type: 'uuid' }))).toEqual([`${start} uuid using ("c"::text::uuid)`]);
    const toEnum = alterColumn('t', 'c', { type: 'enumArray', nativeEnumName: 'mood' });
    expect(sql(postgres, toEnum)).toEqual([`${start} "mood"[] using ("c"::text[]::"mood"[])`]);
    expect(sql(postgres, alterColumn('t', 'c', { type: 'integer', using: 'length(c)' }))).toEqual([
      `${start} int using (length(c))`,
    ]);
  });

  it('replaces the check of the items', () => {
    const existing = { type: 'enum', items: ['a'] } as const;
    expect(sql(postgres, alterColumn('t', 'c', { items: ['a', 'b'] }, { existing }))).toEqual([
      'alter table "t" drop constraint "t_c_check"',
      `alter table "t" add constraint "t_c_check" check ("c" in ('a', 'b'))`,
    ]);
  });

  it('wants a type to change the length of', () => {
    expect(() => postgres.statements(alterColumn('t', 'c', { length: 5 }))).toThrow(
      "alterColumn: column 'c' of table 't' changes its type, which is not named. Give 'type' or 'columnType', or the column as 'existing'.",
    );
  });
});

describe('what one engine has and another has not', () => {
  it('is told in one line', () => {
    expect(() => mysql.statements(dropIndex('t', 'i', { ifExists: true }))).toThrow(
      "dropIndex is not supported on mysql: what belongs to a table comes and goes without a condition there. Leave out 'ifExists'.",
    );
    expect(() => mariadb.statements(createIndex('t', ['a'], { name: 'i', where: 'a > 0' }))).toThrow(
      "createIndex is not supported on mariadb: it indexes columns only, and the index 'i' has 'where'. Index a generated column.",
    );
    expect(() => postgres.statements(addColumn('t', 'c', { type: 'enum', items: ['a'], ifNotExists: true }))).toThrow(
      "addColumn is not supported on postgres: 'ifNotExists' covers one statement, and column 'c' takes a constraint as well. Add the constraint in an operation of its own.",
    );
    expect(() => mariadb.statements(dropConstraint('t', 'p', { type: 'primaryKey', ifExists: true }))).toThrow(
      "dropConstraint is not supported on mariadb: a primary key is dropped without a condition there. Leave out 'ifExists'.",
    );
    expect(() => mysql.statements(addColumn('t', 'c', { type: 'interval' }))).toThrow(
      "type 'interval' is not supported on mysql: it has no such type. Use 'columnType'.",
    );
    const sqlite = adapter(
      new Sql({ ...offline, driver: SqliteDriver, driverOptions: new NodeSqliteDialect(':memory:') }),
    );
    expect(() => sqlite.statements(alterColumn('t', 'c', { type: 'text' }))).toThrow(
      "alterColumn: SQLite makes a new table for it, and has to know the present one. Use batchAlterTable with the table as 'existing', as db migrate --existing-tables writes it.",
    );
  });

  it('is written where it is there', () => {
    expect(sql(mariadb, addColumn('t', 'c', { type: 'text', after: 'b.`', ifNotExists: true }))).toEqual([
      'alter table `t` add column if not exists `c` text not null after `b.```',
    ]);
    expect(sql(mysql, addColumn('t', 'c', { type: 'text', first: true }))).toEqual([
      'alter table `t` add `c` text not null first',
    ]);
    expect(sql(postgres, addColumn('t', 'c', { type: 'text', comment: 'x', after: 'b', ifNotExists: true }))).toEqual([
      'alter table "t" add column if not exists "c" text not null',
      `comment on column "t"."c" is 'x'`,
    ]);
    expect(sql(mariadb, dropIndex('t', 'i', { ifExists: true }))).toEqual(['alter table `t` drop index if exists `i`']);
    expect(sql(mariadb, createIndex('t', ['a'], { name: 'i', unique: true, ifNotExists: true }))).toEqual([
      'alter table `t` add unique if not exists `i` (`a`)',
    ]);
    expect(
      postgres.statements(createIndex('t', ['a'], { name: 'i', concurrently: true, ifNotExists: true })),
    ).toMatchObject([
      { sql: 'create index concurrently if not exists "i" on "t" ("a")', outsideTransaction: true, repeatable: true },
    ]);
    expect(sql(mysql, createIndex('t', [], { name: 'i', expression: 'lower(a)' }))).toEqual([
      'alter table `t` add index `i` ((lower(a)))',
    ]);
  });

  it('is a column that counts: by a type, by an attribute, by identity', () => {
    const counted = (type: 'integer' | 'smallint' | 'bigint') =>
      createTable('t', { columns: { id: { type, primary: true, autoincrement: true } } });
    expect(sql(postgres, counted('integer'))).toEqual(['create table "t" ("id" serial primary key)']);
    expect(sql(postgres, counted('bigint'))).toEqual(['create table "t" ("id" bigserial primary key)']);
    expect(sql(postgres, counted('smallint'))).toEqual([
      'create table "t" ("id" smallserial not null, primary key ("id"))',
    ]);
    expect(sql(mysql, counted('integer'))[0]).toMatch(
      /^create table `t` \(`id` int not null auto_increment primary key\)/,
    );
    const identity = { type: 'bigint', autoincrement: true, primary: true, generated: 'identity' } as const;
    expect(sql(postgres, createTable('t', { columns: { id: identity } }))).toEqual([
      'create table "t" ("id" bigint generated always as identity not null primary key)',
    ]);
  });

  it('is the name of a primary key', () => {
    expect(sql(postgres, createPrimaryKey('t', 'id'))).toEqual(['alter table "t" add primary key ("id")']);
    expect(sql(postgres, createPrimaryKey('t', 'id', { name: 'pk' }))).toEqual([
      'alter table "t" add constraint "pk" primary key ("id")',
    ]);
    expect(sql(mysql, createPrimaryKey('t', 'id', { name: 'pk' }))).toEqual(['alter table `t` add primary key (`id`)']);
  });
});

it('a table with ifNotExists is one statement, and so are its parts', () => {
  const operation = createTable('t', {
    ifNotExists: true,
    columns: { a: { type: 'integer' }, b: { type: 'string' } },
    indexes: [{ columns: ['a'] }],
    uniques: [{ columns: 'b' }],
    checks: [{ expression: 'a > 0' }],
  });
  expect(sql(postgres, operation)).toEqual([
    'create table if not exists "t" ("a" int not null, "b" varchar(255) not null, constraint "t_b_unique" unique ("b"), constraint "t_check" check (a > 0))',
    'create index if not exists "t_a_index" on "t" ("a")',
  ]);
  expect(sql(mysql, operation)).toEqual([
    'create table if not exists `t` (`a` int not null, `b` varchar(255) not null, index `t_a_index` (`a`), unique `t_b_unique` (`b`), constraint `t_check` check (a > 0)) default character set utf8mb4 engine = InnoDB',
  ]);
});

it('SQL of a revision loses the semicolon at its end', () => {
  expect(sql(postgres, execute('select 1;\n'))).toEqual(['select 1']);
});
