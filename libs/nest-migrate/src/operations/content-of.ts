import { type Reviewed } from './define.js';

/** The content of an operation as text, without its warning. A hook may return a copy of an operation. */
export function contentOf(operation: unknown): string {
  const { warning: _, ...content } = operation as Reviewed;
  return JSON.stringify(content, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
