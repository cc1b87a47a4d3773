/** A code point that no text contains: Unicode reserves it for internal uses like this one. */
export const seal = '\uFDD0';

/**
 * Another one, put before a name that an object would take for its prototype: MikroORM keeps columns by their names.
 */
export const guard = '\uFDD2';

/**
 * A name without the dots at which MikroORM's `quoteIdentifier` would split it, and never `__proto__`. {@link unsealed}
 * restores the name in the finished SQL.
 */
export function sealed(name: string): string {
  return (name === '__proto__' ? guard : '') + name.replaceAll('.', seal);
}

export function unsealed(sql: string): string {
  return sql.replaceAll(seal, '.').replaceAll(guard, '');
}
