/**
 * SNS and SQS refuse U+FFFE and U+FFFF, which JSON allows; escaped, they mean the same. Source: SendMessage's reference
 * page.
 */
export function escapeRefusedCharacters(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
