import { type EngineDefinition } from './engine-definition.js';
import { mariadb } from './mariadb/mariadb.js';
import { mysql } from './mysql/mysql.js';
import { postgres } from './postgres/postgres.js';
import { sqlite } from './sqlite/sqlite.js';

/** Every engine, the more special of two that one driver could be for before the other. */
export const engines: readonly EngineDefinition[] = [mariadb, mysql, postgres, sqlite];
