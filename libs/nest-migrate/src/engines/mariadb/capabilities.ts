import { type Capabilities } from '../capabilities.js';
import { mysqlCapabilities } from '../mysql/capabilities.js';

export const mariadbCapabilities: Capabilities = {
  ...mysqlCapabilities,
  computedNulls: 'always',
  foreignKeysHold: ['collation'],
  // 3072 bytes, for characters of four, three, two bytes and one
  ownIndexLengths: [768, 1024, 1536, 3072],
  expressionsFollowRenames: true,
  replacesRoutines: true,
  replacesTriggers: true,
};
