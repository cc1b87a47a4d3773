/** Every engine of the suite; a spec loops over this list. */
export const engines = ['postgres', 'pglite', 'mysql', 'mariadb'] as const;
/** With SQLite, for the suites that hold on it as well. */
export const allEngines = [...engines, 'sqlite'] as const;
export type Engine = (typeof allEngines)[number];

/** The engines that are a process of their own. PGlite and SQLite live in the process of whoever opens them. */
export const serverEngines = ['postgres', 'mysql', 'mariadb'] as const;
export type ServerEngine = (typeof serverEngines)[number];

export const engineNames = {
  postgres: 'PostgreSQL',
  pglite: 'PGlite',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
} as const satisfies Record<Engine, string>;

/**
 * Where a server lists its sessions. MySQL's `information_schema.processlist` cannot be read while any session runs a
 * statement with an emoji.
 */
export const processLists = {
  mysql: 'performance_schema.processlist',
  mariadb: 'information_schema.processlist',
} as const;
