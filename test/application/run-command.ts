/**
 * Runs `db` commands one after the other, each with an environment and a folder of its own, and says how each ended.
 * Starting Node, Nest and MikroORM once for all of them is what this saves; what a command does is the same.
 */
import 'reflect-metadata';
import { executeDbCommand } from 'nest-migrate';

type RootModule = Parameters<typeof executeDbCommand>[0];

/** Loaded with the first command, since a module may read the environment when it is loaded. */
const applications = {
  test: async (): Promise<RootModule> => (await import('./app.module.js')).AppModule.register(),
  bookshop: async (): Promise<RootModule> => (await import('../../apps/bookshop/src/app.module.js')).AppModule,
};

export interface CommandRequest {
  /** Default: the test application. A process keeps to one, and the bookshop to the first environment. */
  readonly application?: keyof typeof applications;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface CommandResponse {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly output: string;
}

export async function runCommand({ application = 'test', argv, cwd, env }: CommandRequest): Promise<CommandResponse> {
  const variables = { ...env };
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
  process.chdir(cwd);
  const written = { stdout: '', stderr: '', output: '' };
  const into = (stream: 'stdout' | 'stderr') => ({
    write: (text: string): boolean => {
      written[stream] += text;
      written.output += text;
      return true;
    },
  });
  // as in a process of its own: stdout is the command's, and what others print there goes to stderr
  const write = (text: unknown): boolean => into('stderr').write(String(text));
  const own = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
  for (const { stream } of own) stream.write = write;
  try {
    const streams = { stdout: into('stdout'), stderr: into('stderr') };
    const code = await executeDbCommand(await applications[application](), ['db', ...argv], streams);
    return { code, ...written };
  } finally {
    for (const { stream, write: original } of own) stream.write = original;
  }
}
