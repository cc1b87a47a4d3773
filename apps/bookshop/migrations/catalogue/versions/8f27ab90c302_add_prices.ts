/**
 * add prices
 *
 * Revision ID: 8f27ab90c302
 * Revises: 5b1e0c1d2a01
 * Create Date: 2026-11-20T13:44:07+00:00
 */
import type { Operations } from 'nest-migrate';

export const revision = '8f27ab90c302';
export const downRevision = '5b1e0c1d2a01';
export const branchLabels = 'pricing';
export const dependsOn = null;
export const message = 'add prices';
export const createDate = '2026-11-20T13:44:07+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.addColumn('book', 'price', { type: 'decimal', precision: 10, scale: 2, default: 0 });
  await op.createCheckConstraint('book', 'price >= 0', { name: 'book_price_check' });
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropConstraint('book', 'book_price_check', { type: 'check' });
  await op.dropColumn('book', 'price');
}
