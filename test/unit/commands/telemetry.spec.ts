import { afterEach, describe, expect, it } from '@jest/globals';
import { diag, DiagConsoleLogger, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { flushTelemetry, telemetryOf } from '../../../libs/nest-migrate/src/commands/telemetry-of.js';

/** A context of which nothing may be asked. */
const untouched = new Proxy({} as never, {
  get: (_, name) => {
    throw new Error(`asked for ${String(name)}`);
  },
});

afterEach(() => diag.disable());

describe('where the application has registered no SDK of OpenTelemetry', () => {
  it('nothing is asked of a run, and nothing is loaded', async () => {
    expect(await telemetryOf(untouched)).toBeUndefined();
  });

  it('and the package is what tells: whatever is registered with it is seen', async () => {
    diag.setLogger(new DiagConsoleLogger());
    await expect(telemetryOf(untouched)).rejects.toThrow('asked for isScratch');
  });
});

describe('the end of a process', () => {
  afterEach(() => trace.disable());

  it.each([
    ['waits until what is kept is sent', async (): Promise<void> => undefined],
    ['goes on where that fails', async (): Promise<void> => Promise.reject(new Error('no collector'))],
    ['goes on where that takes too long', async (): Promise<void> => new Promise(() => undefined)],
  ])('%s', async (_, send) => {
    let sent = 0;
    const forceFlush = async (): Promise<void> => {
      sent += 1;
      await send();
    };
    const nothing = (): void => undefined;
    const processor = { onStart: nothing, onEnd: nothing, shutdown: async () => undefined, forceFlush };
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
    await flushTelemetry(50);
    expect(sent).toBe(1);
  });
});
