/** What moves a cursor, hides a line or turns the writing round; line breaks, tabs and (where asked for) colours aside. */
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const unprintableButColours = /(?!\u001b\[[\d;]*m)[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text with control characters spelled out: ids and messages come from files and databases that others write to, and a
 * terminal does what it is told.
 *
 * @param isColourful Whether the text holds colours of ours.
 */
export function printable(text: string, isColourful = false): string {
  return text.replace(isColourful ? unprintableButColours : unprintable, spelledOut);
}

/** JSON with those characters spelled out that its own rules let through. */
export function printableJson(json: string): string {
  return json.replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, spelledOut);
}

function spelledOut(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
