import { type Capabilities } from '../capabilities.js';
import { mysqlCapabilities } from '../mysql/capabilities.js';

export const mariadbCapabilities: Capabilities = {
  ...mysqlCapabilities,
  computedNulls: 'always',
  expressionsFollowRenames: true,
  replacesRoutines: true,
};
