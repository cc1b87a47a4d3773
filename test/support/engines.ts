/** Every engine of the suite; a spec loops over this list. */
export const engines = ['postgres', 'pglite', 'mysql', 'mariadb'] as const;
export type Engine = (typeof engines)[number];

/** The engines that are a process of their own. PGlite lives in the process of whoever opens its folder. */
export const serverEngines = ['postgres', 'mysql', 'mariadb'] as const;
export type ServerEngine = (typeof serverEngines)[number];

export const engineNames = {
  postgres: 'PostgreSQL',
  pglite: 'PGlite',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
} as const satisfies Record<Engine, string>;
