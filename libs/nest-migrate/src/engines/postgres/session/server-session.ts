import { type ServerSession } from '../../session/server-session.js';
import { errorCode } from '../../session/limits.js';

/** The error codes of a server when one of its settings ends a session. */
const SETTINGS: Readonly<Record<string, string>> = {
  '25P03': 'idle_in_transaction_session_timeout',
  '25P04': 'transaction_timeout',
  '57P05': 'idle_session_timeout',
};

export const postgresServer: ServerSession = {
  number: 'select pg_backend_pid()',
  endedBy: (error) => SETTINGS[String(errorCode(error))],
};
