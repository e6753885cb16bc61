// Browser-safe: imports nothing that needs a server.
/** In UTF-16 units, cut between graphemes and well formed. `end` marks a cut. */
export function clip(text: string, maximum: number, end = ""): string {
  if (text.length <= maximum) return text.toWellFormed();
  const room = maximum - end.length;
  let length = 0;
  for (const { index, segment } of segmenter.segment(text.slice(0, room + longestGrapheme))) {
    if (index + segment.length > room) break;
    length = index + segment.length;
  }
  return text.slice(0, length || room).toWellFormed() + end;
}

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
const longestGrapheme = 64;

/** Strict parsers refuse lone surrogates. */
export function toWellFormedJson(value: unknown): string {
  const json = JSON.stringify(value);
  // JSON.stringify escapes only lone surrogates in this way.
  return json.includes("\\ud") ? json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, "$1\ufffd") : json;
}

const steering = /[\p{Bidi_Control}\uFFF9-\uFFFB]/gu;
const invisible =
  /[[\p{Default_Ignorable_Code_Point}]--[\u200C\u200D\u180B-\u180D\u180F\uFE00-\uFE0F\u{E0020}-\u{E007F}\u{E0100}-\u{E01EF}]]/gv;
/** Joiners and variation selectors matter in many scripts and in emoji, but not beside ASCII. */
const besideAscii =
  /(?<![\u0080-\u{10FFFF}])(?:\p{Join_Control}|[\uFE00-\uFE0E\u{E0100}-\u{E01EF}])+|(?<!\p{Join_Control})\p{Join_Control}+(?![\u0080-\u{10FFFF}])/gu;
/** Tags spell the region of flags such as Scotland's; elsewhere they hide text. */
const tags = /(?<!\u{1F3F4}[\u{E0020}-\u{E007E}]{0,6})[\u{E0020}-\u{E007F}]+/gu;

export function withoutHidden(text: string): string {
  return text.replace(steering, "").replace(invisible, "").replace(tags, "").replace(besideAscii, "");
}

/** For `LIKE`. */
export function patternOf(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
}

const ends = new Set(`"'<>(),;:\\[] \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff`);
for (let code = 0x2000; code <= 0x200a; code += 1) ends.add(String.fromCharCode(code));

/** Rather too much than too little. Linear time, where a regular expression may backtrack. */
export function replaceAddresses(text: string, replace: (address: string) => string): string {
  const parts: string[] = [];
  let done = 0;
  let end = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", end)) {
    let start = at;
    while (start > end && !ends.has(text.charAt(start - 1))) start -= 1;
    end = at + 1;
    while (end < text.length && !ends.has(text.charAt(end))) end += 1;
    const inside = text.indexOf("@", start + 1);
    if (inside === -1 || inside >= end - 1) continue;
    parts.push(text.slice(done, start), replace(text.slice(start, end)));
    done = end;
  }
  return done === 0 ? text : parts.join("") + text.slice(done);
}

/**
 * SNS and SQS refuse U+FFFE and U+FFFF, which JSON allows; escaped, they mean the same. Source: SendMessage's reference
 * page.
 */
export function escapeRefusedCharacters(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
