/** The user part of a URL up to the last `@` of the word: a password need not be percent-encoded to leak. */
const credentials = /(\w:\/\/[^\s:/@'"`]*):[^\s'"`]*@/g;

/** Text without the passwords of the URLs in it. */
export function scrub(text: string): string {
  return text.replace(credentials, '$1:***@');
}
