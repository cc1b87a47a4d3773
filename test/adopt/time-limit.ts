import { jest } from '@jest/globals';

// an install, three compilations and a dozen processes, beside another test that does the same
jest.setTimeout(300_000);
