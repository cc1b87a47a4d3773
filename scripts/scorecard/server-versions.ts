/** The versions of the servers that the tests were pointed at, asked of them. */
import { query } from '../../test/support/servers/query.ts';

const variables = {
  postgres: ['TEST_POSTGRES_URL', 'PostgreSQL'],
  mysql: ['TEST_MYSQL_URL', 'MySQL'],
  mariadb: ['TEST_MARIADB_URL', 'MariaDB'],
} as const;

/** Such as `PostgreSQL 15.18`; none for servers that a run of the tests started for itself. */
export async function serverVersions(): Promise<readonly string[]> {
  const versions: string[] = [];
  for (const [engine, [variable, product]] of Object.entries(variables)) {
    const url = process.env[variable];
    if (url === undefined) continue;
    const { hostname, port, username, password } = new URL(url);
    const login = {
      engine: engine as keyof typeof variables,
      host: hostname,
      port: Number(port),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
    const [row] = await query(
      login,
      engine === 'postgres' ? 'show server_version' : 'select version() as server_version',
    );
    versions.push(`${product} ${/^[\d.]+/.exec(String(row['server_version']))?.[0] ?? ''}`);
  }
  return versions;
}
