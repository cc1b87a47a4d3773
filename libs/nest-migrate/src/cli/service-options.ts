import { type Common } from '../commands/command-context.js';
import { describeEvent } from '../commands/describe-event.js';
import { type CommandSession } from './command-session.js';
import { type CommonValues, keyValues } from './options/common-options.js';
import { Progress } from './progress.js';

/** Makes the options that every method of the service takes. What the service reports meanwhile goes to the terminal. */
export class ServiceOptions {
  #progress: Progress | undefined;

  constructor(
    private readonly session: CommandSession,
    private readonly given: CommonValues,
  ) {}

  /** @param name The connection's, where there are several. */
  for(name?: string): Common {
    const { signal, terminal, group } = this.session;
    this.end();
    const progress = new Progress(terminal, name);
    this.#progress = progress;
    let last: string | undefined;
    return {
      directory: this.given.directory,
      xArguments: keyValues(this.given.xArg),
      signal,
      onEvent: (event) => {
        progress.hear(event);
        const line = describeEvent(event, (part, text) => terminal.notePage.paint(part, text), group);
        if (line === undefined || (event.type === 'lockWaiting' && line.text === last)) return;
        last = line.text;
        if (line.level === 'warn') terminal.warning(line.text);
        else terminal.note(line.text);
      },
    };
  }

  /** Takes the line away that says how far a run is. */
  end(): void {
    this.#progress?.end();
  }
}
