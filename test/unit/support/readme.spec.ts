import { describe, expect, it } from '@jest/globals';
import { readmeBlocks, runReadme, shownBlocks } from '../../support/readme.ts';

const markdown = `
# a README

\`\`\`sh
export GREETING=hello NAME=you     # yours
greet() { echo "$GREETING, $1"; }
\`\`\`

Then:

\`\`\`sh
greet "$NAME" && \\
  pwd
false         # exit code 1
# a comment is no command

echo to stderr >&2
\`\`\`

\`\`\`text
hello, me
…
to stderr
\`\`\`

\`\`\`ts
never(run);
\`\`\`

Prose between.

\`\`\`sh
echo nobody compares this
\`\`\`

Prose between.

\`\`\`text
not its output
\`\`\`
`;

describe('a README', () => {
  it('has blocks of commands, with what they print right behind', () => {
    expect(readmeBlocks(markdown).map(({ line, commands, output }) => [line, commands.length, output])).toEqual([
      [4, 2, undefined],
      [11, 3, 'hello, me\n…\nto stderr'],
      [32, 1, undefined],
    ]);
  });

  it('answers as it shows, in one shell, where the test says the environment', async () => {
    expect(await runReadme(markdown, { cwd: '/', env: { NAME: 'me' }, normalise: (output) => output })).toEqual(
      shownBlocks(markdown),
    );
  });

  it('is found out where it shows something else', async () => {
    const wrong = '```sh\necho one\nfalse\n```\n```text\ntwo\n```\n';
    const [answer] = await runReadme(wrong, { cwd: '/' });
    expect(answer).toMatchObject({ commands: ['echo one => 0', 'false => 1'], output: 'one' });
    expect(shownBlocks(wrong)).toEqual([{ line: 1, commands: ['echo one => 0', 'false => 0'], output: 'two' }]);
  });

  it('runs what the test puts in the place of a command', async () => {
    const [answer] = await runReadme('```sh\nnpm ci && echo done\n```\n```text\n```\n', {
      cwd: '/',
      instead: { 'npm ci': 'true' },
    });
    expect(answer).toMatchObject({ commands: ['npm ci && echo done => 0'], output: 'done' });
  });
});
