import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const source = resolve('libs/nest-migrate/src');
const door = readFileSync(join(source, 'index.ts'), 'utf8');

describe('the public door', () => {
  it('lists every name and re-exports nothing wholesale', () => {
    expect(door).not.toMatch(/export \*/);
  });

  it('lets every error class out', async () => {
    const exported = await import('nest-migrate');
    const classes = readdirSync(join(source, 'errors'))
      .flatMap((file) => [
        ...readFileSync(join(source, 'errors', file), 'utf8').matchAll(/export (?:abstract )?class (\w+)/g),
      ])
      .map((match) => match[1]);
    expect(classes.filter((name) => !(name in exported))).toEqual([]);
  });

  it('exports these values and no others', async () => {
    const exported = Object.keys(await import('nest-migrate')).filter((name) => !name.endsWith('Error'));
    expect(exported.sort()).toEqual([
      'InjectMigrationService',
      'MigrationHealthIndicator',
      'MigrationModule',
      'MigrationService',
      'Rewriter',
      'executeDbCommand',
      'getMigrationOptionsToken',
      'getMigrationServiceToken',
      'runDbCommand',
      'withMigrationTables',
    ]);
  });
});
