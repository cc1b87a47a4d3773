import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { apiReport, reportFile } from '../../scripts/api-report.ts';

it('the report of the public face is that of the package (npm run docs:api)', () => {
  expect(apiReport()).toBe(readFileSync(reportFile, 'utf8'));
});
