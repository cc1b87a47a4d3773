import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider } from '@opentelemetry/sdk-metrics';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type MigrationEvent } from 'nest-migrate';
import { type Engine } from '../../support/databases.ts';
import { openTransaction } from '../../support/open-transaction.ts';
import { executing } from '../../support/revision-file.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';

const SECRET = 'ann@example.org';

const ending: (() => Promise<unknown>)[] = [];
const spans = new InMemorySpanExporter();
let measured: InMemoryMetricExporter;

/** The SDK, as an application registers it. */
function register(...processors: ConstructorParameters<typeof TracerProvider>[0][]): void {
  const [options] = processors;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })], ...options }),
  );
  measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  metrics.setGlobalMeterProvider(
    new MeterProvider({
      readers: [new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 })],
    }),
  );
}

beforeEach(() => register());
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
  await (metrics.getMeterProvider() as MeterProvider).shutdown();
  for (const api of [context, trace, metrics]) api.disable();
  spans.reset();
});

async function application(engine: Engine, revisions: Revisions, options: ScenarioOptions = {}): Promise<Scenario> {
  const at = await scenario(engine, { revisions, ...options });
  ending.push(() => at.end());
  return at;
}

interface Node {
  readonly name: string;
  readonly failed?: string;
  readonly in?: readonly Node[];
}

/** The spans as trees, in the order in which they began. */
function trees(parent?: string): readonly Node[] {
  const all = spans.getFinishedSpans().toSorted((a, b) => nanoseconds(a) - nanoseconds(b));
  return all
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
    .map((span) => {
      const inside = trees(span.spanContext().spanId);
      const { code, message } = span.status;
      return {
        name: span.name,
        ...(code === SpanStatusCode.ERROR && { failed: message }),
        ...(inside.length > 0 && { in: inside }),
      };
    });
}

function nanoseconds({ startTime: [seconds, rest] }: ReadableSpan): number {
  return seconds * 1e9 + rest;
}

function attributesOf(name: string): unknown {
  return spans.getFinishedSpans().find((span) => span.name === name)?.attributes;
}

/** The last value, or the number of values, of each measurement, by its name and what it is about. */
async function measurements(): Promise<Readonly<Record<string, number>>> {
  measured.reset();
  await (metrics.getMeterProvider() as MeterProvider).forceFlush();
  const found = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return Object.fromEntries(
    found.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ value, attributes }) => [
        [descriptor.name, attributes['nest_migrate.direction'], attributes['error.type']].filter(Boolean).join(' '),
        typeof value === 'number' ? value : (value as { count: number }).count,
      ]),
    ),
  );
}

const books: Revisions = {
  a1: (op) => op.createTable('book', { columns: { id: { type: 'integer', primary: true }, mail: { type: 'string' } } }),
  b2: async (op) => {
    await op.execute("insert into book (id, mail) values (1, 'ann@example.org') -- ann@example.org");
    await op.query('select * from book where mail = ?', ['ann@example.org']);
    await op.transaction(async ({ em }) => {
      await em.execute("update book set mail = 'ann@example.org'");
    });
  },
};

describe('what OpenTelemetry is told', () => {
  it.each(['postgres', 'sqlite'] as const)(
    'a span a run, revision and statement, without values, on %s',
    async (engine) => {
      const { migrations } = await application(engine, books);
      await trace.getTracer('shop').startActiveSpan('deployment', async (span) => {
        await migrations.upgrade();
        span.end();
      });
      await migrations.downgrade();
      const work = { name: 'op.transaction' };
      expect(trees()).toEqual([
        {
          name: 'deployment',
          in: [
            {
              name: 'nest-migrate upgrade',
              in: [
                { name: 'upgrade a1', in: [{ name: 'create table book' }] },
                { name: 'upgrade b2', in: [{ name: 'insert' }, { name: 'select' }, work] },
              ],
            },
          ],
        },
        { name: 'nest-migrate downgrade', in: [{ name: 'downgrade b2' }] },
      ]);
      const database = {
        'db.system.name': engine === 'postgres' ? 'postgresql' : 'sqlite',
        'nest_migrate.connection': 'default',
      };
      expect(attributesOf('upgrade a1')).toMatchObject({
        ...database,
        'nest_migrate.direction': 'upgrade',
        'nest_migrate.revision.id': 'a1',
        'nest_migrate.revision.message': 'revision a1',
        'nest_migrate.attempt': 1,
      });
      expect(attributesOf('create table book')).toMatchObject({
        ...database,
        'db.query.text': expect.stringMatching(/^create table .book. \(/),
        'db.query.summary': 'create table book',
        'db.operation.name': 'create table',
        'db.collection.name': 'book',
      });
      expect(attributesOf('insert')).toMatchObject({
        'db.query.text': 'insert into book (id, mail) values (?, ?)',
        'db.operation.name': 'insert',
      });
      expect(attributesOf('select')).toMatchObject({ 'db.query.text': 'select * from book where mail = ?' });
      const statement = spans.getFinishedSpans().find(({ name }) => name === 'insert');
      expect(statement?.kind).toBe(SpanKind.CLIENT);
      expect(
        JSON.stringify(spans.getFinishedSpans().map(({ attributes, status }) => [attributes, status])),
      ).not.toContain(SECRET);
    },
  );

  it('how many revisions are pending, and how long runs and revisions take', async () => {
    const { migrations } = await application('sqlite', books);
    await migrations.status();
    expect(await measurements()).toEqual({ 'nest_migrate.revisions.pending': 2 });
    await migrations.upgrade({ target: 'a1' });
    expect(await measurements()).toMatchObject({ 'nest_migrate.revisions.pending': 1 });
    await migrations.upgrade();
    await migrations.downgrade();
    expect(await measurements()).toEqual({
      'nest_migrate.revisions.pending': 1,
      'nest_migrate.run.duration upgrade': 2,
      'nest_migrate.run.duration downgrade': 1,
      'nest_migrate.revision.duration upgrade': 2,
      'nest_migrate.revision.duration downgrade': 1,
    });
  });

  it('where a server is, and how a statement failed, without what it says of rows', async () => {
    const at = await application('postgres', {
      a1: executing('create table book (mail text primary key)', "insert into book values ('ann@example.org')"),
      b2: executing("insert into book values ('ann@example.org')"),
    });
    await expect(at.migrations.upgrade()).rejects.toThrow();
    const failed = { name: 'insert', failed: '23505' };
    expect(trees()).toEqual([
      {
        name: 'nest-migrate upgrade',
        failed: 'REVISION_FAILED',
        in: [
          { name: 'upgrade a1', in: [{ name: 'create table' }, { name: 'insert' }] },
          { name: 'upgrade b2', failed: '23505', in: [failed] },
        ],
      },
    ]);
    const statement = spans.getFinishedSpans().find(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(statement?.attributes).toMatchObject({
      'db.namespace': at.database.name,
      'server.address': expect.any(String),
      'server.port': expect.any(Number),
      'error.type': '23505',
      'db.response.status_code': '23505',
    });
    expect(
      JSON.stringify(spans.getFinishedSpans().map((span) => [span.attributes, span.status, span.events])),
    ).not.toMatch(/ann@example|password/);
    expect(await measurements()).toMatchObject({
      'nest_migrate.revisions.pending': 1,
      'nest_migrate.run.duration upgrade REVISION_FAILED': 1,
      'nest_migrate.revision.duration upgrade': 1,
      'nest_migrate.revision.duration upgrade 23505': 1,
    });
  });

  it.each([
    { engine: 'postgres', each: 'revision' },
    { engine: 'mysql', each: 'statement' },
  ] as const)('each try of a $each that waited for a lock, on $engine', async ({ engine, each }) => {
    const module = { ddl: { lockTimeout: 150, retries: 20 } };
    const at = await application(engine, { a1: executing('create table busy (id int)') }, { module, poolMax: 2 });
    await at.migrations.upgrade();
    await at.addRevision('b2', 'a1', executing('alter table busy add n int'));
    spans.reset();
    const { end } = await openTransaction(at.database, 'select * from busy');
    ending.push(end);
    let ended: Promise<void> | undefined;
    await at.migrations.upgrade({ onEvent: ({ type }) => void (type === 'retrying' && (ended ??= end())) });
    await ended;
    const [run] = trees();
    const tries = each === 'revision' ? run.in : run.in?.[0]?.in;
    expect(tries?.[0]).toMatchObject({ failed: engine === 'postgres' ? '55P03' : '1205' });
    expect(tries?.at(-1)).not.toHaveProperty('failed');
    expect(run).not.toHaveProperty('failed');
    const attempts = spans.getFinishedSpans().flatMap(({ attributes }) => attributes['nest_migrate.attempt'] ?? []);
    expect(attempts).toEqual(each === 'revision' ? tries?.map((_, index) => index + 1) : [1]);
  });

  it('nothing of scratch databases', async () => {
    const events: MigrationEvent[] = [];
    const module = { scratch: scratchOption('sqlite'), onEvent: (event: MigrationEvent) => void events.push(event) };
    const { migrations } = await application('sqlite', books, { module });
    await migrations.verify({ all: true });
    expect(trees()).toEqual([]);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['verifying']));
  });

  it('and a run goes on where what listens fails', async () => {
    for (const api of [context, trace, metrics]) api.disable();
    const fail = (): never => {
      throw new Error('full');
    };
    const onStart = fail;
    const processor = { onStart, onEnd: fail, forceFlush: async () => undefined, shutdown: async () => undefined };
    register({ spanProcessors: [processor] });
    const { migrations } = await application('sqlite', books);
    expect((await migrations.upgrade()).rows).toEqual(['b2']);
  });
});

describe('the listener of the options', () => {
  it('hears every command, before the listener of the call', async () => {
    const heard: string[] = [];
    const { migrations } = await application('sqlite', books, {
      module: { onEvent: ({ connection, type }) => void heard.push(`${connection} ${type}`) },
    });
    await migrations.upgrade({ target: 'a1', onEvent: ({ type }) => void heard.push(type) });
    expect(heard.slice(0, 2)).toEqual(['default planned', 'planned']);
    expect(heard).toEqual(
      expect.arrayContaining(['default stepStarted', 'default statementFinished', 'default stepFinished']),
    );
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new Error('no room');
      },
    ],
    ['rejects', async (): Promise<never> => Promise.reject(new Error('no room'))],
  ])('that %s does not fail the run, which warns once', async (_, onEvent) => {
    const { migrations } = await application('sqlite', books, { module: { onEvent } });
    const warnings: string[] = [];
    const { rows } = await migrations.upgrade({
      onEvent: (event) => void (event.type === 'warning' && warnings.push(event.message)),
    });
    expect(rows).toEqual(['b2']);
    expect(warnings).toEqual([expect.stringMatching(/^The listener of the option 'onEvent' fails.*: no room$/)]);
  });
});
