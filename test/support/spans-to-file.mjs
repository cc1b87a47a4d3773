/**
 * Loaded before an application (`node --import`): OpenTelemetry's SDK as one is set up, with an exporter that takes a while and
 * appends the names of spans to the file SPANS.
 */
import { appendFileSync } from 'node:fs';
import { trace } from '@opentelemetry/api';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const exporter = {
  export(spans, done) {
    setTimeout(() => {
      appendFileSync(process.env.SPANS, spans.map(({ name }) => `${name}\n`).join(''));
      done({ code: 0 });
    }, 300);
  },
  shutdown: async () => undefined,
};

trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] }));
