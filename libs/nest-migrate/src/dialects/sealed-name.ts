/** A code point that no text holds (Unicode keeps it free for uses like this one). */
export const seal = '\uFDD0';

/**
 * A name without the dots at which MikroORM's `quoteIdentifier` would split it; {@link unsealed} puts them back into
 * the finished SQL.
 */
export function sealed(name: string): string {
  return name.replaceAll('.', seal);
}

export function unsealed(sql: string): string {
  return sql.replaceAll(seal, '.');
}
