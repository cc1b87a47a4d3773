import { describe, expect, it } from '@jest/globals';
import { callOf, db, revisionInfo } from './fake-session.ts';

describe('graph --format html', () => {
  it('asks the service for what each revision does', async () => {
    expect(await callOf(['graph', '--format', 'html'])).toMatchObject({ method: 'graph', options: {} });
    const line = ['graph', '--format', 'html', '-i', '-r', 'a1:', '--plan', 'plan.json'];
    expect(await callOf(line)).toMatchObject({
      method: 'graph',
      options: { indicateCurrent: true, range: 'a1:', plan: 'plan.json' },
    });
    expect(await callOf(['graph', '--format', 'dot'])).toMatchObject({ method: 'history' });
  });

  it('is one document about one connection, in which nothing of others is markup', async () => {
    const message = '</script><script>alert(1)</script>';
    const revision = {
      ...revisionInfo({ revision: 'a1', message, isHead: true }),
      isApplied: null,
      content: { kind: 'read', code: [message] },
    };
    const graph = () => ({ connection: 'default', rows: null, unknown: [], revisions: [revision], plan: null });
    const { stdout } = await db(['graph', '--format', 'html'], { answers: { graph } });
    expect(stdout).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(stdout.match(/<script/g)).toHaveLength(2);
    const { code, stderr } = await db(['graph', '--format', 'html'], { connections: ['orders', 'stock'] });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--context')]);
  });

  it('takes a plan for no other form', async () => {
    const { code, stderr, booted } = await db(['graph', '--plan', 'plan.json']);
    expect([code, stderr, booted]).toEqual([2, 'Error: --plan needs --format html. See db graph --help.\n', false]);
  });
});
