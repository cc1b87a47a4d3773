import { describe, expect, it } from '@jest/globals';
import { runProcess } from '../../support/processes.ts';
import { assertNoLeaks } from '../../support/secrets.ts';
import { runInShell } from '../../support/shell.ts';

async function printing(text: string, env: Readonly<Record<string, string>>): Promise<void> {
  await runProcess(process.execPath, ['-e', `process.stderr.write(${JSON.stringify(text)})`], { env });
}

describe('a process of a test that prints a password', () => {
  it.each([
    ['as it was given it', { DB_PASSWORD: 'hunter-and-2' }, 'using hunter-and-2'],
    ['that is part of a URL', { DB_URL: 'mysql://app:very%20secret@127.0.0.1/shop' }, 'as "very secret"'],
    ['as it is in a URL', { DB_URL: 'mysql://app:very%20secret@127.0.0.1/shop' }, 'app:very%20secret@'],
  ])('%s fails its spec', async (_, env, text) => {
    await printing(text, env);
    expect(() => assertNoLeaks()).toThrow(/A password was printed by: .*-e/);
    // and is told once
    assertNoLeaks();
  });

  it('started by the shell of the spec fails it as well', async () => {
    await runInShell({ command: 'printenv', args: ['DB_PASSWORD'], env: { DB_PASSWORD: 'hunter-and-2' } });
    expect(() => assertNoLeaks()).toThrow(/A password was printed by: printenv/);
  });

  it('passes where it prints something else', async () => {
    await printing('using *** as app', { DB_PASSWORD: 'hunter-and-2' });
    assertNoLeaks();
  });
});
