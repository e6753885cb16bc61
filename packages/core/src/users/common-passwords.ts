/** Besides the list: what somebody types who was asked for a password here. */
const ownName = /^eventfork[^\p{L}]*$/u;

let common: Promise<ReadonlySet<string>> | undefined;

/** Loaded with the first password that is chosen: most processes never see one. The list is of leaked passwords. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}

/** Whatever its case. */
export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= load();
  const text = password.normalize("NFKC").toLowerCase();
  return ownName.test(text) || (await common).has(text);
}
