import { randomBytes } from 'node:crypto';

/** Random, so that it is found nowhere by chance; with characters that a careless URL would break on. */
export function randomPassword(): string {
  return `never-printed-${randomBytes(8).toString('hex')}/:@%`;
}
