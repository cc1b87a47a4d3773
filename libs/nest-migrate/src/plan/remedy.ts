import { type Operation } from '../operations/operation.js';
import { type PlannedStatement } from './planned-statement.js';

const IN_STEPS =
  'Add another column, fill it with op.backfill, let the next release use it, and drop the old one in the release after that.';

const OUT_OF_HOURS = 'Run it when few requests come.';

/** What to write in place of a statement that makes requests wait on PostgreSQL while it reads or writes a table. */
export function remedyOnPostgres({ operations, sql }: PlannedStatement): string {
  const [operation] = operations;
  return (operation === undefined ? undefined : remedyFor(operation)) ?? remedyForSql(sql);
}

function remedyFor(operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'createIndex':
      return 'Build it in op.autocommitBlock with concurrently: true, which lets requests go on.';
    case 'dropIndex':
      return 'Drop it in op.autocommitBlock with concurrently: true, which lets requests go on.';
    case 'createForeignKey':
    case 'createCheckConstraint':
      return 'Create it with notValid: true, and call op.validateConstraint in the next revision: that reads the rows without blocking requests.';
    case 'createUniqueConstraint':
    case 'createPrimaryKey': {
      const kind = operation.kind === 'createPrimaryKey' ? 'primary key' : 'unique';
      return `Build a unique index with concurrently: true, and make the constraint of it: alter table … add constraint … ${kind} using index ….`;
    }
    case 'refreshMaterializedView':
      return 'Refresh it with concurrently: true. The view needs a unique index for that.';
    case 'addColumn':
      return 'Add the column as nullable and without what is computed, set the default for new rows, and fill in the old ones with op.backfill.';
    case 'alterColumn':
      if (operation.change.nullable === false && operation.change.type == null && operation.change.columnType == null) {
        return `Create a check (${operation.column} is not null) with notValid: true, validate it in the next revision, and set not null behind that: PostgreSQL takes the check as the proof.`;
      }
      return IN_STEPS;
    case 'alterEnum':
      return 'Add values alone, at any place: that changes no row. To take one away, let no release write it first.';
    default:
      return undefined;
  }
}

function remedyForSql(sql: string): string {
  const text = sql.trim().toLowerCase();
  const isAlter = /^alter\s+table\b/.test(text);
  if (/^create\s+(?:unique\s+)?index\b/.test(text)) return 'Write create index concurrently, in op.autocommitBlock.';
  if (/^reindex\b/.test(text)) return 'Write reindex … concurrently, in op.autocommitBlock.';
  if (/^refresh\s+materialized\b/.test(text)) return 'Write refresh materialized view concurrently.';
  if (/^(?:cluster|vacuum)\b/.test(text)) return 'Use pg_repack, which copies the table beside requests.';
  if (isAlter && /\battach\s+partition\b/.test(text)) {
    return 'Give the partition a check with its bound first, not valid and validated in two revisions: PostgreSQL takes it as the proof.';
  }
  if (isAlter && /\bset\s+not\s+null\b/.test(text)) {
    return 'Add a check (… is not null) not valid, validate it in the next revision, and set not null behind that: PostgreSQL takes the check as the proof.';
  }
  if (isAlter && /\badd\b.*\b(?:unique|primary\s+key)\b/s.test(text)) {
    return 'Build a unique index concurrently, and make the constraint of it: add constraint … using index ….';
  }
  if (isAlter && /\badd\b.*\b(?:check|foreign\s+key|references)\b/s.test(text)) {
    return 'Add it not valid, and validate it in the next revision: that reads the rows without blocking requests.';
  }
  if (isAlter && /\btype\b/.test(text)) return IN_STEPS;
  return OUT_OF_HOURS;
}

/** What to write in place of a statement that copies a table on MySQL or MariaDB. */
export function remedyOnMysql({ operations }: PlannedStatement): string {
  const [operation] = operations;
  const tool = 'Let the program of the option onlineSchemaChange do it, which copies the table beside requests.';
  switch (operation?.kind) {
    case 'createForeignKey':
      return 'Run it with set foreign_key_checks = 0, which makes it INPLACE, once you know that every row refers to one that is there.';
    case 'alterColumn':
      return `${tool} Or add another column, fill it with op.backfill, and drop the old one in a later release.`;
    default:
      return tool;
  }
}
