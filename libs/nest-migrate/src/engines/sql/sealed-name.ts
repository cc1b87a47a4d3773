/** A code point that no text holds (Unicode keeps it free for uses like this one). */
export const seal = '\uFDD0';

/** Another one, in front of a name that an object takes for its prototype: MikroORM keeps columns by their names. */
export const guard = '\uFDD2';

/**
 * A name without the dots at which MikroORM's `quoteIdentifier` would split it, and never `__proto__`; {@link unsealed}
 * puts the name itself into the finished SQL.
 */
export function sealed(name: string): string {
  return (name === '__proto__' ? guard : '') + name.replaceAll('.', seal);
}

export function unsealed(sql: string): string {
  return sql.replaceAll(seal, '.').replaceAll(guard, '');
}
