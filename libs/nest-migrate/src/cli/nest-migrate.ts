#!/usr/bin/env node
import * as module from 'node:module';
import { nodeVersionProblem } from './node-version.js';

/**
 * The program `nest-migrate`. What it needs is loaded once compiled code may come from the cache, and once this
 * Node.js is known to be new enough for it.
 */
async function main(): Promise<number> {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`Error: ${problem}\n`);
    return 1;
  }
  module.enableCompileCache();
  const [{ runBin }, { inOwnProcess }, { processHost }] = await Promise.all([
    import('./bin-program.js'),
    import('./own-process.js'),
    import('../nest/process-host.js'),
  ]);
  const argv = process.argv.slice(2);
  let left: Exclude<Awaited<ReturnType<typeof runBin>>, number> | undefined;
  const code = await inOwnProcess(async (streams, signal) => {
    const result = await runBin({ argv, host: processHost(), streams, signal, launchedBy: process.env });
    if (typeof result === 'number') return result;
    left = result;
    return 0;
  });
  if (left === undefined || code !== 0) return code;
  const { startApplication } = await import('./start-application.js');
  return startApplication(left, module.getCompileCacheDir());
}

process.exit(await main());
