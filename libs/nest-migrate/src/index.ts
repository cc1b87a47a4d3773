export { MigrationModule } from './nest/migration.module.js';
export type {
  MigrationModuleAsyncOptions,
  MigrationModuleExtras,
  MigrationOptionsFactory,
} from './nest/options-source.js';
export { MigrationHealthIndicator } from './nest/migration-health-indicator.js';
export type { MigrationHealth, MigrationHealthOptions, MigrationsToCheck } from './nest/migration-health-indicator.js';
export { MigrationService } from './nest/migration.service.js';
export { getMigrationOptionsToken, getMigrationServiceToken, InjectMigrationService } from './nest/migration.tokens.js';

export { executeDbCommand, runDbCommand } from './cli/run-db-command.js';
export type { DbCommandFailure, DbCommandStreams, RunDbCommandOptions } from './cli/run-db-command.js';

export type { CheckOptions, CheckResult } from './commands/check.js';
export type { RebaseConflict, RebasedRevision, RebaseOptions, RebaseOverlap, RebaseResult } from './commands/rebase.js';
export type { PublishedFinding, PublishedProblem } from './commands/published-revisions.js';
export type { CertificateFinding, CertificateProblem } from './commands/squash-certificate.js';
export type {
  CompareServerDefault,
  CompareType,
  ComparedColumn,
  ComparedObject,
  ComparedType,
  ComparisonHooks,
  IncludeName,
  IncludeObject,
  NameParents,
} from './autogenerate/schema-comparison.js';
export type { AlteredRevision, Alteration } from './commands/altered-revisions.js';
export type { Common } from './commands/command-context.js';
export type { Renames } from './commands/compare-at-head.js';
export type { ConfigurableOptions, Configure, ConfigureCall } from './commands/configure.js';
export type { Current } from './commands/current.js';
export type { Fingerprint } from './commands/read-fingerprint.js';
export type { SchemaChange } from './commands/schema-change.js';
export type {
  ImportFinding,
  ImportOptions,
  ImportProof,
  ImportResult,
  ImportStamp,
  ImportTool,
  ImportedStep,
} from './commands/import-history.js';
export type { SquashOptions, SquashProof, SquashResult } from './commands/squash.js';
export type { BegunBackfill, SquashStatus, Status, Unfinished } from './commands/status.js';
export type { HistoryLine, LastStep } from './runtime/sql-history.js';
export type { EditOptions } from './commands/edit.js';
export type { CreateDatabaseResult } from './commands/create-database.js';
export type { BundleOptions, BundleResult } from './commands/bundle.js';
export type { BundledRevision } from './script/bundled-revision.js';
export type { DowngradeOptions } from './commands/downgrade.js';
export type { MarkOptions, MarkResult } from './commands/mark.js';
export type { FreshOptions, FreshResult } from './commands/fresh.js';
export type { EnsureVersionOptions, EnsureVersionResult } from './commands/ensure-version.js';
export type { HeadsOptions } from './commands/heads.js';
export type { HistoryOptions } from './commands/history.js';
export type { GraphOptions } from './commands/history-graph.js';
export type { GraphContent, GraphOperation, GraphResult, GraphRevision } from './commands/graph-result.js';
export type { InitOptions } from './commands/init.js';
export type { TemplateInfo } from './commands/list-templates.js';
export { withMigrationTables } from './commands/migration-tables.js';
export type { MigrationTableNames } from './commands/migration-tables.js';
export type { AtOptions, SchemaAt } from './commands/at.js';
export type { DriftOptions, DriftRepair, DriftResult } from './commands/drift.js';
export type { Merged, MergeOptions } from './commands/merge.js';
export type { MergeProof } from './commands/merge-proof.js';
export type { ConnectionDiff, MigrateOptions, MigrateResult } from './commands/migrate.js';
export type { NewRevision } from './commands/new-revision.js';
export type {
  BootMode,
  BootPlanOptions,
  DdlLimits,
  MigrationModuleOptions,
  PostWriteHook,
  ServiceToken,
  StartupProbe,
  VerificationOptions,
  VerifyRows,
} from './commands/options.js';
export type { RenderColumn, RenderedColumn } from './commands/render-column.js';
export type { RenderedItem, RenderItem } from './commands/render-item.js';
export type {
  BlameOptions,
  BlameResult,
  RecordingObstacle,
  TouchingRevision,
  UnrecordedRevision,
} from './commands/blame.js';
export type {
  AcceptedFinding,
  Diff,
  Preview,
  PreviewedStep,
  RenameCandidate,
  RevisionInfo,
  RunResult,
  SqlResult,
} from './commands/results.js';
export type { RepairOptions, RepairResult } from './commands/repair.js';
export type { Created } from './commands/revision.js';
export type {
  DirectiveOperations,
  DirectivesContext,
  DirectivesOption,
  DirectivesProcessor,
  ProcessRevisionDirectives,
  RevisionDirective,
} from './commands/revision-directives.js';
export { Rewriter } from './commands/rewriter.js';
export type { Rewrite, RewriteContext } from './commands/rewriter.js';
export type { RunOptions } from './commands/run.js';
export type { ShowOptions } from './commands/show.js';
export type { StampOptions } from './commands/stamp.js';
export type { Finding } from './commands/finding.js';
export type { OnlineSchemaChange } from './commands/options.js';
export type { LintOptions, LintResult } from './commands/lint.js';
export type { FixedRevision, LeftRevision, LintFixes } from './commands/lint-fix.js';
export type { PlanOptions } from './commands/plan.js';
export type { UpgradeOptions } from './commands/upgrade.js';
export type {
  Blocked,
  CountingKey,
  DatabaseStatistics,
  FailedStatement,
  HandedStatement,
  Level,
  Magnitude,
  PlanFinding,
  PlannedRevision,
  PlannedStatement,
  PlannedTable,
  PlanResult,
  TableSize,
  TableStatistics,
  Work,
} from './commands/plan-result.js';
export type { VerifiedRevision, VerifyOptions, VerifyResult } from './commands/verify.js';
export type { LockHolder } from './engines/session/lock.js';
export type { MigrationEvent, Step } from './runtime/events.js';
export type { Operations, RevisionData } from './runtime/revision-data.js';
export type { OnVersionApply, VersionApplied } from './runtime/version-apply.js';

export type {
  AlterAssertion,
  Operation,
  OperationOf,
  ColumnPlace,
  DeferMode,
  EnumColumn,
  EnumValueRename,
  IndexColumn,
  InSchema,
  Postcondition,
  RowLevelSecurity,
  Rule,
  TriggerEvent,
  TypeName,
} from './operations/operation.js';
export type {
  AnyOperation,
  AnyOperationDefinition,
  DeclarativeOperations,
  OperationDefinition,
  RegisteredArguments,
  RegisteredKind,
  RegisteredOperation,
  RegisteredOperations,
  RegisteredVerbs,
} from './operations/registered-operations.js';
export type { EncodedValue, Value } from './operations/value.js';
export type { Names } from './operations/arguments.js';
export type { PostWriteHookOptions } from './script/post-write-hooks.js';
export type { LockMode } from './runtime/lock-mode.js';
export type {
  BackfillByRows,
  BackfillBySql,
  BackfillOptions,
  BackfillPlace,
  BackfillProgress,
} from './operations/backfill.js';
export type { DeclaredVerbs, OperationVerbs } from './operations/verbs.js';
export type { Reviewed } from './operations/define.js';
export type { HistoryRow, HistorySeal } from './engines/tables/history-table.js';
export type { InputStream, OutputStream } from './cli/streams.js';
export type { ApplicationModule } from './cli/application-slice.js';
export type {
  ColumnChange,
  ColumnChangeDefinition,
  ColumnDefinition,
  ColumnOptions,
  Columns,
  NamedColumnDefinition,
} from './operations/column-definition.js';
export type {
  CheckDefinition,
  ForeignKeyDefinition,
  ForeignKeyOptions,
  PrimaryKeyDefinition,
  TableForeignKeyOptions,
  TableUniqueOptions,
  UniqueDefinition,
} from './operations/constraint-definitions.js';
export type { IndexColumns, IndexDefinition, IndexOptions, TableIndexOptions } from './operations/index-definition.js';
export type {
  AddColumnOperation,
  AlterColumnOperation,
  ColumnOperation,
  ColumnVerbs,
  DropColumnOperation,
  RenameColumnOperation,
} from './operations/kinds/column.operations.js';
export type {
  ColumnConversion,
  ColumnSyncOperation,
  ColumnSyncVerbs,
  SyncColumnsOperation,
  SyncColumnsOptions,
  UnsyncColumnsOperation,
} from './operations/kinds/column-sync.operations.js';
export type {
  ConstraintOperation,
  ConstraintVerbs,
  CreateCheckConstraintOperation,
  CreateForeignKeyOperation,
  CreatePrimaryKeyOperation,
  CreateUniqueConstraintOperation,
  DropConstraintOperation,
  PreviousConstraint,
  ValidateConstraintOperation,
} from './operations/kinds/constraint.operations.js';
export type {
  BulkInsertOperation,
  DataOperation,
  DataVerbs,
  ExecuteOperation,
} from './operations/kinds/data.operations.js';
export type {
  AlterEnumOperation,
  CreateEnumOperation,
  DropEnumOperation,
  EnumOperation,
  EnumVerbs,
} from './operations/kinds/enum.operations.js';
export type {
  CreateIndexOperation,
  DropIndexOperation,
  IndexOperation,
  IndexVerbs,
  RenameIndexOperation,
} from './operations/kinds/index.operations.js';
export type {
  AttachPartitionOperation,
  CreatePartitionOperation,
  DetachPartitionOperation,
  DropPartitionOperation,
  PartitionOperation,
  PartitionPlace,
  PartitionVerbs,
} from './operations/kinds/partition.operations.js';
export type {
  AlterRowLevelSecurityOperation,
  CreatePolicyOperation,
  DropPolicyOperation,
  PolicyDefinition,
  PolicyOperation,
  PolicyVerbs,
} from './operations/kinds/policy.operations.js';
export type {
  CreateRoutineOperation,
  DropRoutineOperation,
  RoutineDefinition,
  RoutineOperation,
  RoutineParameter,
  RoutineVerbs,
} from './operations/kinds/routine.operations.js';
export type {
  CreateSchemaOperation,
  DropSchemaOperation,
  SchemaOperation,
  SchemaVerbs,
} from './operations/kinds/schema.operations.js';
export type {
  AttributeOperation,
  AttributeVerbs,
  KeepAttributesOperation,
  NamedObject,
  RecreatedObjects,
  RestoreAttributesOperation,
} from './operations/kinds/attribute.operations.js';
export type {
  ChangingColumn,
  ChangingParts,
  ChangingType,
  DependentOperation,
  DependentVerbs,
  DropDependentsOperation,
  RestoreDependentsOperation,
} from './operations/kinds/dependent.operations.js';
export type {
  AlterSequenceOperation,
  CreateSequenceOperation,
  DropSequenceOperation,
  EncodedInteger,
  RenameSequenceOperation,
  SequenceChangeDefinition,
  SequenceDefinition,
  SequenceOperation,
  SequenceVerbs,
} from './operations/kinds/sequence.operations.js';
export type {
  AlterTableCommentOperation,
  CreateTableOperation,
  DropTableOperation,
  RenameTableOperation,
  RenameTableOptions,
  TableOperation,
  TableVerbs,
} from './operations/kinds/table.operations.js';
export type {
  CreateTriggerOperation,
  DropTriggerOperation,
  TriggerDefinition,
  TriggerOperation,
  TriggerVerbs,
} from './operations/kinds/trigger.operations.js';
export type {
  CreateMaterializedViewOperation,
  CreateViewOperation,
  DropMaterializedViewOperation,
  DropViewOperation,
  MaterializedViewDefinition,
  RefreshMaterializedViewOperation,
  ViewDefinition,
  ViewOperation,
  ViewVerbs,
} from './operations/kinds/view.operations.js';
export type { AddColumnOptions } from './operations/kinds/column.operations.js';
export type { PartitionOptions } from './operations/kinds/partition.operations.js';
export type { PolicyOptions } from './operations/kinds/policy.operations.js';
export type { RoutineOptions } from './operations/kinds/routine.operations.js';
export type { SequenceChange, SequenceOptions } from './operations/kinds/sequence.operations.js';
export type { ExistingTableOptions, TableOptions } from './operations/kinds/table.operations.js';
export type { TriggerOptions } from './operations/kinds/trigger.operations.js';

export { MigrationError } from './errors/migration.error.js';
export type { ErrorText, MigrationErrorOptions } from './errors/migration.error.js';
export type { CommandReference, Wording } from './errors/wording.js';
export {
  DatabaseNotAtHeadError,
  RenameNotFoundError,
  RevisionNotOfDatabaseError,
  SchemaNotFirstError,
  WrittenRevisionWrongError,
} from './errors/autogenerate.errors.js';
export { DatabaseAheadError, DatabaseBehindError, UpgradeAwaitedError } from './errors/boot.errors.js';
export {
  ImportedNotStampedError,
  ImportNotFirstError,
  ImportToolUnknownError,
  MigrationsNotFoundError,
  MigrationUnreadableError,
  MigratorMissingError,
  NothingImportedError,
} from './errors/import.errors.js';
export {
  AppliedStatementEditedError,
  BackfillMovedError,
  InterruptedRevisionError,
  InterruptedStatementError,
} from './errors/interrupted.errors.js';
export type {
  Interruption,
  InterruptionExits,
  NotedStatement,
  UnfinishedRevision,
} from './errors/interrupted.errors.js';
export {
  BaseUnknownError,
  EditorFailedError,
  NoCurrentRevisionsError,
  NoRevisionFilesError,
  NothingToMergeError,
  RebaseRefusedError,
  NothingToSquashError,
  SquashDataError,
  SquashUnprovableError,
} from './errors/command.errors.js';
export {
  ConnectionUrlError,
  DbLineMissingError,
  InvalidOptionError,
  MigrationModuleImportedTwiceError,
  OptionsNeedOrmError,
  OrmImportedTwiceError,
  OrmModuleError,
  OrmNotFoundError,
  VersionTableSharedError,
} from './errors/configuration.errors.js';
export {
  AuthenticationFailedError,
  DatabaseInUseError,
  DatabaseMissingError,
  DatabaseNotCreatedError,
  DatabaseUnreachableError,
  EmbeddedDatabaseMissingError,
  ForeignKeyViolationError,
  SessionNotKeptError,
  UnsupportedDriverError,
  UnsupportedServerError,
  WrongServerError,
} from './errors/database.errors.js';
export { DowngradeRefusedError, type LossRefusal } from './errors/loss.errors.js';
export { type FreshRefusal, FreshRefusedError, SeederFailedError, SeederMissingError } from './errors/fresh.errors.js';
export {
  ClusterNotVisibleError,
  LeaseLostError,
  LockOwnerSilentError,
  MemberNotReadyError,
  ReadOnlyMemberError,
  UnsafeMemberError,
} from './errors/cluster.errors.js';
export type { SilentOwner } from './errors/cluster.errors.js';
export type { ForeignKeyViolation } from './errors/database.errors.js';
export {
  InvalidOperationError,
  IrreversibleOperationError,
  MisplacedOperationError,
  UnsupportedOperationError,
} from './errors/operation.errors.js';
export type { MisplacedOperationReason } from './errors/operation.errors.js';
export {
  AmbiguousRevisionError,
  AmbiguousStartError,
  AmbiguousWalkError,
  BeyondBranchError,
  ConflictingStampError,
  DowngradeOffBranchError,
  DuplicateBranchLabelError,
  DuplicateHeadsError,
  DuplicateRevisionError,
  DuplicateVersionRowError,
  HistoryRangeSyntaxError,
  IllegalRevisionIdError,
  InvalidDowngradeTargetError,
  IrreversibleRevisionError,
  MissingRevisionError,
  MultipleHeadsError,
  NoBranchLabelError,
  NotAHeadError,
  OverlappingRevisionsError,
  RangeNotAllowedError,
  RangeNotAncestorError,
  RelativeRevisionError,
  ReplacedRevisionError,
  RevisionCycleError,
  RevisionError,
  RevisionIdInUseError,
  RevisionNotAppliedError,
  RevisionNotFoundError,
  RevisionNotOnBranchError,
  SquashInvalidError,
  SquashRangeError,
  UnknownVersionRowError,
  WalkedTooFarError,
} from './errors/revision.errors.js';
export type { HeadPurpose, HeadScript } from './errors/revision.errors.js';
export {
  ApplicationNotBuiltError,
  ConnectionFailedError,
  ConnectionLostError,
  LockLostError,
  LockReleaseError,
  LockTimeoutError,
  OutsideTransactionError,
  RevisionFailedError,
  ServiceNotExportedError,
  ServiceNotProvidedError,
  ServicesUnavailableError,
  ServiceUnresolvedError,
  SettingNotRestoredError,
  TransactionControlError,
  TransactionNeededError,
  TransactionEndedError,
  VersionConflictError,
  WrongRowError,
} from './errors/runtime.errors.js';
export {
  OfflineBackfillError,
  OfflinePurgeError,
  OfflineRangeError,
  OfflineVerbError,
  SqlNotWrittenError,
} from './errors/offline.errors.js';
export type { FailureAftermath, RevisionFailure } from './errors/runtime.errors.js';
export { RunAbortedError } from './errors/stopped.errors.js';
export type { StoppedRun } from './errors/stopped.errors.js';
export {
  DuplicateRevisionFileError,
  GitFailedError,
  PostWriteHookError,
  RevisionFileExistsError,
  RevisionFileInvalidError,
  RevisionFileSyntaxError,
  RevisionFunctionMissingError,
  RevisionNotWrittenError,
  ScriptDirectoryMissingError,
  RevisionsBundledError,
  ScriptDirectoryNotEmptyError,
  TemplateInvalidError,
  TemplateUnknownError,
  VersionPathRequiredError,
  VersionPathUnknownError,
} from './errors/script.errors.js';
export {
  BaselineInvalidError,
  BeyondScratchError,
  NotOnScratchError,
  ScratchForbiddenError,
  ScratchPlaceMissingError,
  ScratchPooledError,
} from './errors/rehearsal.errors.js';
export type { ScratchOptions, ScratchPlace, SendToScratch, SnapshotOptions } from './rehearsal/scratch-settings.js';
export {
  PlanFileInvalidError,
  PlanOutdatedError,
  PlanRefusedError,
  ReadOnlyUndoneError,
  StatisticsInvalidError,
} from './errors/plan.errors.js';
export { LargeTableError, LeftByProgramError, SchemaChangeFailedError } from './errors/schema-change.errors.js';
export { MigratedDatabaseError } from './errors/testing.errors.js';
export {
  ArgumentsLostError,
  BlameNameError,
  BuiltMainMissingError,
  ContextRequiredError,
  MigrationModuleMissingError,
  OutputNotWrittenError,
  ProjectSettingInvalidError,
  UnknownContextError,
  UsageError,
} from './errors/usage.errors.js';
export {
  IndistinctRevisionsError,
  RevisionIdTooLongError,
  OwnTableColumnMissingError,
  VersionTableColumnMissingError,
  VersionTableColumnTypeError,
  HistoryDisabledError,
  RowsMovedError,
  NoSchemaError,
  VersionTableSchemaMissingError,
} from './errors/version-table.errors.js';
