/**
 * Runs `db` commands one after the other for a test, each with an environment and a folder of its own, and says how each
 * ended. Starting Node, Nest and MikroORM once for all of them is what this saves; what a command does is the same.
 */
import 'reflect-metadata';
import { executeDbCommand } from 'nest-migrate';
import { AppModule } from './app.module.js';

/** What a test sends. */
export interface CommandRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What it gets back. */
export interface CommandResponse {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function respond({ argv, cwd, env }: CommandRequest): Promise<CommandResponse> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  const written = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof written) => ({ write: (text: string) => ((written[stream] += text), true) });
  // as in a process of its own: stdout is the command's, and what others print there goes to stderr
  const write = (text: unknown): boolean => into('stderr').write(String(text));
  const own = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
  for (const { stream } of own) stream.write = write;
  try {
    const streams = { stdout: into('stdout'), stderr: into('stderr') };
    const code = await executeDbCommand(await AppModule.register(), ['db', ...argv], streams);
    return { code, ...written };
  } finally {
    for (const { stream, write: original } of own) stream.write = original;
  }
}

process.on('message', (request: CommandRequest) => {
  respond(request).then(
    (response) => process.send?.(response),
    (error: unknown) => process.send?.({ code: -1, stdout: '', stderr: String(error) }),
  );
});
