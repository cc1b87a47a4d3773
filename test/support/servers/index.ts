export { startPostgres, startPostgres18, startPostgresOf } from './postgres.ts';
export { startMysql } from './mysql.ts';
export { startMariadb, startMariadb11 } from './mariadb.ts';
export { startPgbouncer } from './pgbouncer.ts';
export { startServers, stopServers } from './start-servers.ts';
export { type Server, type ServerCoordinates, type ServerOptions } from './server.ts';
