/**
 * The words of a message as the readable part of a file name: lower case, joined by underscores. A longer text is cut
 * at `limit` characters and then after the last whole word, which leaves an underscore at the end, as in Alembic.
 */
export function slugOf(message: string, limit: number): string {
  const words = message.normalize('NFC').match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  const characters = [...words.join('_').toLowerCase()];
  if (characters.length <= limit) return characters.join('');
  const cut = characters.slice(0, limit).join('');
  const end = cut.lastIndexOf('_');
  return `${end === -1 ? cut : cut.slice(0, end)}_`;
}
