/** What the core of the suite runs against: one row of docs/compatibility.md each. */
import { type PostgresMajor, postgresMajors } from '../../test/support/servers/npm-postgres.ts';
import { startMariadb, startMariadb11, startMysql, startPostgresOf } from '../../test/support/servers/index.ts';
import { type Server, type ServerOptions } from '../../test/support/servers/server.ts';

/** A test that cannot pass there, and why. One that passes all the same makes the run fail: the list would be out of date. */
export interface Expected {
  /** What the full title of the test has. */
  readonly title: RegExp;
  readonly reason: string;
}

export interface Row {
  readonly id: string;
  /** As the page has it, before the version that was found. */
  readonly title: string;
  /** What the titles of the row's tests have; all of the suites' tests where it is absent. */
  readonly tests?: string;
  /** Patterns of paths, as jest takes them. */
  readonly suites: readonly string[];
  readonly server?: (options: ServerOptions) => Promise<Server>;
  /** Packages to install over those of the lock file, as npm takes them, and the one whose version the page names. */
  readonly packages?: { readonly install: readonly string[]; readonly named: string };
  /** Node, for the programs that the tests start on their own. */
  readonly node?: NodeRelease;
  readonly env?: Readonly<Record<string, string>>;
  readonly expected?: readonly Expected[];
}

export interface NodeRelease {
  readonly version: string;
  /** SHA-512 of npm's archives, in base64, by architecture. */
  readonly digests: Readonly<Record<string, string>>;
}

const running = ['test/contract', 'test/integration/(runtime|resume|session|operations|limits|places|privileges)'];
const wiring = [
  'test/integration/(service|services|module|boot-modes|hooks|thrown|symbols|branches|several-databases)',
];
const comparing = [
  'test/integration/autogenerate/(changes|single-features|counting|computed|dependents|expressions|reading|routines)',
  'test/integration/autogenerate/(triggers|round-trips|renames|renamed-enum|sequences|texts|unsafe|foreign-key)',
  'test/integration/(adopting/existing|fingerprint)',
];
const core = [...running, ...wiring, ...comparing];
const alone = ['test/unit', 'test/conformance'];
const started = ['test/acceptance/(commands|program|boot|story|output|main-job|crash|exits|bundle)'];

const since = (version: number, what: string): string => `${what} came with PostgreSQL ${version}`;
const postgres15: readonly Expected[] = [
  { title: /on PostgreSQL 15 (?:›|the server is that)/, reason: 'the test names the version that the suite runs on' },
];
const before15: readonly Expected[] = [
  {
    title: /op\.keepAttributes and op\.restoreAttributes|bring back views, triggers, policies and routines/,
    reason: since(15, 'security_invoker'),
  },
  { title: /unsafe steps on postgres are parts of a table/, reason: since(15, 'nulls not distinct') },
  { title: /fingerprint|restored from its dump/, reason: since(15, 'the lists and conditions of publications') },
];
const before14: readonly Expected[] = [
  { title: /notice a client that is lost/, reason: since(14, 'client_connection_check_interval') },
  { title: /idle_session_timeout/, reason: since(14, 'the setting') },
  {
    title: /casts to the old type|routine as a statement of the standard/,
    reason: since(14, 'bodies that are parsed'),
  },
  { title: /detach partition concurrently|reindex by option/, reason: since(14, 'the syntax') },
  { title: /row-level security with roles/, reason: since(14, 'the roles pg_read_all_data and pg_write_all_data') },
  { title: /gets another type on postgres .*what no entity declares/, reason: since(14, 'statistics of expressions') },
];

const node22: readonly Expected[] = [
  {
    title: /bundled into one file has a list that new revisions come to/,
    reason: 'it warns that its SQLite is experimental, which that application loads before all else',
  },
];

function postgresRow(major: PostgresMajor): Row {
  const expected = [
    ...(major === 15 ? [] : postgres15),
    ...(major < 15 ? before15 : []),
    ...(major < 14 ? before14 : []),
  ];
  return {
    id: `postgres-${major}`,
    title: 'PostgreSQL',
    tests: 'PostgreSQL|postgres',
    suites: core,
    server: (options) => startPostgresOf(major, options),
    env: { TEST_POSTGRES_CLIENT: 'newest' },
    expected,
  };
}

/** Not each of MikroORM's packages has each version. */
const mixedMikroOrm = { MIKRO_ORM_ALLOW_VERSION_MISMATCH: '1' };
const nest = ['core', 'common', 'testing', 'platform-express'];

export const rows: readonly Row[] = [
  ...postgresMajors.map(postgresRow),
  { id: 'mariadb-10.11', title: 'MariaDB', tests: 'MariaDB|mariadb', suites: core, server: startMariadb },
  { id: 'mariadb-11', title: 'MariaDB', tests: 'MariaDB|mariadb', suites: core, server: startMariadb11 },
  { id: 'mysql-9', title: 'MySQL', tests: 'MySQL|mysql', suites: core, server: startMysql },
  {
    id: 'mikro-orm-newest',
    title: 'MikroORM, with PostgreSQL',
    tests: 'PostgreSQL|postgres',
    suites: core,
    packages: {
      install: ['core', 'sql', 'postgresql'].map((name) => `@mikro-orm/${name}@^7.2.1`),
      named: '@mikro-orm/core',
    },
    env: mixedMikroOrm,
  },
  {
    id: 'nest-11-oldest',
    title: 'Nest',
    suites: [...alone, ...wiring, ...started],
    packages: { install: nest.map((name) => `@nestjs/${name}@11.1.4`), named: '@nestjs/core' },
  },
  {
    id: 'nest-11-newest',
    title: 'Nest',
    suites: [...alone, ...wiring, ...started],
    packages: { install: nest.map((name) => `@nestjs/${name}@^11.1.4`), named: '@nestjs/core' },
  },
  {
    id: 'node-22-oldest',
    title: 'Node',
    suites: started,
    expected: node22,
    node: {
      version: '22.18.0',
      digests: {
        x64: 'ZPIlJmsQkDY/Q+VeDIuNTphYIPHYwV4T2lF7lfkmW0gFFkohycbGQYm25yhJ/Gz42eFD2wF5zwAzs9yPRAwbhg==',
        arm64: 'G2s2MDAFBM2p2SCpdKDu74PpThBwzsrA9tWMn6eVfYy+k0jYhh7MIC6gK3liNC2jLCfMayrqswNwbTsrboaTVg==',
      },
    },
  },
  {
    id: 'node-22-newest',
    title: 'Node',
    suites: started,
    expected: node22,
    node: {
      version: '22.23.5',
      digests: {
        x64: '3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
        arm64: 'e1LOUGKVruPGuLVutn8+Cgm5pI1APm4Kvh+zbb/qe/ZpD9s+TQby5iUgZOWmPpbSKpj0Td8DP1N0NEnXasHizg==',
      },
    },
  },
];
