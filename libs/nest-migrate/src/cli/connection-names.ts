import { CONTEXT_NAMES, getMikroORMToken } from '@mikro-orm/nestjs';
import { type ApplicationSlice } from './application-slice.js';

/**
 * Gives back the names of an application's connections. `@mikro-orm/nestjs` keeps them for the whole process, refuses
 * the second `forRoot()` with one, and forgets them in a lifecycle hook, of which none runs here.
 */
export function forgetConnectionNames({ modules, migrationModules }: ApplicationSlice): void {
  const suffix = getMikroORMToken('');
  const tokens = [...modules, ...migrationModules.flatMap(({ imports = [] }) => imports)].flatMap((module) =>
    typeof module === 'object' && 'exports' in module ? (module.exports ?? []) : [],
  );
  for (const token of tokens) {
    if (typeof token !== 'string' || !token.endsWith(suffix)) continue;
    const at = CONTEXT_NAMES.indexOf(token.slice(0, -suffix.length));
    if (at !== -1) CONTEXT_NAMES.splice(at, 1);
  }
}
