/**
 * merge pricing and contact
 *
 * Revision ID: e90f4a7b1504
 * Revises: 8f27ab90c302, c61d55e7f403
 * Create Date: 2026-11-20T13:44:09+00:00
 */
import type { Operations } from 'nest-migrate';

export const revision = 'e90f4a7b1504';
export const downRevision = ['8f27ab90c302', 'c61d55e7f403'];
export const branchLabels = null;
export const dependsOn = null;
export const message = 'merge pricing and contact';
export const createDate = '2026-11-20T13:44:09+00:00';

export async function upgrade(op: Operations): Promise<void> {
  void op; // nothing to do
}

export async function downgrade(op: Operations): Promise<void> {
  void op; // nothing to do
}
