/** The engine, as `op.dialect` has it. PGlite is `postgres`. */
export type DialectName = 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
