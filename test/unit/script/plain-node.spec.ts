import { afterAll, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { TemporaryFolder } from './temporary-folder.js';

const folder = new TemporaryFolder();
afterAll(() => folder.remove());

it('in plain Node, an edited revision is loaded anew, and its mistakes are named by file and line', () => {
  const child = join(import.meta.dirname, 'plain-node.child.ts');
  const command = ['--disable-warning=ExperimentalWarning', child, folder.path];
  const { stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    written: 'written',
    read: [true],
    ts: [1, 2, 1, 3],
    js: [1, 2],
    cjs: [1, 2, 3],
    misplaced: [
      expect.stringMatching(/h\.js does not load.*not defined in ES module scope.*name it \.cjs, or compile/),
    ],
    repaired: [
      expect.stringMatching(
        /^The revision file \/migrations\/versions\/d\.ts has a syntax error in line 4: Unexpected/,
      ),
      4,
    ],
    thrown: [
      expect.stringMatching(/^The revision file \/migrations\/versions\/e\.ts does not load \(line 6\): no\.$/),
      5,
    ],
    enum: [expect.stringMatching(/f\.ts has a syntax error in line 6: TypeScript enum is not supported.*erased/)],
    missing: [expect.stringMatching(/g\.ts does not load: Cannot find module .*nowhere\.ts/)],
  });
});
