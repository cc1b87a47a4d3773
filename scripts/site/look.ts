/**
 * Builds the documentation site and looks at it: every link and anchor, then real Chromium at the widths of a desktop and a
 * phone. Debian's Chromium is installed where there is none.
 *
 *   npm run test:site                 builds and looks
 *   npm run test:site -- --pictures   also keeps pictures in docs/pictures
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { startChromium } from '../../test/pages/chromium.ts';
import { built, buildSite, docs } from './build.ts';
import { checkLinks, checkMarkdown } from './links.ts';
import { serveSite } from './server.ts';

const problems: string[] = [];
let passed = 0;

/** Says what went well, or remembers what did not. */
function check(what: string, holds: boolean, detail = ''): void {
  if (holds) {
    passed += 1;
    console.log(`✓ ${what}`);
  } else problems.push(`${what}${detail === '' ? '' : `: ${detail}`}`);
}

const widths = [
  { name: 'desktop', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
] as const;

/** What a reader opens first, and the pages whose tables are wide. */
const looked = [
  '',
  'start.html',
  'decisions.html',
  'guide/commands.html',
  'guide/production.html',
  'recipes/not-null.html',
  'reference/operations.html',
  'reference/errors.html',
  'rules/',
  'autogenerate-matrix.html',
  'measured-impact.html',
  'scorecard.html',
  'benchmarks.html',
  'readme.html',
];

const pictures = [
  ['landing', '', 'light'],
  ['recipe', 'recipes/not-null.html', 'dark'],
  ['errors', 'reference/errors.html#multiple_heads', 'light'],
] as const;

async function lookAt(url: string, folder: string | undefined): Promise<void> {
  const browser = await startChromium();
  try {
    for (const { name, ...options } of widths) {
      const context = await browser.newContext({ ...options, colorScheme: 'light' });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
          errors.push(`asks for ${request.url()}`);
      });
      await walk(page, url, name);
      check(`no error on the console (${name})`, errors.length === 0, errors.join('; '));
      await context.close();
    }
    if (folder !== undefined) await keepPictures(browser, url, folder);
  } finally {
    await browser.close();
  }
}

async function walk(page: Page, url: string, name: string): Promise<void> {
  for (const path of looked) {
    const response = await page.goto(`${url}/${path}`, { waitUntil: 'networkidle' });
    const [scroll, width] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    check(
      `/${path} is there and fits the width (${name})`,
      response?.status() === 200 && scroll <= width,
      `${scroll} of ${width}`,
    );
  }
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.click('.VPNavBarSearch button');
  await page.fill('.VPLocalSearchBox input', 'squash');
  await page.waitForSelector('.VPLocalSearchBox .result[href*="commands.html#squash"]');
  check(`search finds the command squash (${name})`, true);
  await page.fill('.VPLocalSearchBox input', 'MULTIPLE_HEADS');
  await page.waitForSelector('.VPLocalSearchBox .result[href*="errors.html#multiple_heads"]');
  await page.click('.VPLocalSearchBox .result[href*="errors.html#multiple_heads"]');
  await page.waitForURL(/errors\.html#multiple_heads/);
  check(`search finds an error by its code, and leads to it (${name})`, true);
  await page.goto(`${url}/scorecard.html`, { waitUntil: 'networkidle' });
  const href = await page.evaluate<string>(`document.querySelector('.vp-doc a[href*="/test/"]').getAttribute('href')`);
  await page.goto(`${url}${href}`);
  const line = await page.evaluate<string>(`document.querySelector(':target').textContent`);
  check(`the scorecard leads to the line of a test (${name})`, /\bit\b|\btest\b/.test(line), line);
  await page.goto(`${url}/start.html`, { waitUntil: 'networkidle' });
  const light = await background(page);
  await page.evaluate(`document.querySelector('.VPSwitchAppearance').click()`);
  const dark = await background(page);
  check(`dark mode is dark (${name})`, light === 'rgb(255, 255, 255)' && dark !== light, `${light}, ${dark}`);
}

function background(page: Page): Promise<string> {
  return page.evaluate('getComputedStyle(document.body).backgroundColor');
}

/** A few pages as a reader sees them, one of them in the dark. */
async function keepPictures(browser: Browser, url: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const { name, ...options } of widths) {
    for (const [title, path, colorScheme] of pictures) {
      const context = await browser.newContext({ ...options, colorScheme });
      const page = await context.newPage();
      await page.goto(`${url}/${path}`, { waitUntil: 'networkidle' });
      await page.screenshot({ path: join(folder, `${title}-${name}.png`) });
      await context.close();
    }
  }
}

buildSite();
checkLinks(check);
checkMarkdown(check);
const site = await serveSite(built);
try {
  await lookAt(site.url, process.argv.includes('--pictures') ? join(docs, 'pictures') : undefined);
} finally {
  await site.close();
}
for (const problem of problems) console.error(`✗ ${problem}`);
console.log(`${passed} passed, ${problems.length} failed`);
if (problems.length > 0) process.exitCode = 1;
