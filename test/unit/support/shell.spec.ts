import { describe, expect, it } from '@jest/globals';
import { runInShell, stopShell } from '../../support/shell.ts';

const sh = (script: string, { input, ...env }: { readonly input?: string } & Record<string, string> = {}) =>
  runInShell({ command: 'sh', args: ['-c', script], env, ...(input === undefined ? {} : { input }) });

describe('a program that the shell of a spec starts', () => {
  it('is told by its code and both of its outputs', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toEqual({
      ...{ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' },
    });
    expect(await sh('true')).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('is given its arguments, its variables and what it reads as they are', async () => {
    const text = `it's "$HOME" \`x\` \\ ;\n%s ü`;
    expect((await sh('printf %s "$TEXT"', { TEXT: text })).stdout).toBe(text);
    expect((await sh('cat', { input: text })).stdout).toBe(text);
    expect((await runInShell({ command: 'printf', args: ['%s', text], env: {} })).stdout).toBe(text);
  });

  it('reads nothing where it is given nothing', async () => {
    expect((await sh('cat')).stdout).toBe('');
  });

  it('may end before it has read all that it is given', async () => {
    const { code, stdout, stderr } = await sh('exit 4', { input: 'x'.repeat(1_000_000) });
    expect({ code, stdout, stderr }).toEqual({ code: 4, stdout: '', stderr: '' });
  });

  it('runs behind those that were asked for before, and in another shell when that one was ended', async () => {
    const all = await Promise.all(['1', '2', '3'].map((number) => sh(`echo ${number}`)));
    expect(all.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n']);
    stopShell();
    expect((await sh('echo 4')).stdout).toBe('4\n');
  });
});
