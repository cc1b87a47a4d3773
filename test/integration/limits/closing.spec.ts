/** An application that ends as soon as a run has, while a look at what its statement waited for still connects. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, serverEngines, serverOf } from '../../support/databases.ts';
import { closeGate, gateStatement } from '../../support/gate.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { startRecording } from '../../support/recording-proxy.ts';
import { executing } from '../../support/revision-file.ts';
import { scenario } from '../../support/scenario.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

describe.each(serverEngines)('an application on %s whose revision had to wait', (engine) => {
  it('closes behind the run, though the pool was just connecting to see what it waited for', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const gate = await closeGate(database);
    ending.push(() => gate.open());
    const proxy = await startRecording(serverOf(engine));
    ending.push(() => proxy.close());
    const at = await scenario(engine, {
      database: { ...database, options: { ...database.options, port: proxy.port } },
      revisions: { aaaa: executing(gateStatement(engine, database.name)) },
      poolMax: 4,
    });
    const closed = at.migrations.upgrade().then(() => at.end());
    await gate.reached();
    proxy.holdNew();
    while (proxy.held === 0) await pause(10);
    await gate.open();
    while ((await queryDatabase(database, 'select version_num from nest_migrate_version')).length === 0)
      await pause(10);
    // else nothing would show that the application waits for the connection
    await pause(200);
    proxy.letGo();
    const limit = new AbortController();
    const hangs = pause(60_000, undefined, { signal: limit.signal }).then(() => Promise.reject(new Error('it hangs')));
    await Promise.race([closed, hangs]);
    limit.abort();
    await hangs.catch(() => undefined);
    expect(proxy.held).toBe(0);
  });
});
