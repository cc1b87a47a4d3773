/** Engines that run in this process, whose statements give the event loop no turn by themselves. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent } from 'nest-migrate';
import { executing } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

const statements = ['one', 'two', 'three', 'four'].map((name) => `create table ${name} (id integer)`);

/** Asks to stop at the first statement that begins, as a signal of the process does: in the event loop's next turn. */
function stoppedAtOnce(): { signal: AbortSignal; onEvent: (event: MigrationEvent) => void; begun: string[] } {
  const controller = new AbortController();
  const begun: string[] = [];
  const onEvent = (event: MigrationEvent): void => {
    if (event.type !== 'statementStarted') return;
    begun.push(event.sql);
    if (begun.length === 1) setImmediate(() => controller.abort(new Error('Stopped by SIGINT.')));
  };
  return { signal: controller.signal, onEvent, begun };
}

describe.each(['sqlite', 'pglite'] as const)('a run on %s', (engine) => {
  it('hears that it is to stop before the next statement of a revision', async () => {
    const at = await scenario(engine, { revisions: { aaaa: executing(...statements) } });
    running.push(at);
    const { begun, ...options } = stoppedAtOnce();
    await expect(at.migrations.upgrade(options)).rejects.toMatchObject({ code: 'RUN_ABORTED' });
    expect(begun).toEqual(statements.slice(0, 1));
    expect((await at.migrations.current()).rows).toEqual([]);
  });
});
