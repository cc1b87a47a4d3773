import { outputFile } from '../commands/output-file.js';
import { runInDbCommandMode } from '../nest/db-command-mode.js';
import { CommandExit, type CommandSession } from './command-session.js';
import { type Command, type TypedCommand } from './definition/define-command.js';
import { asUsageError } from './definition/misuse.js';
import { type CommonValues } from './options/common-options.js';

/** Runs a command as its common options say. Leaves in the session how it failed, if it did. */
export async function runCommand(command: Command, session: CommandSession, typed: TypedCommand): Promise<void> {
  const { quiet, json, verbose } = typed.options;
  const path = `${session.group} ${command.name}`;
  session.terminal.quiet = quiet === true;
  session.terminal.asJson = json === true;
  try {
    await intoOutput(session, typed.options, () => runInDbCommandMode(() => command.execute(session, typed), path));
  } catch (error) {
    session.failure = { error: asUsageError(path, error), verbose: verbose === true, json: json === true };
  }
}

/** Puts the result where `--output` says, also where a check fails. A command that failed leaves the file alone. */
async function intoOutput(
  { terminal }: CommandSession,
  { output }: CommonValues,
  work: () => Promise<void>,
): Promise<void> {
  if (output === undefined) return work();
  const file = await outputFile(output);
  const result = terminal.collect();
  try {
    await work();
  } catch (error) {
    if (error instanceof CommandExit) await file.write(result.text);
    throw error;
  }
  await file.write(result.text);
}
