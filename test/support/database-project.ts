import { jest } from '@jest/globals';

// jest reads `testTimeout` only for the whole run; a unit test that takes this long should fail
jest.setTimeout(120_000);
