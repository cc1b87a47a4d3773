/**
 * create sale
 *
 * Revision ID: 7c40d1a9e001
 * Revises: <base>
 * Create Date: 2026-11-20T13:43:42+00:00
 */
import type { Operations } from 'nest-migrate';

export const revision = '7c40d1a9e001';
export const downRevision = null;
export const branchLabels = null;
export const dependsOn = null;
export const message = 'create sale';
export const createDate = '2026-11-20T13:43:42+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.createTable('sale', {
    columns: {
      id: { type: 'bigint', unsigned: true, autoincrement: true },
      isbn: { type: 'string', length: 13 },
      quantity: { type: 'smallint', default: 1 },
      sold_at: { type: 'datetime' },
    },
    primaryKey: { columns: 'id' },
    indexes: [{ name: 'sale_isbn_index', columns: ['isbn'] }],
  });
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('sale');
}
