import { type AbstractSqlPlatform, BasePostgreSqlPlatform } from '@mikro-orm/sql';

/**
 * What the engine keeps of a name that is made up or that an entity gives: PostgreSQL counts bytes and drops the rest in
 * silence, the others count characters.
 */
export function keptName(platform: AbstractSqlPlatform, name: string): string {
  const limit = platform.getMaxIdentifierLength();
  if (!(platform instanceof BasePostgreSqlPlatform)) return name.slice(0, limit);
  let kept = name;
  while (Buffer.byteLength(kept) > limit) kept = [...kept].slice(0, -1).join('');
  return kept;
}
