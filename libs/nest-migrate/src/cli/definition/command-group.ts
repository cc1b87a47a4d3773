/** The titles under which the help of the group lists its commands, in order. */
export const commandGroups = [
  'Set up',
  'Write revisions',
  'Change the database',
  'Look at the database',
  'Look at the revisions',
  'Before a deployment',
] as const;

/** What a command is for. */
export type CommandGroup = (typeof commandGroups)[number];
