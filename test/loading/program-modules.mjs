/**
 * Runs lines of the program `nest-migrate` in this process, in the working directory, and prints what was loaded for
 * them, and the exit codes, as JSON. The first argument is the folder of the compiled library.
 */
import { registerHooks } from 'node:module';

const loaded = new Set();
registerHooks({
  load(url, context, next) {
    loaded.add(url);
    return next(url, context);
  },
});

const [library, ...lines] = process.argv.slice(2);
const { runBin } = await import(`${library}/cli/bin-program.js`);
const { processHost } = await import(`${library}/nest/process-host.js`);
const codes = {};
for (const line of lines) {
  const written = { write: () => undefined };
  codes[line] = await runBin({
    argv: line.split(' '),
    host: processHost(),
    streams: { stdout: written, stderr: written },
    signal: new AbortController().signal,
  });
}
process.stdout.write(JSON.stringify({ codes, loaded: [...loaded] }));
