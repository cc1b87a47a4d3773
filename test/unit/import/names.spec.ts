import { describe, expect, it } from '@jest/globals';
import { messageOf, momentOf, revisionIdOf } from '../../../libs/nest-migrate/src/import/imported-names.js';

const none = { kind: 'sql', statements: [] } as const;
const creating = (sql: string, ...more: string[]) =>
  ({ kind: 'sql', statements: [sql, ...more].map((each) => ({ sql: each, params: [] })) }) as const;

describe('the names of migrations', () => {
  it.each([
    ['Migration20240131235959', '20240131235959', '2024-01-31T23:59:59.000Z'],
    ['Migration20240131235959_add_books', '20240131235959', '2024-01-31T23:59:59.000Z'],
    ['20240131235959_init', '20240131235959', '2024-01-31T23:59:59.000Z'],
    ['AddBooks1706745599000', '1706745599000', '2024-01-31T23:59:59.000Z'],
  ])('give %s the id and the moment that they have', (name, id, moment) => {
    expect(revisionIdOf(name, () => false)).toBe(id);
    expect(momentOf(name)?.toISOString()).toBe(moment);
  });

  it('give an id that is always the same where they have no moment, or where another one has it', () => {
    const id = revisionIdOf('0001_init', () => false);
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(revisionIdOf('0001_init', () => false)).toBe(id);
    expect(revisionIdOf('0002_more', () => false)).not.toBe(id);
    expect(momentOf('0001_init')).toBeUndefined();
    expect(revisionIdOf('Migration20240131235959_b', (taken) => taken === '20240131235959')).toMatch(/^[0-9a-f]{12}$/);
  });

  it.each([
    ['Migration20240131235959_add_books', none, 'add books'],
    ['AddBookTitles1706745599000', none, 'add book titles'],
    ['0001_silly_hulk', none, 'silly hulk'],
    ['V2__create_books', none, '2 create books'],
    ['Migration20240131235959', creating('create table "book" ("id" int)'), 'create table book'],
    [
      'Migration20240131235959',
      creating('alter table `shop`.`book` add x int', 'drop table y'),
      'alter table shop.book and more',
    ],
    ['Migration20240131235959', none, 'Migration20240131235959'],
  ])('tell what %s is about', (name, up, message) => {
    expect(messageOf({ name, up })).toBe(message);
  });
});
