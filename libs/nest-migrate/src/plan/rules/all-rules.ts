import { type Rule } from '../rule.js';
import { cascade } from './cascade.js';
import { charType } from './char-type.js';
import { concurrentInTransaction } from './concurrent-in-transaction.js';
import { concurrentOnPartitioned } from './concurrent-on-partitioned.js';
import { copyAlgorithm } from './copy-algorithm.js';
import { dataWithSchemaChange } from './data-with-schema-change.js';
import { dropColumn } from './drop-column.js';
import { dropDefault } from './drop-default.js';
import { dropIndexNotConcurrent } from './drop-index-not-concurrent.js';
import { dropNotNull } from './drop-not-null.js';
import { dropTable } from './drop-table.js';
import { dropView } from './drop-view.js';
import { enumValueRemoved } from './enum-value-removed.js';
import { enumValueRenamed } from './enum-value-renamed.js';
import { floatForMoney } from './float-for-money.js';
import { foreignKeyTypeMismatch } from './foreign-key-type-mismatch.js';
import { foreignKeyWithoutIndex } from './foreign-key-without-index.js';
import { identifierTooLong } from './identifier-too-long.js';
import { indexReplacedGap } from './index-replaced-gap.js';
import { instantAssumed } from './instant-assumed.js';
import { invalidIndex } from './invalid-index.js';
import { jsonType } from './json-type.js';
import { keyNearlyFull } from './key-nearly-full.js';
import { lockHeldRewrite } from './lock-held-rewrite.js';
import { lockHeldScan } from './lock-held-scan.js';
import { nameCase } from './name-case.js';
import { narrowerType } from './narrower-type.js';
import { newConstraint } from './new-constraint.js';
import { noLockTimeout } from './no-lock-timeout.js';
import { noPrimaryKey } from './no-primary-key.js';
import { notMeasured } from './not-measured.js';
import { notNullWithoutDefault } from './not-null-without-default.js';
import { publishedTable } from './published-table.js';
import { redundantIndex } from './redundant-index.js';
import { renameColumn } from './rename-column.js';
import { renameTable } from './rename-table.js';
import { repeatedRebuild } from './repeated-rebuild.js';
import { replicaLag } from './replica-lag.js';
import { reservedWord } from './reserved-word.js';
import { revisionFails } from './revision-fails.js';
import { rowVersionsFull } from './row-versions-full.js';
import { severalTablesLocked } from './several-tables-locked.js';
import { sharedLock } from './shared-lock.js';
import { sqliteRebuild } from './sqlite-rebuild.js';
import { statementsUnderExclusiveLock } from './statements-under-exclusive-lock.js';
import { strictModeOff } from './strict-mode-off.js';
import { tableRebuild } from './table-rebuild.js';
import { timestampWithoutZone } from './timestamp-without-zone.js';
import { typeChanged } from './type-changed.js';
import { unboundedDataChange } from './unbounded-data-change.js';
import { validateInSameTransaction } from './validate-in-same-transaction.js';
import { writeBlockingScan } from './write-blocking-scan.js';

/** Every rule. */
export const rules: readonly Rule[] = [
  lockHeldScan,
  lockHeldRewrite,
  writeBlockingScan,
  copyAlgorithm,
  sharedLock,
  tableRebuild,
  sqliteRebuild,
  cascade,
  charType,
  concurrentInTransaction,
  concurrentOnPartitioned,
  dataWithSchemaChange,
  dropColumn,
  dropDefault,
  dropIndexNotConcurrent,
  dropNotNull,
  dropTable,
  dropView,
  enumValueRemoved,
  enumValueRenamed,
  floatForMoney,
  foreignKeyTypeMismatch,
  foreignKeyWithoutIndex,
  identifierTooLong,
  indexReplacedGap,
  instantAssumed,
  invalidIndex,
  jsonType,
  keyNearlyFull,
  nameCase,
  narrowerType,
  newConstraint,
  noLockTimeout,
  noPrimaryKey,
  notMeasured,
  notNullWithoutDefault,
  publishedTable,
  redundantIndex,
  renameColumn,
  renameTable,
  repeatedRebuild,
  replicaLag,
  reservedWord,
  revisionFails,
  rowVersionsFull,
  severalTablesLocked,
  statementsUnderExclusiveLock,
  strictModeOff,
  timestampWithoutZone,
  typeChanged,
  unboundedDataChange,
  validateInSameTransaction,
];
