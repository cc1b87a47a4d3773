import { MySqlDriver } from '@mikro-orm/mysql';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { databaseAt, describeMigrations } from 'nest-migrate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogueEntities } from '../src/catalogue.entities.js';
import { reportingEntities } from '../src/reporting.entities.js';

const catalogue = {
  orm: {
    driver: PostgreSqlDriver,
    clientUrl: process.env['CATALOGUE_URL'] ?? 'postgresql://bookshop@127.0.0.1:5432/bookshop',
    entities: catalogueEntities,
  },
  directory: 'apps/bookshop/migrations/catalogue',
};
const reporting = {
  orm: {
    driver: MySqlDriver,
    clientUrl: process.env['REPORTING_URL'] ?? 'mysql://bookshop@127.0.0.1:3306/bookshop',
    entities: reportingEntities,
  },
  directory: 'apps/bookshop/migrations/reporting',
};
const runner = { beforeAll, describe, it };

describeMigrations({ ...catalogue, title: 'the catalogue', runner });
describeMigrations({ ...reporting, title: 'reporting', runner });

describe('prices', () => {
  let database: Awaited<ReturnType<typeof databaseAt>>;
  beforeAll(async () => {
    database = await databaseAt('5b1e', catalogue);
  }, 60_000);
  afterAll(() => database.close());

  it('are nothing for the books that were there before', async () => {
    await database.execute("insert into author (name) values ('Jane Austen')");
    await database.execute("insert into book (title, author_id) values ('Emma', 1)");
    await database.upgrade('8f27');
    expect(await database.execute('select title, price from book')).toEqual([{ title: 'Emma', price: '0.00' }]);
  });
});
