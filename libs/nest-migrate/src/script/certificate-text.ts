import { noteComment } from './warning-summary.js';

/** What a certificate vouches for, as two digests. */
export interface Certificate {
  /** Of the program of the revision that has it, wherever it stands in the history. */
  readonly own: string;
  /** Of the programs that it replaces. */
  readonly replaced: string;
}

const LINE = /Certificate: ([0-9a-f]{16})-([0-9a-f]{16})/;

/** The line of a certificate that is not known yet. A program is known when it is written. */
export const OPEN_CERTIFICATE = `Certificate: ${'0'.repeat(16)}-${'0'.repeat(16)}`;

/** The certificate in the comments at the head of a revision. */
export function readCertificate(text: string): Certificate | undefined {
  const [, own, replaced] = LINE.exec(headOf(text)) ?? [];
  return own === undefined || replaced === undefined ? undefined : { own, replaced };
}

/** The text of a revision with a certificate, in the place of the one that it has. */
export function withCertificate(text: string, { own, replaced }: Certificate): string {
  const line = `Certificate: ${own}-${replaced}`;
  const head = headOf(text);
  const certified = LINE.test(head) ? head.replace(LINE, line) : head + noteComment([line]);
  return certified + text.slice(head.length);
}

/** What is above the imports and constants. */
function headOf(text: string): string {
  const place = /^(?:import|export|const|exports|'use strict'|"use strict")\b/m.exec(text)?.index ?? text.length;
  return text.slice(0, place);
}
