/**
 * The page of a history in Chromium: its size, when it is painted, and the frames while it is scrolled and searched.
 *
 *     npm run bench:pages            # 2,000 revisions
 *     SIZE=10000 npm run bench:pages
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { graphPage } from '../libs/nest-migrate/src/cli/present/graph-page.js';
import { startChromium } from '../test/pages/chromium.js';
import { largeHistory } from '../test/pages/large-history.js';

/** What runs in the page: the library is compiled without the types of a browser. */
const NOTE_FRAMES = `
  window.frames_ = [];
  let last = performance.now();
  const note = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(note); };
  requestAnimationFrame(note);
`;

function told(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): string => `${(sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1)} ms`;
  return `${times.length} frames, median ${at(0.5)}, 95 of 100 within ${at(0.95)}, longest ${at(1)}`;
}

const size = Number(process.env['SIZE'] ?? 2_000);
const folder = mkdtempSync(join(tmpdir(), 'nest-migrate-pages-'));
const browser = await startChromium();
try {
  const started = performance.now();
  const html = graphPage(largeHistory(size), '/app');
  const made = performance.now() - started;
  const file = join(folder, 'history.html');
  writeFileSync(file, html);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
  console.log(`${size} revisions: ${megabytes(html.length)}, ${megabytes(gzipSync(html).length)} as gzip`);
  console.log(`written in ${made.toFixed(0)} ms`);

  const page = await browser.newPage({ viewport: { width: 1360, height: 820 } });
  const paints: number[] = [];
  for (let round = 0; round < 5; round++) {
    await page.goto(`file://${file}`);
    await page.waitForSelector('.row');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    paints.push(await page.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0].startTime`));
  }
  console.log(`first paint after ${paints.toSorted((a, b) => a - b)[2].toFixed(0)} ms (median of five)`);

  await page.evaluate(NOTE_FRAMES);
  const frames = async (): Promise<readonly number[]> => page.evaluate('window.frames_.splice(0)');
  await page.mouse.move(400, 400);
  await frames();
  for (let turn = 0; turn < 150; turn++) {
    await page.mouse.wheel(0, 400);
    await page.evaluate('new Promise((done) => requestAnimationFrame(done))');
  }
  console.log(`scrolling: ${told(await frames())}`);
  for (let turn = 0; turn < 60; turn++) {
    await page.evaluate(`document.querySelector('#list').scrollTop = ${(turn * 7_919) % (size * 40)}`);
    await page.evaluate('new Promise((done) => requestAnimationFrame(done))');
  }
  console.log(`jumping: ${told(await frames())}`);
  await page.focus('#search');
  await frames();
  await page.keyboard.type('invoice alter table c19', { delay: 30 });
  await page.keyboard.press('Escape');
  console.log(`typing: ${told(await frames())}`);
  console.log(`elements in the page: ${await page.evaluate<number>('document.querySelectorAll("*").length')}`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
