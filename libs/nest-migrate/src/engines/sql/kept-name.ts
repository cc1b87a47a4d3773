import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { isOfFamily } from './platform-class.js';

/**
 * A name as the engine keeps it, for names that are generated or that an entity gives. PostgreSQL counts bytes and
 * silently drops the rest; the others count characters.
 */
export function keptName(platform: AbstractSqlPlatform, name: string): string {
  const limit = platform.getMaxIdentifierLength();
  if (!isOfFamily(platform, 'BasePostgreSqlPlatform')) return name.slice(0, limit);
  let kept = name;
  while (Buffer.byteLength(kept) > limit) kept = [...kept].slice(0, -1).join('');
  return kept;
}
