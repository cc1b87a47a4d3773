import { describe, expect, it } from '@jest/globals';
import { type Level, type PlanFinding, type PlannedStatement, type PlanResult } from 'nest-migrate';
import { callOf, db } from './fake-session.js';

const path = `${process.cwd()}/migrations/versions/ae10_make_titles_required.ts`;

const statement: PlannedStatement = {
  revision: 'ae10',
  ordinal: 0,
  sql: 'alter table "book"\n  alter column "title" set not null',
  line: 12,
  operations: [],
  outsideTransaction: false,
  tables: [
    {
      table: 'book',
      lock: 'AccessExclusiveLock',
      blocks: { reads: true, writes: true, schemaChanges: true },
      work: 'scan',
      indexes: [],
      lockedRows: null,
      rows: 4_213_000,
      bytes: 1_300_000_000,
      indexBytes: 0,
      magnitude: 'minutes',
      entities: ['Book'],
    },
  ],
  algorithm: null,
  source: 'measured',
  reason: null,
  handedTo: null,
  magnitude: 'minutes',
  consequence: 'Every request that reads or writes book waits for minutes.',
};

function finding(rule: string, level: Level, more: Partial<PlanFinding> = {}): PlanFinding {
  return {
    rule,
    level,
    title: `is the rule ${rule}`,
    revision: 'ae10',
    direction: 'upgrade',
    statement: 0,
    sql: statement.sql,
    path,
    line: 12,
    message: 'It reads book, 100% of it: all, of it.',
    instead: 'Do not.',
    operations: [],
    schema: [],
    ...more,
  };
}

function planOf(...findings: readonly PlanFinding[]): PlanResult {
  const levels = findings.filter(({ accepted }) => accepted === undefined).map(({ level }) => level);
  return {
    worst: (['blocking', 'warning', 'notice'] as const).find((level) => levels.includes(level)) ?? null,
    rows: ['27c6'],
    revisions: [
      {
        revision: 'ae10',
        message: 'make titles required\n\nand more',
        path,
        statements: [statement],
        failure: null,
        unmeasured: null,
      },
    ],
    findings,
    statistics: {
      server: 'PostgreSQL 15.18',
      readAt: '2026-11-30T12:00:00.000Z',
      replicas: 2,
      maxRowVersions: null,
      tables: [],
    },
  };
}

const whole = planOf(
  finding('lock-held-scan', 'blocking'),
  finding('new-constraint', 'warning', { accepted: 'looked at' }),
  finding('no-lock-timeout', 'warning', { revision: null, statement: null, sql: null, path: null, line: null }),
);

describe('the exit code of db plan', () => {
  it.each([
    ['blocking', [], 3],
    ['warning', [], 0],
    ['warning', ['--fail-on', 'warning'], 3],
    ['notice', ['--fail-on', 'warning'], 0],
    ['notice', ['--fail-on', 'notice'], 3],
    ['blocking', ['--json'], 3],
    ['blocking', ['--format', 'sarif'], 3],
  ] as const)('%s with %j: %d', async (level, options, expected) => {
    const { code } = await db(['plan', ...options], { answers: { plan: () => planOf(finding('a-rule', level)) } });
    expect(code).toBe(expected);
  });

  it('is 0 where every finding is accepted', async () => {
    const accepted = planOf(finding('a-rule', 'blocking', { accepted: 'why' }));
    expect((await db(['plan', '--fail-on', 'notice'], { answers: { plan: () => accepted } })).code).toBe(0);
  });

  it('is 2 for a level or a form that there is not', async () => {
    expect((await db(['plan', '--fail-on', 'bad'])).code).toBe(2);
    expect((await db(['lint', '--format', 'pdf'])).code).toBe(2);
  });
});

describe('the forms of a plan', () => {
  const printed = async (...options: readonly string[]): Promise<string> =>
    (await db(['plan', ...options], { answers: { plan: () => whole } })).stdout;

  it('text', async () => {
    expect(await printed()).toBe(`1 revision, 1 statement, for PostgreSQL 15.18 (2 replicas).

blocking  ae10 make titles required  migrations/versions/ae10_make_titles_required.ts:12
  alter table "book" alter column "title" set not null
  Every request that reads or writes book waits for minutes. Entities: Book.
  book  4.2 million rows, 1.2 GB  AccessExclusiveLock  reads all rows; reads, writes, schema changes wait
  lock-held-scan It reads book, 100% of it: all, of it.
    Do not.
  new-constraint It reads book, 100% of it: all, of it.
    Accepted: looked at

warning  the run as a whole
  no-lock-timeout It reads book, 100% of it: all, of it.
    Do not.
`);
  });

  it('json, which is what --json prints', async () => {
    expect(JSON.parse(await printed('--format', 'json'))).toEqual(whole);
    expect(await printed('--json')).toBe(await printed('--format', 'json'));
  });

  it('github, escaped as its toolkit does', async () => {
    expect(await printed('--format', 'github')).toBe(
      [
        '::error file=migrations/versions/ae10_make_titles_required.ts,line=12,title=lock-held-scan::' +
          'It reads book, 100%25 of it: all, of it.%0AEvery request that reads or writes book waits for minutes.%0ADo not.',
        '::warning title=no-lock-timeout::It reads book, 100%25 of it: all, of it.%0ADo not.',
        '',
      ].join('\n'),
    );
  });

  it('sarif, with a fingerprint that a moved line does not change', async () => {
    const log = JSON.parse(await printed('--format', 'sarif')) as {
      runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[];
    };
    expect(log).toMatchObject({ version: '2.1.0' });
    const [{ tool, results }] = log.runs;
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['lock-held-scan', 'new-constraint', 'no-lock-timeout']);
    expect(results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([
      ['lock-held-scan', 0, 'error'],
      ['new-constraint', 1, 'warning'],
      ['no-lock-timeout', 2, 'warning'],
    ]);
    expect(results[0]['locations']).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'migrations/versions/ae10_make_titles_required.ts' },
          region: { startLine: 12 },
        },
      },
    ]);
    expect(results[1]['suppressions']).toEqual([{ kind: 'inSource', justification: 'looked at' }]);
    const moved = planOf(finding('lock-held-scan', 'blocking', { line: 40 }));
    const other = await db(['plan', '--format', 'sarif'], { answers: { plan: () => moved } });
    const [again] = (JSON.parse(other.stdout) as typeof log).runs[0].results;
    expect(again['partialFingerprints']).toEqual(results[0]['partialFingerprints']);
    expect(results[2]['partialFingerprints']).not.toEqual(results[0]['partialFingerprints']);
  });

  it('markdown, with a mark by which a script finds its comment, and no markup of others', async () => {
    const nasty = planOf(finding('a-rule', 'warning', { message: 'It has <b>, `x`, [a](b) and | in it.' }));
    const { stdout } = await db(['lint', '--format', 'markdown'], { answers: { lint: () => nasty } });
    expect(stdout).toMatch(/^<!-- nest-migrate plan -->\n### /);
    expect(stdout).toContain('It has \\<b\\>, \\`x\\`, \\[a\\](b) and \\| in it.');
    expect(stdout).toContain('| `book` | 4.2 million rows, 1.2 GB |');
  });

  it('html, whole and escaped', async () => {
    const nasty = planOf(finding('a-rule', 'warning', { message: '<script>alert(1)</script>' }));
    const { stdout } = await db(['plan', '--format', 'html'], { answers: { plan: () => nasty } });
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(stdout).not.toContain('<script');
    expect(stdout).not.toMatch(/(?:src|href)=/);
    expect(stdout).toContain('prefers-color-scheme:dark');
  });

  it.each(['text', 'markdown', 'html'])(
    '%s says which program changes a table, in the place of the lock',
    async (format) => {
      const plan = planOf();
      const statements = [
        { ...statement, algorithm: 'COPY' as const, handedTo: { program: 'pt-online-schema-change', obstacle: null } },
      ];
      const handed = planOf(finding('copy-algorithm', 'notice'));
      const answer = { ...handed, revisions: plan.revisions.map((each) => ({ ...each, statements })) };
      const { stdout } = await db(['plan', '--format', format], { answers: { plan: () => answer } });
      expect(stdout).toMatch(/1\.2 GB[^\n]*by pt-online-schema-change/);
      expect(stdout).not.toContain('COPY');
    },
  );

  it('sarif and html are about one connection', async () => {
    const { code, stderr } = await db(['plan', '--format', 'html'], { connections: ['orders', 'stock'] });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--context')]);
  });
});

describe('the calls', () => {
  it('are those of the service', async () => {
    expect(await callOf(['plan', 'ae10'])).toMatchObject({ method: 'plan', options: { target: 'ae10' } });
    expect(await callOf(['lint', 'a:b', '--base', 'origin/main', '--stats', 's.json'])).toMatchObject({
      method: 'lint',
      options: { range: 'a:b', base: 'origin/main', stats: 's.json' },
    });
  });

  it('stats prints JSON without being told', async () => {
    const { stdout } = await db(['stats'], { connections: ['orders', 'stock'] });
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['orders', 'stock']);
  });
});
