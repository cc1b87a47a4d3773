/** A git repository of a test. It knows nothing of the configuration of the machine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export class TestRepository {
  constructor(readonly folder: string) {
    this.run('init', '--quiet', '--initial-branch', 'main');
  }

  /** Runs git and returns what it prints. */
  run(...args: readonly string[]): string {
    const env = {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'test',
      GIT_AUTHOR_EMAIL: 'test@example.org',
      GIT_COMMITTER_NAME: 'test',
      GIT_COMMITTER_EMAIL: 'test@example.org',
    };
    return execFileSync('git', args, { cwd: this.folder, env, encoding: 'utf8', stdio: 'pipe' });
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(path: string): void {
    rmSync(join(this.folder, path));
  }

  /** Commits everything that is there. */
  commit(message = 'a commit'): void {
    this.run('add', '--all');
    this.run('commit', '--quiet', '--allow-empty', '-m', message);
  }
}
