import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// in an application that has installed the package there is nothing to write here
const library = resolve(import.meta.dirname, '../../dist/libs/nest-migrate/src');

export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: { include: ['apps/bookshop/test/**/*.spec.ts'] },
  resolve: {
    alias: [
      { find: 'nest-migrate/testing', replacement: `${library}/testing/index.js` },
      { find: 'nest-migrate', replacement: `${library}/index.js` },
    ],
  },
});
