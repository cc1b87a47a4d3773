import { type Command } from './definition/define-command.js';

/** The commands that the files alone are enough for, by their names. Each is loaded when it is asked for. */
export const fileCommands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['heads', async () => (await import('./commands/heads.command.js')).heads],
  ['branches', async () => (await import('./commands/branches.command.js')).branches],
  ['history', async () => (await import('./commands/history.command.js')).history],
  ['graph', async () => (await import('./commands/graph.command.js')).graph],
  ['show', async () => (await import('./commands/show.command.js')).show],
  ['bundle', async () => (await import('./commands/bundle.command.js')).bundle],
  ['merge', async () => (await import('./commands/merge.command.js')).merge],
]);
