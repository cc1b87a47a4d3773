import { afterAll } from '@jest/globals';
import { stopEverything } from './processes.ts';

// a spec that fails half way does not reach its own clean-up, and jest would wait for the child
afterAll(stopEverything);
