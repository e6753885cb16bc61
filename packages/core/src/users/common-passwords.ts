const ownName = /^eventfork[^\p{L}]*$/u;

let common: Promise<ReadonlySet<string>> | undefined;

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}

export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= load();
  const text = password.normalize("NFKC").toLowerCase();
  return ownName.test(text) || (await common).has(text);
}
