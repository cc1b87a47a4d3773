import { defineEntity, p } from '@mikro-orm/core';

const Author = defineEntity({
  name: 'Author',
  properties: {
    id: p.integer().primary(),
    name: p.string().length(100).unique(),
    bio: p.text().nullable(),
  },
});

const BookV1 = defineEntity({
  name: 'Book',
  properties: {
    id: p.integer().primary(),
    title: p.string().length(200),
    status: p.enum(['draft', 'published']).default('draft'),
    author: () => p.manyToOne(Author).nullable(),
  },
});

const BookV2 = defineEntity({
  name: 'Book',
  indexes: [{ name: 'book_title_index', properties: ['title'] }],
  properties: {
    id: p.integer().primary(),
    title: p.string().length(300),
    status: p.enum(['draft', 'published', 'withdrawn']).default('draft'),
    price: p.decimal().precision(10).scale(2).default(0),
    isbn: p.string().length(13).nullable().unique(),
    author: () => p.manyToOne(Author).nullable(),
  },
});

const Review = defineEntity({
  name: 'Review',
  checks: [{ name: 'review_stars_check', expression: 'stars >= 1 and stars <= 5' }],
  properties: {
    id: p.integer().primary(),
    stars: p.smallint(),
    body: p.text(),
    createdAt: p.datetime(),
  },
});

/** The entities of the test application, before and after its developers changed them. */
export const entities = {
  v1: [Author, BookV1],
  v2: [Author, BookV2, Review],
};
