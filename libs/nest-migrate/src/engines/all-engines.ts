import { type EngineDefinition } from './engine.js';
import { mariadb } from './mariadb/mariadb.js';
import { mysql } from './mysql/mysql.js';
import { postgres } from './postgres/postgres.js';
import { sqlite } from './sqlite/sqlite.js';

/** Every engine. Where one driver could be for two of them, the more special one comes first. */
export const engines: readonly EngineDefinition[] = [mariadb, mysql, postgres, sqlite];
