import { type MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../engines/detect.js';
import { ConnectionUrlError } from '../errors/configuration.errors.js';

/** The options that say where a connection goes, of the ORM or of one of its replicas. */
interface Coordinates {
  readonly clientUrl?: string;
  readonly host?: string;
  readonly user?: string;
  readonly dbName?: string;
}

/**
 * Makes sure that no part of a password can be read as a host, a port or a database name, which messages contain. To be
 * called before anything connects: `new URL()` throws an error that holds the whole URL.
 *
 * @throws ConnectionUrlError where a URL cannot be parsed, is ambiguous, or stands in the option of one of its parts.
 */
export function checkCoordinates(orm: MikroORM, connection: string): void {
  // an embedded database has a file or a folder, and a URL of no use
  if (engineFor(orm).capabilities.singleConnection) return;
  const { config } = orm;
  const replicas = (config.get('replicas') ?? []) as readonly Coordinates[];
  const main = {
    clientUrl: config.get('clientUrl'),
    host: config.get('host'),
    user: config.get('user'),
    dbName: config.get('dbName'),
  };
  for (const [index, coordinates] of [main, ...replicas].entries()) {
    const where = index === 0 ? '' : ` of replica ${index}`;
    const { clientUrl, host, user, dbName } = coordinates;
    // an engine of files has an empty one where the configuration names none
    if (clientUrl !== undefined && clientUrl !== '') {
      if (lacksScheme(clientUrl)) throw new ConnectionUrlError(connection, `clientUrl${where}`, schemeCure);
      if (!isReadable(clientUrl)) throw new ConnectionUrlError(connection, `clientUrl${where}`);
    }
    for (const [option, value] of Object.entries({ host, user, dbName })) {
      if (typeof value === 'string' && holdsCredentials(value)) {
        throw new ConnectionUrlError(
          connection,
          `${option}${where}`,
          'Write the URL as clientUrl, or its parts alone.',
        );
      }
    }
  }
}

/**
 * Makes an ORM.
 *
 * @throws ConnectionUrlError instead of the error of `new URL()`, which holds the whole URL.
 */
export async function readingUrls<T>(connection: string, makeOrm: () => T | Promise<T>): Promise<T> {
  try {
    return await makeOrm();
  } catch (error) {
    const isOfUrl = error instanceof URIError || (error as { code?: unknown } | null)?.code === 'ERR_INVALID_URL';
    throw isOfUrl ? new ConnectionUrlError(connection) : error;
  }
}

const schemeCure = 'Begin it with the scheme of a database, such as postgres://, mysql:// or mariadb://.';

/** The schemes that this tool's databases go by, here and elsewhere: `pgsql:`, `mysql2:`, `postgresql+psycopg:`. */
const databaseScheme = /^(?:postgres|postgresql|pgsql|pg|mysql|mysql2|mariadb)(?:\+\w+)?:/i;

/**
 * Whether a URL that has credentials begins with something else than a database's scheme. That may be the user, of a
 * URL without a scheme: `visitor://pass@word@host` has the user `visitor` then, and a part of the password where
 * `new URL()` sees a user.
 */
function lacksScheme(clientUrl: string): boolean {
  return clientUrl.includes('@') && !databaseScheme.test(clientUrl);
}

/**
 * Whether the driver finds the parts of a URL where its author put them. With an unencoded `/`, `?` or `#` in a
 * password the host ends early, and the rest of the password, up to an `@`, counts as the name of the database.
 */
function isReadable(clientUrl: string): boolean {
  try {
    const { hostname, username, password, pathname, search, hash } = new URL(clientUrl);
    [hostname, username, password, pathname].forEach(decodeURIComponent);
    const mayHoldPassword = /:.*@/s.test(clientUrl.replace(/^[a-z][\w+.-]*:\/\//i, ''));
    return !(mayHoldPassword && `${pathname}${search}${hash}`.includes('@'));
  } catch {
    return false;
  }
}

/** A URL of a server, with a user, where only a part of one belongs. The drivers of files have URLs without one. */
function holdsCredentials(value: string): boolean {
  return /^[a-z][\w+.-]*:\/\/.*@/is.test(value);
}
