import { describe, expect, it } from '@jest/globals';
import { type FakeSettings, db, revisionInfo } from './fake-session.js';

const connections = ['default', 'reporting', 'archive'];
const answers: FakeSettings['answers'] = {
  heads: (_, name) => [revisionInfo({ revision: `of-${name}`, isHead: true })],
};

describe('an application with several connections', () => {
  it('reading takes all, in the order of registration, each under its name', async () => {
    const { code, stdout, stderr } = await db(['heads'], { connections, answers });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      '[default]\nof-default (head)\n[reporting]\nof-reporting (head)\n[archive]\nof-archive (head)\n',
    );
  });

  it('JSON is an object by name', async () => {
    const { stdout } = await db(['heads', '--json'], { connections, answers });
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(connections);
  });

  it('--context takes one, before or after the command', async () => {
    for (const argv of [
      ['heads', '--context', 'reporting'],
      ['--context', 'reporting', 'heads'],
    ]) {
      expect((await db(argv, { connections, answers })).stdout).toBe('of-reporting (head)\n');
    }
    const { stdout } = await db(['heads', '--json', '--context', 'reporting'], { connections, answers });
    expect(JSON.parse(stdout)).toMatchObject([{ revision: 'of-reporting' }]);
  });

  it('upgrade takes all', async () => {
    const { code, calls, stdout, stderr } = await db(['upgrade'], { connections });
    expect([code, stdout]).toEqual([0, '']);
    expect(calls.map(({ connection }) => connection)).toEqual(connections);
    expect(stderr).toContain('[reporting]\nNothing to do: the database is already at aaaa1.\n');
  });

  it('check asks all, and one that differs makes the answer no', async () => {
    const check = (_: unknown, name: string) => ({
      operations: name === 'reporting' ? [{ kind: 'dropSchema', name: 'old' }] : [],
      candidates: [],
      warnings: [],
      altered: [],
      published: [],
      squashes: [],
      clean: name !== 'reporting',
    });
    const { code, stdout, stderr } = await db(['check'], { connections, answers: { check } });
    expect(code).toBe(3);
    const clean = 'No new upgrade operations detected.';
    expect(stdout).toBe(`[default]\n${clean}\n[reporting]\nDetected removed schema 'old'\n[archive]\n${clean}\n`);
    expect(stderr).toBe(
      'Error: [reporting] New upgrade operations detected: 1 difference between the entities and the database. Write a revision with db migrate.\n',
    );
    const json = await db(['check', '--json'], { connections, answers: { check } });
    expect([json.code, Object.keys(JSON.parse(json.stdout) as object)]).toEqual([3, connections]);
  });

  it('a failing upgrade says which were done and which were not', async () => {
    const upgrade = (_: unknown, name: string) => {
      if (name === 'reporting') throw new Error('no such table');
      return { before: [], rows: [], steps: [] };
    };
    const { code, calls, stderr } = await db(['upgrade'], { connections, answers: { upgrade } });
    expect(code).toBe(1);
    expect(calls.map(({ connection }) => connection)).toEqual(['default', 'reporting']);
    expect(stderr).toContain(
      'Error: [reporting] no such table\nDone: default. Failed: reporting. Not started: archive.\n',
    );
  });

  it.each([['init'], ['revision'], ['migrate'], ['merge a b'], ['downgrade'], ['stamp head']])(
    '%s needs to know which',
    async (line) => {
      const { code, calls, stderr } = await db(line.split(' '), { connections });
      expect([code, calls]).toEqual([2, []]);
      expect(stderr).toMatch(
        /^Error: 'db \w+' works on one connection and this application has default, reporting, archive\. Choose one: --context default\.\n$/,
      );
      const chosen = await db([...line.split(' '), '--context', 'archive'], { connections });
      expect([chosen.code, chosen.calls[0]?.connection]).toEqual([0, 'archive']);
    },
  );

  it.each([['revision'], ['migrate'], ['merge a b'], ['init'], ['revision --autogenerate']])(
    '%s works once, for all, where they share a script directory',
    async (line) => {
      const shared = { connections, answers: { connections: () => connections } };
      const { code, calls } = await db(line.split(' '), shared);
      expect([code, calls.map(({ connection }) => connection)]).toEqual([0, ['default']]);
      if (/^(revision|migrate)/.test(line)) expect(calls[0].options['connections']).toEqual(connections);
      const one = await db([...line.split(' '), '--context', 'archive'], shared);
      expect(one.calls.map(({ connection, options }) => [connection, options['connections']])).toEqual([
        ['archive', undefined],
      ]);
    },
  );

  it('what the scripts alone answer is printed once where they are shared', async () => {
    const shared = { connections, answers: { ...answers, connections: () => connections } };
    expect((await db(['heads'], shared)).stdout).toBe('of-default (head)\n');
    for (const line of ['history', 'branches', 'show']) expect((await db([line], shared)).calls).toHaveLength(1);
    expect((await db(['history', '-i'], shared)).calls).toHaveLength(3);
    expect((await db(['show', 'current'], shared)).calls).toHaveLength(3);
  });

  it.each([['downgrade'], ['stamp head']])('%s takes all where they share a script directory', async (line) => {
    const shared = { connections, answers: { connections: () => connections } };
    const { code, calls } = await db(line.split(' '), shared);
    expect([code, calls.map(({ connection }) => connection)]).toEqual([0, connections]);
    const script = await db([...line.split(' '), '--sql'], shared);
    expect([script.code, script.calls]).toEqual([2, []]);
  });

  it('an unknown name is bad usage', async () => {
    expect(await db(['upgrade', '--context', 'nope'], { connections })).toMatchObject({
      code: 2,
      calls: [],
      stderr: "Error: There is no connection 'nope'. This application has default, reporting, archive.\n",
    });
  });

  it('one alone needs no name, and has one', async () => {
    expect((await db(['stamp'], { connections: ['reporting'] })).calls[0]?.connection).toBe('reporting');
    expect((await db(['heads'], { answers })).stdout).toBe('of-default (head)\n');
    expect((await db(['stamp', '--context', 'default'])).code).toBe(0);
  });
});
