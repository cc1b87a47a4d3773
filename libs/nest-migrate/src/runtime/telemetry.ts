import { setTimeout as pause } from 'node:timers/promises';
import { type LexicalRules } from '../engines/sql/sql-lexer.js';
import { withoutValues } from '../engines/sql/without-values.js';
import { MigrationError } from '../errors/migration.error.js';
import { type Operation } from '../operations/operation.js';
import { touchedTables } from '../operations/touched-tables.js';
import { causeOf } from './statement-failure.js';
import { version } from './version.js';

/** A value of a span or a measurement. */
type Attributes = Readonly<Record<string, string | number>>;

/** The database that is told about. */
export interface TracedDatabase {
  /** The connection's name. */
  readonly connection: string;
  /** As OpenTelemetry calls the engine: `postgresql`. */
  readonly system: string;
  /** The name of the database; absent for one in a file or in memory. */
  readonly namespace?: string;
  readonly host?: string;
  readonly port?: number;
  readonly rules: LexicalRules;
}

/** What a step of a run is told of. */
interface TracedStep {
  readonly direction: string;
  readonly revision: string | null;
  readonly message: string;
}

/** Tells OpenTelemetry of runs: a span a run, inside one a revision, inside one a statement; and how long they took. */
export interface Telemetry {
  run<T>(direction: string, work: () => Promise<T>): Promise<T>;
  /** @param attempt Which try of the revision it is, from 1. */
  revision<T>(step: TracedStep, attempt: number, work: () => Promise<T>): Promise<T>;
  statement<T>(sql: string, operations: readonly Operation[], work: () => Promise<T>): Promise<T>;
  /** Work of a revision whose statements are not known here. */
  work<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** How many revisions the database lacks. */
  pending(count: number): void;
}

/** Where every copy of `@opentelemetry/api` 1 keeps what an SDK has registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/** The kind of a span about a call of another system. */
const CLIENT = 2;
const ERROR = 2;

/** Migrations take from milliseconds to hours. */
const SECONDS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600, 14_400];

/** Whether the application has registered an SDK of OpenTelemetry. */
export function isTelemetryWanted(): boolean {
  return REGISTERED in globalThis;
}

/** What tells of the runs on a database; `undefined` where the application can't be told. Loads what that takes. */
export async function telemetryFor(database: TracedDatabase): Promise<Telemetry | undefined> {
  const { connection, system, namespace, host, port, rules } = database;
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (api === undefined) return undefined;
  const tracer = api.trace.getTracer('nest-migrate', version);
  const meter = api.metrics.getMeter('nest-migrate', version);
  const common: Attributes = { 'db.system.name': system, 'nest_migrate.connection': connection };
  const place: Attributes = {
    ...common,
    ...(namespace !== undefined && { 'db.namespace': namespace }),
    ...(host !== undefined && { 'server.address': host }),
    ...(port !== undefined && { 'server.port': port }),
  };
  /** What the next span is a part of. It is kept here, since an SDK may have nothing that follows asynchronous calls. */
  let around = api.context.active();

  /** Does the work in a span. What goes wrong with the span does not touch the work. */
  async function inSpan<T>(
    name: string,
    { kind, attributes }: { readonly kind?: number; readonly attributes: Attributes },
    work: () => Promise<T>,
  ): Promise<T> {
    const before = around;
    const span = quietly(() => tracer.startSpan(name, { kind, attributes: { ...place, ...attributes } }, before));
    if (span === undefined || api === undefined) return work();
    const inside = (around = api.trace.setSpan(before, span));
    try {
      return await api.context.with(inside, work);
    } catch (error) {
      // the text of an error may hold what rows hold
      quietly(() => span.setAttributes(failureOf(error)).setStatus({ code: ERROR, message: typeOf(error) }));
      throw error;
    } finally {
      around = before;
      quietly(() => span.end());
    }
  }

  /** Measures how long the work takes. */
  async function timed<T>(name: string, about: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const record = (more: Attributes): void =>
      void quietly(() =>
        meter
          .createHistogram(name, {
            unit: 's',
            description: `How long ${about} takes`,
            advice: { explicitBucketBoundaries: SECONDS },
          })
          .record((performance.now() - started) / 1_000, { ...common, ...attributes, ...more }),
      );
    try {
      const result = await work();
      record({});
      return result;
    } catch (error) {
      record({ 'error.type': typeOf(error) });
      throw error;
    }
  }

  return {
    run: (direction, work) => {
      const attributes = { 'nest_migrate.direction': direction };
      around = api.context.active();
      return timed('nest_migrate.run.duration', 'a run', attributes, () =>
        inSpan(`nest-migrate ${direction}`, { attributes }, work),
      );
    },
    revision: ({ direction, revision, message }, attempt, work) => {
      const attributes = { 'nest_migrate.direction': direction };
      const id = revision ?? 'base';
      const about = { 'nest_migrate.revision.id': id, 'nest_migrate.revision.message': message };
      return timed('nest_migrate.revision.duration', 'a revision', attributes, () =>
        inSpan(
          `${direction} ${id}`,
          { attributes: { ...attributes, ...about, 'nest_migrate.attempt': attempt } },
          work,
        ),
      );
    },
    statement: (sql, operations, work) => {
      const { text, command } = withoutValues(sql, rules);
      const table = onlyTable(operations);
      const summary = [command, ...(table === undefined ? [] : [table])].join(' ');
      const attributes = {
        'db.query.text': text,
        'db.operation.name': command,
        'db.query.summary': summary,
        ...(table !== undefined && { 'db.collection.name': table }),
      };
      return inSpan(summary, { kind: CLIENT, attributes }, work);
    },
    work: (name, work) => inSpan(name, { attributes: {} }, work),
    pending: (count) =>
      void quietly(() =>
        meter
          .createGauge('nest_migrate.revisions.pending', {
            unit: '{revision}',
            description: 'How many revisions the database lacks',
          })
          .record(count, common),
      ),
  };
}

/** How long the end of a process waits for a collector. */
const LONGEST_FLUSH_MS = 5_000;

/** Has an SDK send what it keeps, before the process ends. A collector that does not reply holds it for five seconds. */
export async function flushTelemetry(limitMs = LONGEST_FLUSH_MS): Promise<void> {
  if (!isTelemetryWanted()) return;
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (api === undefined) return;
  interface Provider {
    getDelegate?(): Provider;
    forceFlush?(): Promise<void>;
  }
  const traces = api.trace.getTracerProvider() as Provider;
  const providers: readonly Provider[] = [traces.getDelegate?.() ?? traces, api.metrics.getMeterProvider() as Provider];
  const flushed = Promise.allSettled(providers.map(async (provider) => provider.forceFlush?.()));
  const ended = new AbortController();
  const tooLong = pause(limitMs, undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([flushed, tooLong]);
  ended.abort();
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The table that operations are about, where it is one. */
function onlyTable(operations: readonly Operation[]): string | undefined {
  const tables = new Set(
    operations.flatMap((operation) =>
      touchedTables(operation).map(({ schema, table }) => (schema === undefined ? table : `${schema}.${table}`)),
    ),
  );
  return tables.size === 1 ? [...tables][0] : undefined;
}

/** The kind of an error: its code, else the name of its class. */
function typeOf(error: unknown): string {
  const cause = causeOf(error);
  if (cause instanceof MigrationError) return cause.code;
  return codeOf(cause) ?? (cause instanceof Error ? cause.name : typeof cause);
}

function failureOf(error: unknown): Attributes {
  const cause = causeOf(error);
  const code = cause instanceof MigrationError ? undefined : codeOf(cause);
  return { 'error.type': typeOf(error), ...(code !== undefined && { 'db.response.status_code': code }) };
}

/** What the database says of an error: PostgreSQL's SQLSTATE, the number of MySQL and SQLite. */
function codeOf(error: unknown): string | undefined {
  const { errno, code } = Object(error) as { readonly errno?: unknown; readonly code?: unknown };
  if (typeof errno === 'number' && errno > 0) return String(errno);
  return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}
