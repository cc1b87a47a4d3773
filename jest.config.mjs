/** ES modules through swc: decorator metadata for Nest and MikroORM, no type check (that is `npm run typecheck`). */
const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const project = {
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/runtime.cjs',
  // what is TypeScript here is looked for first
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  roots: ['<rootDir>/test'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/libs/[^/]+/dist/', '<rootDir>/.cache/'],
  extensionsToTreatAsEsm: ['.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/time-limit.ts', '<rootDir>/test/support/after-every-spec.ts'],
  transform: { '^.+\\.m?ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^nest-migrate$': '<rootDir>/libs/nest-migrate/src/index.ts',
    '^nest-migrate/testing$': '<rootDir>/libs/nest-migrate/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

export default {
  projects: [
    {
      ...project,
      displayName: 'unit',
      testRegex: '/test/(unit|conformance|house)/.*\\.spec\\.ts$',
    },
    {
      ...project,
      displayName: 'database',
      testRegex: '/test/(contract|integration)/.*\\.spec\\.ts$',
      // servers start once for the run, and only when tests that need them run
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
    {
      ...project,
      displayName: 'acceptance',
      testRegex: '/test/acceptance/.*\\.spec\\.ts$',
      // beside the servers: the library and the applications, compiled once
      globalSetup: '<rootDir>/test/support/acceptance-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  maxWorkers: 2,
  workerIdleMemoryLimit: '900MB',
  // half a second unless told, which a machine with other work does not always give a worker
  workerGracefulExitTimeout: 60_000,
};
