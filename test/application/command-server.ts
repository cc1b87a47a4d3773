/** Runs the `db` commands that a test sends to this process. */
import { type CommandRequest, runCommand } from './run-command.js';

process.on('message', (request: CommandRequest) => {
  runCommand(request).then(
    (response) => process.send?.(response),
    (error: unknown) => process.send?.({ code: -1, stdout: '', stderr: String(error) }),
  );
});
