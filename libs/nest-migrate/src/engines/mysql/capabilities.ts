import { type Capabilities } from '../capabilities.js';

/** MySQL, and what MariaDB has in common with it. */
export const mysqlCapabilities: Capabilities = {
  transactionalDdl: false,
  sessionLock: true,
  singleConnection: false,
  schemas: false,
  comparesNullsByType: false,
  inlineEnums: true,
  implicitForeignKeyIndexes: true,
  constraintsShareNames: true,
  autoincrementNeedsKey: true,
  fillsNewColumns: true,
  checksFollowRenames: false,
  viewsBlockChanges: false,
  viewsHaveTriggers: false,
  replacesViews: true,
  overloadsRoutines: false,
  looseForeignKeys: false,
  placesColumns: true,
  sharedTypes: false,
  collationsIgnoreCase: true,
  computedNulls: 'kept',
  replacesRoutines: false,
};
