import { afterEach, describe, expect, it } from '@jest/globals';
import { diag, DiagConsoleLogger } from '@opentelemetry/api';
import { telemetryOf } from '../../../libs/nest-migrate/src/commands/telemetry-of.js';

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
