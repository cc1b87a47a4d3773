import { afterAll } from '@jest/globals';
import { stopCommandServer } from './command-server.ts';
import { stopEverything } from './processes.ts';
import { stopShell } from './shell.ts';

// a spec that fails half way does not reach its own clean-up, and jest would wait for the child
afterAll(stopCommandServer);
afterAll(stopShell);
afterAll(stopEverything);
