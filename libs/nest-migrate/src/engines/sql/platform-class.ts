import { type AbstractSqlPlatform } from '@mikro-orm/sql';

/** The classes of MikroORM's that several engines' platforms extend. */
export type PlatformFamily = 'BaseMySqlPlatform' | 'BasePostgreSqlPlatform';

/**
 * Whether a platform extends a class of `@mikro-orm/sql`. By name, since the application's driver may have a copy of that
 * package of its own, whose classes are others than those that this library would import.
 */
export function isOfFamily(platform: AbstractSqlPlatform, family: PlatformFamily): boolean {
  return platformClasses(platform).includes(family);
}

/** The names of a platform's classes, the most special first. */
export function platformClasses(platform: AbstractSqlPlatform): readonly string[] {
  const names: string[] = [];
  for (
    let type = Object.getPrototypeOf(platform) as object | null;
    type !== null;
    type = Object.getPrototypeOf(type) as object | null
  ) {
    names.push(type.constructor.name);
  }
  return names;
}
