import { basename, join } from 'node:path';
import { SchemaChangeFailedError } from '../errors/schema-change.errors.js';
import { type SchemaChangeProgram } from '../runtime/handed-change.js';
import { ProgramNotStarted, runProgram } from '../script/run-program.js';
import { type CommandContext } from './command-context.js';
import { type SchemaChangeSettings } from './resolve-schema-change.js';

/** How many lines of what a program wrote belong to an error. */
const LAST_LINES = 10;

/** The program for a run that is about to begin. What earlier runs that were killed gave theirs is removed: a password. */
export async function programOfRun(
  context: CommandContext,
  settings: SchemaChangeSettings,
): Promise<SchemaChangeProgram> {
  const { removeAbandonedFolders } = await import('../rehearsal/owned-folder.js');
  await removeAbandonedFolders(context.host);
  return schemaChangeProgram(context, settings);
}

/** The program of the option `onlineSchemaChange`. */
export function schemaChangeProgram(
  context: CommandContext,
  { above, command }: SchemaChangeSettings,
): SchemaChangeProgram {
  const { base } = context.options;
  const [program, ...args] = command;
  const name = basename(program);
  return {
    name,
    isFor: ({ rows, bytes }) => ('rows' in above ? rows > above.rows : bytes > above.bytes),
    run: async ({ schema, table, clauses }, first, { signal, onLine }) => {
      const unsafe = [schema, table].find((each) => /[,=]/.test(each));
      if (unsafe !== undefined && args.some((arg) => /\b[Dt]=\{/.test(arg)))
        throw new SchemaChangeFailedError(name, `can't be told a name with a comma or '=' in it: ${unsafe}`, []);
      const access = await accessOf(context);
      const { withOwnedFolder } = await import('../rehearsal/owned-folder.js');
      await withOwnedFolder({ kind: 'change', host: context.host }, async (folder) => {
        const config = await optionFile(context, { ...access, folder, first });
        const values: Readonly<Record<string, string>> = {
          DATABASE: schema,
          TABLE: table,
          ALTER: clauses,
          CONFIG: config,
          HOST: access.host,
          PORT: String(access.port),
          USER: access.user,
        };
        const filled = args.map((arg) => arg.replace(/\{([A-Z]+)\}/g, (text, key: string) => values[key] ?? text));
        const lines: string[] = [];
        const heard = (line: string): void => {
          lines.push(line);
          onLine(line);
        };
        try {
          const ended = await runProgram({ command: program, args: filled, cwd: base, signal, onLine: heard });
          const how = 'code' in ended ? `ended with exit code ${ended.code}` : `was ended by ${ended.killedBy}`;
          if (!('code' in ended) || ended.code !== 0)
            throw new SchemaChangeFailedError(name, how, lines.filter((line) => line.trim() !== '').slice(-LAST_LINES));
        } catch (error) {
          if (!(error instanceof ProgramNotStarted)) throw error;
          const cure = `Install it where this command runs, or name another one in onlineSchemaChange.command.`;
          throw new SchemaChangeFailedError(name, `could not be started (${error.code})`, [], { cause: error, cure });
        }
      });
    },
  };
}

/** How a program reaches the server. */
interface Access {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
}

async function accessOf({ orm }: CommandContext): Promise<Access> {
  const { host = 'localhost', port = 3306, user = '', password } = orm.em.getConnection().getConnectionOptions();
  const given: unknown = typeof password === 'function' ? await password() : password;
  // a function of MikroORM's may return a token that expires
  const text =
    typeof given === 'object' && given !== null ? (given as { readonly password?: unknown }).password : given;
  return { host, port: Number(port), user, password: typeof text === 'string' ? text : undefined };
}

/**
 * The path of an option file for clients of MySQL, in a folder that no other user can look into: a password on a command
 * line could be read by all users.
 */
async function optionFile(
  { fileSystem }: CommandContext,
  { host, port, user, password, folder, first }: Access & { readonly folder: string; readonly first: string },
): Promise<string> {
  const config = join(folder, 'client.cnf');
  const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
  const lines = [
    '[client]',
    `host=${quoted(host)}`,
    `port=${port}`,
    `user=${quoted(user)}`,
    ...(password === undefined ? [] : [`password=${quoted(password)}`]),
    `init-command=${quoted(first)}`,
  ];
  await fileSystem.writeNew(config, `${lines.join('\n')}\n`);
  return config;
}
