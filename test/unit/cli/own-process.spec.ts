import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inOwnProcess } from '../../../libs/nest-migrate/src/cli/own-process.js';

/** Runs `work` while what the process writes is collected instead of printed. */
async function collecting(work: () => Promise<unknown>): Promise<{ stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation(((text: string, done?: () => void) => {
      written[name] += text;
      done?.();
      return true;
    }) as typeof process.stdout.write),
  );
  await work().finally(() => spies.forEach((spy) => spy.mockRestore()));
  return written;
}

describe('a command in a process of its own', () => {
  it('has stdout for itself: what others print there goes to stderr', async () => {
    const written = await collecting(() =>
      inOwnProcess(async ({ stdout, stderr }) => {
        process.stdout.write('from a revision\n');
        stdout.write('result\n');
        stderr.write('progress\n');
        return 0;
      }),
    );
    expect(written).toEqual({ stdout: 'result\n', stderr: 'from a revision\nprogress\n' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops at %s with exit code %d, and listens no longer afterwards', async (signal, expected) => {
    const listeners = process.listenerCount(signal);
    let code: number | undefined;
    const { stderr } = await collecting(async () => {
      code = await inOwnProcess(async (_, stop) => {
        process.emit(signal, signal);
        return stop.aborted ? 1 : 0;
      });
    });
    expect(code).toBe(expected);
    expect(stderr).toBe('Stopping once what runs now has ended; a second signal ends the process at once.\n');
    expect(process.listenerCount(signal)).toBe(listeners);
  });

  describe.each([
    ['a pipe', undefined],
    ['a terminal', true],
  ])('on %s', (_, isTTY) => {
    const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    let exit: jest.SpiedFunction<typeof process.exit>;
    beforeEach(() => {
      Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
      exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    });
    afterEach(() => {
      if (before === undefined) Reflect.deleteProperty(process.stderr, 'isTTY');
      else Object.defineProperty(process.stderr, 'isTTY', before);
      jest.restoreAllMocks();
    });

    it('ends at once at the second signal', async () => {
      await collecting(() =>
        inOwnProcess(async () => {
          process.emit('SIGTERM', 'SIGTERM');
          jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 500);
          process.emit('SIGINT', 'SIGINT');
          return 1;
        }),
      );
      expect(exit.mock.calls).toEqual([[130]]);
    });

    it('takes a Ctrl-C that comes twice, since the parent process hands it on, for one on a terminal alone', async () => {
      await collecting(() =>
        inOwnProcess(async () => {
          process.emit('SIGINT', 'SIGINT');
          process.emit('SIGINT', 'SIGINT');
          return 1;
        }),
      );
      expect(exit.mock.calls).toEqual(isTTY === true ? [] : [[130]]);
    });
  });
});
