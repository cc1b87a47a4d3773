import {
  AuthenticationFailedError,
  DatabaseMissingError,
  DatabaseUnreachableError,
} from '../../errors/database.errors.js';
import { type MigrationError } from '../../errors/migration.error.js';

/** The address of a connection, for messages; contains no password. */
export interface ConnectionAddress {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string;
  readonly database: string;
}

/** Where a server is: `db.internal:5432`. */
export function addressText({ host, port }: Pick<ConnectionAddress, 'host' | 'port'>): string {
  return port === undefined ? host : `${host}:${port}`;
}

/** Error codes of drivers: the server refused the user. */
const authentication = new Set(['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR']);
/** Error codes of drivers: the database does not exist. MySQL denies access instead to a user without rights on it. */
const missing = new Set(['3D000', 'ER_BAD_DB_ERROR', 'ER_DBACCESS_DENIED_ERROR']);
/** Error codes of drivers: no server replies. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'PROTOCOL_CONNECTION_LOST',
  '57P03',
]);

/** What `pg` says without a code, and the code that Node has for it. */
const codeOfText: Readonly<Record<string, string>> = {
  'Connection terminated due to connection timeout': 'ETIMEDOUT',
  'timeout expired': 'ETIMEDOUT',
  'Connection terminated unexpectedly': 'ECONNRESET',
};

/**
 * The typed error behind a failure to connect, or `undefined` where the failure is something else. Looks through
 * wrapped and aggregated errors: for a refused `localhost`, Node throws one error for each address.
 */
export function connectionError(error: unknown, address: ConnectionAddress): MigrationError | undefined {
  const where = addressText(address);
  for (const { code, message } of codes(error)) {
    if (authentication.has(code)) return new AuthenticationFailedError(address.user, where, error);
    if (missing.has(code)) return new DatabaseMissingError(address.database, where, error);
    if (unreachable.has(code)) return new DatabaseUnreachableError(where, reason(code, message), error);
  }
  return undefined;
}

function reason(code: string, message: string): string {
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name is not known';
  if (code === 'ETIMEDOUT') return 'no reply in time';
  return message.replace(/\s+/g, ' ').trim() || code;
}

function* codes(error: unknown): Generator<{ code: string; message: string }> {
  if (typeof error !== 'object' || error === null) return;
  const { code, message, errors, cause } = error as {
    code?: unknown;
    message?: unknown;
    errors?: unknown;
    cause?: unknown;
  };
  const text = typeof message === 'string' ? message : '';
  const known = typeof code === 'string' ? code : codeOfText[text];
  if (known !== undefined) yield { code: known, message: text };
  if (Array.isArray(errors)) for (const inner of errors) yield* codes(inner);
  yield* codes(cause);
}
