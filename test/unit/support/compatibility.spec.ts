import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { judge } from '../../../scripts/compatibility/run-row.ts';

const expected = [
  { title: /row security/, reason: 'the roles came with 14' },
  { title: /statistics/, reason: 'statistics came with 14' },
];
const result = (fullName: string, status: string): { fullName: string; status: string } => ({ fullName, status });

it('a test that an older version cannot pass counts apart, any other failure is told', () => {
  const results = [
    result('row security: comes', 'failed'),
    result('row security: goes', 'failed'),
    result('statistics', 'failed'),
    result('upgrade', 'failed'),
    result('downgrade', 'passed'),
    result('of another engine', 'pending'),
  ];
  expect(judge({ expected }, results)).toEqual({
    passed: 1,
    impossible: { 'the roles came with 14': 2, 'statistics came with 14': 1 },
    failed: ['upgrade'],
    outOfDate: [],
  });
});

it('a test that is listed as impossible and passes is told: the list is out of date', () => {
  const results = [result('row security: comes', 'passed'), result('statistics', 'pending')];
  expect(judge({ expected }, results).outOfDate).toEqual(['row security']);
});

it('the published table names the oldest version that each peer of the library may have', () => {
  const page = readFileSync('docs/compatibility.md', 'utf8');
  const { peerDependencies, engines } = JSON.parse(readFileSync('libs/nest-migrate/package.json', 'utf8')) as {
    peerDependencies: Record<string, string>;
    engines: { node: string };
  };
  const oldest = (range: string | undefined): string => /\d+(?:\.\d+)+/.exec(range ?? '')?.[0] ?? 'none';
  for (const range of [peerDependencies['@mikro-orm/core'], peerDependencies['@nestjs/core'], engines.node]) {
    expect(page).toContain(oldest(range));
  }
});
