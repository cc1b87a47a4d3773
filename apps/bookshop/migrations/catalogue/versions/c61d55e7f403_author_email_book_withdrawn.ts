/**
 * authors get an address, books can be withdrawn
 *
 * Revision ID: c61d55e7f403
 * Revises: 5b1e0c1d2a01
 * Create Date: 2026-11-20T13:44:08+00:00
 */
import type { Operations } from 'nest-migrate';

export const revision = 'c61d55e7f403';
export const downRevision = '5b1e0c1d2a01';
export const branchLabels = 'contact';
export const dependsOn = null;
export const message = 'authors get an address, books can be withdrawn';
export const createDate = '2026-11-20T13:44:08+00:00';

export async function upgrade(op: Operations): Promise<void> {
  await op.addColumn('author', 'email', { type: 'string', length: 200, nullable: true });
  await op.createUniqueConstraint('author', 'email', { name: 'author_email_unique' });
  await op.alterColumn(
    'book',
    'status',
    { items: ['draft', 'published', 'withdrawn'] },
    { existing: { type: 'enum', items: ['draft', 'published'], default: 'draft' } },
  );
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute("update book set status = 'draft' where status = 'withdrawn'");
  await op.alterColumn(
    'book',
    'status',
    { items: ['draft', 'published'] },
    { existing: { type: 'enum', items: ['draft', 'published', 'withdrawn'], default: 'draft' } },
  );
  await op.dropConstraint('author', 'author_email_unique', { type: 'unique' });
  await op.dropColumn('author', 'email');
}
