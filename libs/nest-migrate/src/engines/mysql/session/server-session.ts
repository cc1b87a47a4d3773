import { type ServerSession } from '../../session/server-session.js';
import { errorCode } from '../../session/limits.js';

/** `ER_CLIENT_INTERACTION_TIMEOUT`; the driver reports it as a number or by its name. */
const IDLE: readonly unknown[] = [4031, '4031', 'ER_CLIENT_INTERACTION_TIMEOUT'];

export const mysqlServer: ServerSession = {
  number: 'select connection_id()',
  endedBy: (error) => (IDLE.includes(errorCode(error)) ? 'wait_timeout' : undefined),
};
