import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { runProcess } from '../../support/processes.ts';

interface Comment {
  readonly id: number;
  body: string;
}

const servers: Server[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Keeps the comments of pull request 7 as GitHub's API does, a page of them at a time. */
async function forge(comments: Comment[]): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://forge');
      const send = (status: number, value: unknown): void => void response.writeHead(status).end(JSON.stringify(value));
      if (request.headers.authorization !== 'Bearer secret') return send(401, {});
      const content = chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString()) as Comment);
      const list = url.pathname === '/repos/shop/books/issues/7/comments';
      if (list && request.method === 'GET') {
        const [size, page] = [url.searchParams.get('per_page'), url.searchParams.get('page')].map(Number);
        return send(200, comments.slice((page - 1) * size, page * size));
      }
      if (list && request.method === 'POST' && content !== undefined) {
        comments.push({ id: comments.length + 1, body: content.body });
        return send(201, {});
      }
      const id = /^\/repos\/shop\/books\/issues\/comments\/(\d+)$/.exec(url.pathname)?.[1];
      const comment = comments.find((each) => String(each.id) === id);
      if (comment === undefined || request.method !== 'PATCH' || content === undefined) return send(404, {});
      comment.body = content.body;
      return send(200, {});
    });
  });
  servers.push(server);
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function run(api: string, text: string): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-migrate-comment-'));
  folders.push(folder);
  const guide = await readFile(resolve('docs/guide/ci.md'), 'utf8');
  const [, script = ''] = /^```js\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  await writeFile(join(folder, 'plan-comment.mjs'), script);
  await writeFile(join(folder, 'plan.md'), text);
  const env = { GITHUB_API_URL: api, GITHUB_REPOSITORY: 'shop/books', GITHUB_TOKEN: 'secret', PULL_REQUEST: '7' };
  const { code } = await runProcess(process.execPath, ['plan-comment.mjs', 'plan.md'], { cwd: folder, env });
  return code;
}

const MARK = '<!-- nest-migrate plan -->';

describe('the script of docs/guide/ci.md', () => {
  it('writes one comment, and changes it the next time, wherever it stands among others', async () => {
    const comments: Comment[] = Array.from({ length: 150 }, (_, id) => ({ id: id + 1, body: 'looks good' }));
    const api = await forge(comments);
    expect(await run(api, `${MARK}\none`)).toBe(0);
    expect(await run(api, `${MARK}\ntwo`)).toBe(0);
    expect(comments.filter(({ body }) => body !== 'looks good')).toEqual([{ id: 151, body: `${MARK}\ntwo` }]);
  });

  it('cuts what is too long for a comment', async () => {
    const comments: Comment[] = [];
    expect(await run(await forge(comments), `${MARK}\n${'x'.repeat(100_000)}`)).toBe(0);
    expect(comments[0].body.length).toBeLessThan(65_536);
  });

  it('fails where the forge refuses', async () => {
    expect(await run(`${await forge([])}/elsewhere`, `${MARK}\none`)).not.toBe(0);
  });
});
