import { jest } from '@jest/globals';
import { TEST_LIMIT } from './limits.ts';

jest.setTimeout(TEST_LIMIT);
