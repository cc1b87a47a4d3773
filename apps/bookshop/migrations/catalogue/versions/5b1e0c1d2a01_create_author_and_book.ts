/**
 * create author and book
 *
 * Revision ID: 5b1e0c1d2a01
 * Revises: <base>
 * Create Date: 2026-11-20T13:44:07+00:00
 */
import type { Operations } from 'nest-migrate';

export const revision = '5b1e0c1d2a01';
export const downRevision = null;
export const branchLabels = null;
export const dependsOn = null;
export const message = 'create author and book';
export const createDate = '2026-11-20T13:44:07+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.createTable('author', {
    columns: {
      id: { type: 'integer', autoincrement: true },
      name: { type: 'string', length: 100 },
    },
    primaryKey: { name: 'author_pkey', columns: 'id' },
  });
  await op.createTable('book', {
    columns: {
      id: { type: 'integer', autoincrement: true },
      title: { type: 'string', length: 200 },
      isbn: { type: 'string', length: 13, nullable: true },
      status: { type: 'enum', items: ['draft', 'published'], default: 'draft' },
      author_id: { type: 'integer' },
    },
    primaryKey: { name: 'book_pkey', columns: 'id' },
    uniques: [{ name: 'book_isbn_unique', columns: 'isbn' }],
    indexes: [{ name: 'book_title_index', columns: ['title'] }],
    foreignKeys: [
      {
        name: 'book_author_id_foreign',
        columns: 'author_id',
        referencedTable: 'author',
        referencedColumns: 'id',
      },
    ],
  });
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('book');
  await op.dropTable('author');
}
