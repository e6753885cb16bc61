/**
 * SNS and SQS take the characters of XML 1.0, which are all of JSON's but U+FFFE and U+FFFF: escaped they mean the same.
 * Source: SendMessage's reference page.
 */
export function escapeRefusedCharacters(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
