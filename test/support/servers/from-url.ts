/** A server that is already running, named by TEST_POSTGRES_URL, TEST_MYSQL_URL or TEST_MARIADB_URL. */
import { engineNames, type ServerEngine } from '../engines.ts';
import { reasonOf } from '../reasons.ts';
import { query } from './query.ts';
import { type Server } from './server.ts';

const variables = {
  postgres: { name: 'TEST_POSTGRES_URL', port: 5432 },
  mysql: { name: 'TEST_MYSQL_URL', port: 3306 },
  mariadb: { name: 'TEST_MARIADB_URL', port: 3306 },
} as const satisfies Record<ServerEngine, { name: string; port: number }>;

/** The version when the server is of that engine: a MariaDB server answers to MySQL's protocol too. */
export function versionOfEngine(engine: ServerEngine, answer: string): string | undefined {
  if (engine !== 'postgres' && answer.includes('MariaDB') !== (engine === 'mariadb')) return undefined;
  return /\d+(?:\.\d+)+/.exec(answer)?.[0];
}

/** Undefined when the variable is not set. */
export async function serverFromUrl(engine: ServerEngine): Promise<Server | undefined> {
  const { name, port } = variables[engine];
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!URL.canParse(text)) throw new Error(`${name} is not a URL: use scheme://user:password@host:port.`);
  const url = new URL(text);
  const login = {
    engine,
    host: url.hostname,
    port: url.port === '' ? port : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  let answer: string;
  try {
    const [row] = await query(login, 'select version() as version');
    answer = String(row?.['version']);
  } catch (cause) {
    throw new Error(
      `${name}: ${engineNames[engine]} at ${login.host}:${login.port} does not answer: ${reasonOf(cause)}`,
      {
        cause,
      },
    );
  }
  const version = versionOfEngine(engine, answer);
  if (version === undefined) throw new Error(`${name} is not a ${engineNames[engine]} server: it says '${answer}'.`);
  return { ...login, version, origin: 'url', stop: async () => undefined };
}
