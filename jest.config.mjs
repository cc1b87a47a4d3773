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

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/libs/[^/]+/dist/', '<rootDir>/.cache/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.m?ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^nest-migrate$': '<rootDir>/libs/nest-migrate/src/index.ts',
    '^nest-migrate/testing$': '<rootDir>/libs/nest-migrate/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  workerIdleMemoryLimit: '900MB',
};
