import { namesLiteral } from './literals.js';
import { constantPlace } from './revision-constants.js';

/**
 * The text of a revision that follows another one: its `downRevision`, and the line `Revises:` of its comment. All else
 * stays as it is, to the letter.
 *
 * @returns `undefined` where the value is not written as a literal.
 */
export function movedRevision(
  text: string,
  { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] },
): string | undefined {
  const place = constantPlace(text, 'downRevision');
  if (place === undefined) return undefined;
  const moved = text.slice(0, place.start) + namesLiteral(to) + text.slice(place.end);
  const line = (ids: readonly string[]): string => `Revises: ${ids.length === 0 ? '<base>' : ids.join(', ')}`;
  const at = moved.indexOf(line(from));
  // only in the comment at the head of the file
  if (at === -1 || at > moved.search(/^export /m)) return moved;
  return moved.slice(0, at) + line(to) + moved.slice(at + line(from).length);
}
