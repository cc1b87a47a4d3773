import { defineEntity, p } from '@mikro-orm/core';

const AuthorSchema = defineEntity({
  name: 'Author',
  properties: {
    id: p.integer().primary(),
    name: p.string().length(100),
    email: p.string().length(200).nullable().unique(),
  },
});
export class Author extends AuthorSchema.class {}
AuthorSchema.setClass(Author);

const BookSchema = defineEntity({
  name: 'Book',
  checks: [{ name: 'book_price_check', expression: 'price >= 0' }],
  properties: {
    id: p.integer().primary(),
    title: p.string().length(200).index(),
    isbn: p.string().length(13).nullable().unique(),
    status: p.enum(['draft', 'published', 'withdrawn']).default('draft'),
    price: p.decimal().precision(10).scale(2).default('0.00'),
    author: () => p.manyToOne(Author),
  },
});
export class Book extends BookSchema.class {}
BookSchema.setClass(Book);

/** What the shop sells: on PostgreSQL, the default connection. */
export const catalogueEntities = [Author, Book];
