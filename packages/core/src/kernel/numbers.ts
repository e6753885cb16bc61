const thousands = /\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g;

/** "1,234,567.5". `toLocaleString` says the same, but in Chromium its first call holds a page up for 30 ms, and a phone's for 100. */
export function sayNumber(value: number): string {
  return String(value).replace(thousands, ",");
}

/** What can grow without end is counted up to this, so that a backlog never slows the page or the job that counts it. */
export const countedAtMost = 10_000;

/** Such a count in words: the last one means that there may be more. */
export function sayCapped(count: number): string {
  return count < countedAtMost ? sayNumber(count) : `${sayNumber(countedAtMost)}+`;
}
