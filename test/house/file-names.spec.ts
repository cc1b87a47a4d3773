import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, it } from '@jest/globals';

it('no two files of the library share a name, apart from its doors and the like rooms of the engines', () => {
  const files = globSync('**/*.ts', { cwd: 'libs/nest-migrate/src' }).filter(
    (file) => basename(file) !== 'index.ts' && !/^engines\/(mariadb|mysql|postgres|sqlite)\//.test(file),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => files.some((other) => other !== file && basename(other) === basename(file)))).toEqual(
    [],
  );
});
