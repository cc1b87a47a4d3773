import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { runBin } from '../../libs/nest-migrate/src/cli/bin-program.js';
import { graphPage } from '../../libs/nest-migrate/src/cli/present/graph-page.js';
import { planPage } from '../../libs/nest-migrate/src/cli/present/plan-page.js';
import { type GraphResult, type GraphRevision } from '../../libs/nest-migrate/src/commands/graph-result.js';
import { type PlanResult } from '../../libs/nest-migrate/src/commands/plan-result.js';
import { processHost } from '../../libs/nest-migrate/src/nest/process-host.js';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { revision as revisionFile } from '../support/revision-file.ts';
import { revisionInfo } from '../unit/cli/fake-session.ts';
import { startChromium } from './chromium.ts';
import { largeHistory } from './large-history.ts';

const LARGE = 2_000;
const DESKTOP = { viewport: { width: 1360, height: 820 } } satisfies BrowserContextOptions;
const PHONE = { viewport: { width: 390, height: 800 }, hasTouch: true } satisfies BrowserContextOptions;
const HOSTILE = '</script><img src=x onerror="window.broken=1"><!--';

let browser: Browser;
let folder: TemporaryFolder;
const pages: Page[] = [];
beforeAll(async () => {
  browser = await startChromium();
  folder = await temporaryFolder('pages');
}, 600_000);
afterEach(async () => {
  while (pages.length > 0) await pages.pop()!.context().close();
});
afterAll(async () => {
  await browser.close();
  await folder.remove();
});

interface Opened {
  readonly page: Page;
  /** What the page asked for, besides itself. */
  readonly requests: readonly string[];
  /** What the browser complained of. */
  readonly complaints: readonly string[];
}

/** Opens a page as a person does who has got the file. */
async function open(
  html: string,
  { hash = '', options = DESKTOP }: { readonly hash?: string; readonly options?: BrowserContextOptions } = {},
): Promise<Opened> {
  const file = join(folder.path, 'page.html');
  await writeFile(file, html);
  const page = await (await browser.newContext(options)).newPage();
  pages.push(page);
  const requests: string[] = [];
  const complaints: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) requests.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url + hash);
  return { page, requests, complaints };
}

async function attributes(page: Page, selector: string, name: string): Promise<readonly (string | null)[]> {
  return Promise.all((await page.locator(selector).all()).map((found) => found.getAttribute(name)));
}

function pictured(parts: Partial<GraphRevision> & { readonly revision: string }): GraphRevision {
  return {
    ...revisionInfo(parts),
    isApplied: null,
    content: { kind: 'recorded', operations: [], obstacle: null },
    ...parts,
  };
}

/** A fork and a merge, of which the merge is pending; a revision of the fork depends on another history. */
const small: GraphResult = {
  connection: 'default',
  rows: ['b1', 'b2'],
  unknown: [],
  plan: null,
  revisions: [
    pictured({ revision: 'm1', downRevision: ['b1', 'b2'], isHead: true, isMergePoint: true, isApplied: false }),
    pictured({
      revision: 'b2',
      downRevision: ['a1'],
      dependsOn: ['x1'],
      children: ['m1'],
      isApplied: true,
      isCurrent: true,
    }),
    pictured({
      revision: 'b1',
      downRevision: ['a1'],
      children: ['m1'],
      isApplied: true,
      isCurrent: true,
      message: 'add the isbn\n\nfor the shops',
      createDate: '2026-11-30T12:00:00+00:00',
      path: '/app/migrations/versions/b1_isbn.ts',
      irreversible: 'the texts are gone',
      branchLabels: ['shops'],
      content: {
        kind: 'recorded',
        obstacle: 'query',
        operations: [
          { words: ["added column 'book.isbn'"], sql: ['alter table "book" add column "isbn" varchar(20) null'] },
          { words: ["changed column 'book.n'"], sql: null },
        ],
      },
    }),
    pictured({ revision: 'x1', isBase: true, isHead: true, isApplied: true }),
    pictured({ revision: 'a1', isBase: true, isBranchPoint: true, children: ['b1', 'b2'], isApplied: true }),
  ],
};

const plan: PlanResult = {
  worst: 'blocking',
  rows: ['b1', 'b2'],
  statistics: null,
  revisions: [
    {
      revision: 'm1',
      message: 'join',
      path: '/app/m1.ts',
      failure: null,
      unmeasured: null,
      statements: [
        {
          ...{ revision: 'm1', ordinal: 0, sql: `alter table "book" -- ${HOSTILE}`, line: 3, operations: [] },
          ...{ outsideTransaction: false, algorithm: null, handedTo: null, source: 'measured', reason: null },
          magnitude: 'minutes',
          consequence: 'Every request that reads or writes book waits for minutes.',
          tables: [
            {
              ...{ table: 'book', lock: 'AccessExclusiveLock', work: 'rewrite', indexes: [], lockedRows: null },
              ...{ rows: 4_200_000, bytes: 1_300_000_000, indexBytes: 0, magnitude: 'minutes', entities: ['Book'] },
              blocks: { reads: true, writes: true, schemaChanges: true },
            },
          ],
        },
      ],
    },
  ],
  findings: [
    {
      ...{ rule: 'rewrites-table', level: 'blocking', title: 'rewrites', revision: 'm1', direction: 'upgrade' },
      ...{ statement: 0, sql: null, path: '/app/m1.ts', line: 3, operations: [], schema: [] },
      message: `It writes all rows again. ${HOSTILE}`,
      instead: 'Add a column.',
    },
  ],
};

/** The same statement on MySQL, where the server would copy the table and a program does it in its place, or can't. */
function handedPlan(obstacle: string | null): PlanResult {
  const handedTo = { program: 'pt-online-schema-change', obstacle };
  return {
    ...plan,
    revisions: plan.revisions.map((each) => ({
      ...each,
      statements: each.statements.map((statement) => ({
        ...statement,
        algorithm: 'COPY',
        handedTo,
        tables: statement.tables.map((table) => ({ ...table, lock: 'SHARED' })),
      })),
    })),
  };
}

const handed = [
  [null, 'by pt-online-schema-change'],
  ['it has no key', 'refused: pt-online-schema-change cannot change it'],
] as const;

describe('the page of a history', () => {
  it('draws each edge once, and what is applied and pending', async () => {
    const { page } = await open(graphPage(small, '/app'));
    const paths = await attributes(page, '#drawing path', 'd');
    expect(paths.join('').match(/M/g)).toHaveLength(5);
    expect(await page.locator('#drawing path.dependency').getAttribute('d')).toMatch(/^M[^M]*$/);
    expect(await page.locator('circle.here').count()).toBe(2);
    expect(await page.locator('#drawing circle.applied').count()).toBe(4);
    expect(await page.getByRole('option').allTextContents()).toEqual([
      'rev m1headmergem1',
      expect.stringMatching(/^rev b2database/),
      expect.stringMatching(/^add the isbndatabaseshopsirreversibleb12026-11-30$/),
      expect.stringMatching(/^rev x1head/),
      expect.stringMatching(/^rev a1branch point/),
    ]);
    expect(await page.locator('header').textContent()).toContain('5 revisions, 4 applied, the database is at b1, b2.');
  });

  it('a click shows the header, the operations and the SQL, and a link leads to what it follows', async () => {
    const { page } = await open(graphPage(small, '/app'));
    await page.getByText('add the isbn').click();
    const details = page.locator('#details');
    expect(await details.locator('h2').textContent()).toBe('add the isbn');
    expect(await details.locator('.message').textContent()).toBe('for the shops');
    const facts = await details.locator('.facts > *').allTextContents();
    expect(Object.fromEntries(facts.flatMap((text, at) => (at % 2 === 0 ? [[text, facts[at + 1]]] : [])))).toEqual({
      Revision: 'b1',
      State: 'applied, the database is here',
      Written: '2026-11-30T12:00:00+00:00',
      Follows: 'a1',
      'Followed by': 'm1',
      'Branch labels': 'shops',
      Irreversible: 'the texts are gone',
      File: 'migrations/versions/b1_isbn.ts',
    });
    expect(await details.textContent()).toContain('Not everything that it does is known: it asks the database.');
    expect(await details.locator('li').allTextContents()).toEqual([
      "added column 'book.isbn'",
      "changed column 'book.n'",
    ]);
    expect(await details.locator('pre').textContent()).toBe(
      'alter table "book" add column "isbn" varchar(20) null;\n' +
        "-- changed column 'book.n': the SQL depends on what the database has",
    );
    expect(new URL(page.url()).hash).toBe('#b1');
    await details.getByRole('link', { name: 'a1' }).click();
    // the browser tells of another hash later
    await details.locator('h2', { hasText: /^rev a1$/ }).waitFor();
    expect(await page.locator('[aria-selected=true]').getAttribute('id')).toBe('row4');
  });

  it('shows what a planned revision locks, and what was found about it', async () => {
    const { page } = await open(graphPage({ ...small, plan }, '/app'), { hash: '#m1' });
    const section = page.locator('section', { hasText: 'What it locks' });
    expect(await section.locator('dd').allTextContents()).toEqual([
      ...['book', '4.2 million rows, 1.2 GB', 'AccessExclusiveLock', 'writes all rows again'],
      'reads, writes, schema changes wait',
    ]);
    expect(await section.locator('.finding.blocking').textContent()).toContain(
      'rewrites-table It writes all rows again.',
    );
    expect(await page.locator('img').count()).toBe(0);
  });

  it.each(handed)('says that a program changes the table, in the place of the lock', async (obstacle, words) => {
    const { page } = await open(graphPage({ ...small, plan: handedPlan(obstacle) }, '/app'), { hash: '#m1' });
    const section = page.locator('section', { hasText: 'What it locks' });
    expect((await section.locator('dd').allTextContents())[2]).toBe(words);
  });

  it('keeps few elements of 2,000 revisions, wherever it is scrolled to', async () => {
    const { page, complaints } = await open(graphPage(largeHistory(LARGE), '/app'));
    const elements = (): Promise<number> => page.evaluate('document.querySelectorAll("*").length');
    for (const part of [0, 0.37, 0.8, 1]) {
      await page.evaluate(`list.scrollTop = ${part} * list.scrollHeight`);
      const row = page.locator('.row', {
        hasText: `r${String(Math.round((1 - part) * (LARGE - 1))).padStart(4, '0')}`,
      });
      await row.first().waitFor();
      expect(await elements()).toBeLessThan(700);
      expect(await page.locator('#drawing path').count()).toBeGreaterThan(0);
    }
    expect(complaints).toEqual([]);
  });

  it('finds revisions by id, message, table and SQL, and by what they are', async () => {
    const { page } = await open(graphPage(largeHistory(LARGE), '/app'));
    const listed = async (text: string): Promise<readonly (string | null)[]> => {
      await page.fill('#search', text);
      return [await page.locator('#count').textContent(), await page.locator('.row .id').first().textContent()];
    };
    expect(await listed('R1234')).toEqual(['1 of 2000', 'r1234']);
    expect((await listed('Join  BRANCHES'))[0]).toBe('80 of 2000');
    expect(await listed('invoice_c1570_index create')).toEqual(['1 of 2000', 'r1570']);
    expect((await listed('invoice'))[0]).toMatch(/^\d{3} of 2000$/);
    await page.fill('#search', 'no such words');
    expect(await page.locator('#nothing').isVisible()).toBe(true);
    await page.press('#search', 'Escape');
    expect(await page.locator('#count').textContent()).toBe('');
    await page.getByRole('button', { name: '20 pending' }).click();
    expect(await page.locator('#count').textContent()).toBe('20 of 2000');
    await page.getByRole('button', { name: /heads$/ }).click();
    expect(await page.locator('#count').textContent()).toBe('3 of 2000');
    // what is linked is shown, whatever was searched for
    await page.evaluate('location.hash = "#r0500"');
    await page.locator('#row1499[aria-selected=true]').waitFor();
    expect(await page.locator('#count').textContent()).toBe('');
  });

  it('is gone through with the keyboard', async () => {
    const { page } = await open(graphPage(largeHistory(LARGE), '/app'));
    const chosen = (): Promise<string | null> => page.locator('[aria-selected=true] .id').textContent();
    await page.keyboard.press('/');
    await page.keyboard.type('r1500');
    await page.keyboard.press('Enter');
    expect(await chosen()).toBe('r1500');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    const seen = [];
    for (const key of ['ArrowDown', 'ArrowUp', 'End', 'ArrowDown', 'Home', 'ArrowUp']) {
      await page.keyboard.press(key);
      seen.push(await chosen());
      expect(await page.locator('[aria-selected=true]').isVisible()).toBe(true);
      expect(await page.locator('#list').getAttribute('aria-activedescendant')).toBe(
        await page.locator('[aria-selected=true]').getAttribute('id'),
      );
    }
    expect(seen).toEqual(['r1499', 'r1500', 'r0000', 'r0000', 'r1999', 'r1999']);
    await page.keyboard.press('PageDown');
    expect(Number((await chosen())?.slice(1))).toBeLessThan(1990);
  });

  it('takes what people write as text, and asks for nothing', async () => {
    const nasty = pictured({
      ...{ revision: HOSTILE, message: `${HOSTILE}\n${HOSTILE}`, branchLabels: [HOSTILE], path: `/app/${HOSTILE}.ts` },
      ...{ createDate: HOSTILE, irreversible: HOSTILE, isHead: true, isBase: true },
      accept: [{ rule: HOSTILE, reason: HOSTILE }],
      content: {
        kind: 'recorded',
        obstacle: null,
        operations: [{ words: [HOSTILE], sql: [`${HOSTILE} postgres://ann:secret@db/x`] }],
      },
    });
    const result = { ...small, connection: HOSTILE, rows: [HOSTILE], unknown: [HOSTILE], revisions: [nasty] };
    const { page, requests, complaints } = await open(graphPage(result, '/app'));
    await page.locator('.row').click();
    expect(await page.locator('#details h2').textContent()).toBe(HOSTILE);
    expect(await page.locator('#details pre').textContent()).toBe(`${HOSTILE} postgres://ann:***@db/x;`);
    await page.reload();
    expect(await page.locator('#details h2').textContent()).toBe(HOSTILE);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect([requests, complaints]).toEqual([[], []]);
    // nor would it, if it held something else
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/' }))`,
    );
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { text: 'window.broken = 2' }))`,
    );
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect(complaints.join()).toMatch(/img-src[^]*script-src|script-src[^]*img-src/);
  });

  it('is dark on a dark screen', async () => {
    const colour = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      const { page } = await open(graphPage(small, '/app'), { options: { ...DESKTOP, colorScheme } });
      return page.evaluate('getComputedStyle(document.body).backgroundColor');
    };
    expect([await colour('light'), await colour('dark')]).toEqual(['rgb(246, 247, 249)', 'rgb(20, 23, 27)']);
  });

  it('fits a phone, on which what is told lies over the list', async () => {
    const { page } = await open(graphPage(largeHistory(LARGE), '/app'), { options: PHONE });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await page.locator('#details').isVisible()).toBe(false);
    await page.locator('.row').nth(3).tap();
    expect(await page.locator('#details').boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 800 });
    await page.getByRole('button', { name: 'All revisions' }).tap();
    expect(await page.locator('#details').isVisible()).toBe(false);
    expect(await page.evaluate('list.scrollWidth <= list.clientWidth')).toBe(true);
  });

  it('is written by the program from the files alone, and says what is not known then', async () => {
    const files = {
      'package.json': '{ "type": "module" }',
      'migrations/package.json': '{ "type": "module" }',
      'migrations/versions/a1.ts': revisionFile({
        id: 'a1',
        down: null,
        upgrade: (op) => op.createTable('book', { columns: { id: { type: 'integer' } } }),
      }),
      'migrations/versions/b2.ts': revisionFile({ id: 'b2', down: 'a1' }).replace(
        /export async function upgrade[^]*/,
        'export { upgrade, downgrade } from "./other.js";\n',
      ),
    };
    const project = await temporaryFolder('graph', { files });
    const written = { write: (): void => undefined };
    const code = await runBin({
      argv: ['graph', '--format', 'html', '--output', join(project.path, 'history.html')],
      host: { ...processHost(), cwd: project.path, env: {} },
      streams: { stdout: written, stderr: written },
      signal: new AbortController().signal,
    });
    const html = await readFile(join(project.path, 'history.html'), 'utf8');
    await project.remove();
    expect(code).toBe(0);
    const { page } = await open(html, { hash: '#a1' });
    expect(await page.locator('header').textContent()).toContain(
      'Made from the files alone: what is applied, and the SQL, are not known.',
    );
    expect(await page.getByRole('button', { name: /pending|applied/ }).count()).toBe(0);
    expect(await page.locator('#details pre').textContent()).toMatch(/op\.createTable\('book'|op\.createTable\("book"/);
    expect(await page.locator('#details').textContent()).toContain('Read and not run');
    await page.locator('.row', { hasText: 'b2' }).click();
    expect(await page.locator('#details').textContent()).toContain('can not be read without running it');
  });
});

describe('the page of a plan', () => {
  it('tells the worst first, takes what people write as text, and asks for nothing', async () => {
    const { page, requests, complaints } = await open(planPage(plan, '/app'));
    expect(await page.locator('.counts').textContent()).toBe('1 blocking finding');
    expect(await page.locator('article.blocking pre').textContent()).toBe(`alter table "book" -- ${HOSTILE}`);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect([requests, complaints]).toEqual([[], []]);
  });

  it.each(handed)('says that a program changes the table, in the place of the lock', async (obstacle, words) => {
    const { page } = await open(planPage(handedPlan(obstacle), '/app'));
    expect(await page.locator('article td').nth(2).textContent()).toBe(words);
  });

  it.each(['light', 'dark'] as const)('fits a phone, %s', async (colorScheme) => {
    const { page } = await open(planPage(plan, '/app'), { options: { ...PHONE, colorScheme } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(246, 247, 249)');
  });
});
