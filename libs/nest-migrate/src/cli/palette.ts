import { styleText } from 'node:util';
import { type OutputStream } from './streams.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How each kind of text looks on a terminal. Nowhere else is a colour named. */
const styles = {
  plain: undefined,
  quiet: 'dim',
  title: 'bold',
  revision: 'yellow',
  head: ['bold', 'green'],
  current: ['bold', 'cyan'],
  point: 'magenta',
  label: 'cyan',
  action: 'green',
  added: 'green',
  removed: 'red',
  changed: 'yellow',
  warning: 'yellow',
  failure: 'red',
  lane1: 'red',
  lane2: 'green',
  lane3: 'yellow',
  lane4: 'blue',
  lane5: 'magenta',
  lane6: 'cyan',
} as const satisfies Record<string, Parameters<typeof styleText>[0] | undefined>;

export type Style = keyof typeof styles;

/** Where lines are laid out: how wide it is, and how text of a kind looks there. */
export interface Page {
  /** In characters; `undefined` where the reader is a program, which gets every line whole. */
  readonly width?: number;
  /** Whether `paint` does anything. */
  readonly isColourful?: boolean;
  readonly paint: (style: Style, text: string) => string;
}

/** The same page for text that is not to be cut. */
export function endless(page: Page): Page {
  return { paint: page.paint };
}

/** A page without colours and without an end: what a pipe or a file gets. */
export const plainPage: Page = { paint: (_, text) => text };

/**
 * The page that a stream is. Colours only on a terminal, unless the environment says otherwise: `NO_COLOR` (not empty)
 * and `TERM=dumb` take them away; `FORCE_COLOR`, where it counts, goes before both and is read as Node.js reads it.
 */
export function pageOf(stream: OutputStream, env: Environment): Page {
  const { paint } = isColourful(stream, env) ? colourfulPage : plainPage;
  return {
    paint,
    isColourful: paint === colourfulPage.paint,
    width: stream.isTTY === true ? columnsOf(stream) : undefined,
  };
}

/** The columns of a stream; 80 where the number is unknown, which some pseudo-terminals report as 0. */
export function columnsOf({ columns = 0 }: OutputStream): number {
  return columns > 0 ? columns : 80;
}

const colourfulPage: Page = {
  paint: (style, text) => {
    const format = styles[style];
    return format === undefined || text === '' ? text : styleText(format, text, { validateStream: false });
  },
};

function isColourful(stream: OutputStream, env: Environment): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return ['', '1', 'true', '2', '3'].includes(forced);
  return stream.isTTY === true && !isSet(env['NO_COLOR']) && env['TERM'] !== 'dumb';
}

/** Whether a variable of the environment says something. */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
