import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type OnlineSchemaChange } from './options.js';

/** The option `onlineSchemaChange`, checked. */
export interface SchemaChangeSettings {
  readonly above: { readonly rows: number } | { readonly bytes: number };
  readonly command: readonly [program: string, ...args: readonly string[]];
}

/** Replicas are not looked for: that takes statements which new servers of MySQL have no longer. */
const COMMAND = [
  'pt-online-schema-change',
  '--alter',
  '{ALTER}',
  '--recursion-method',
  'none',
  '--no-version-check',
  '--execute',
  'F={CONFIG},D={DATABASE},t={TABLE}',
] as const;

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** @throws InvalidOptionError naming the option. */
export function resolveSchemaChange(given: OnlineSchemaChange | undefined): SchemaChangeSettings | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null) {
    const cure = "Write onlineSchemaChange: { above: '1 GB' }.";
    throw new InvalidOptionError('onlineSchemaChange', `is no object: ${String(given)}`, cure);
  }
  const strange = Object.keys(given).find((key) => key !== 'above' && key !== 'command');
  if (strange !== undefined)
    throw new InvalidOptionError(`onlineSchemaChange.${strange}`, 'is not known', 'There are: above, command.');
  return { above: sizeOf(given.above), command: commandOf(given.command ?? COMMAND) };
}

function sizeOf(above: number | string): SchemaChangeSettings['above'] {
  if (typeof above === 'number' && Number.isFinite(above) && above >= 0) return { rows: above };
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?b)\s*$/i.exec(String(above)) ?? [];
  if (typeof above === 'string' && number !== undefined && unit !== undefined)
    return { bytes: Number(number) * 1024 ** UNITS.indexOf(unit.toUpperCase()) };
  throw new InvalidOptionError(
    'onlineSchemaChange.above',
    `is neither a number of rows nor a size: ${String(above)}`,
    "Write 5_000_000 for rows, or '1 GB'.",
  );
}

function commandOf(command: readonly string[]): SchemaChangeSettings['command'] {
  const isList = Array.isArray(command) && command.every((word) => typeof word === 'string');
  const [program, ...args] = isList ? command : [];
  if (program === undefined || program === '') {
    const cure = 'Write the program and its arguments as a list of texts.';
    throw new InvalidOptionError('onlineSchemaChange.command', 'names no program', cure);
  }
  const missing = ['{TABLE}', '{ALTER}'].find((name) => !args.some((arg) => arg.includes(name)));
  if (missing !== undefined)
    throw new InvalidOptionError('onlineSchemaChange.command', `has no ${missing}`, 'It has to say what is changed.');
  return [program, ...args];
}
