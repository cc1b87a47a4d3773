/**
 * create book
 *
 * Revision ID: f48387eb4bf2
 * Revises: <base>
 * Create Date: 2026-11-20T13:38:09+00:00
 */
import type { Operations } from 'nest-migrate';

export const revision = 'f48387eb4bf2';
export const downRevision = null;
export const branchLabels = null;
export const dependsOn = null;
export const message = 'create book';
export const createDate = '2026-11-20T13:38:09+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.createTable('book', {
    columns: {
      id: { type: 'integer', autoincrement: true },
      title: { type: 'string', length: 200 },
      status: { type: 'string', length: 255, default: 'draft' },
    },
    primaryKey: { name: 'book_pkey', columns: 'id' },
  });
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('book');
}
