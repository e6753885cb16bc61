export type Person = { name: string; email: string; password: string };

let people = 0;

export function newPerson(name = "Ada Lovelace"): Person {
  people += 1;
  const tag = `${Date.now().toString(36)}${people}`;
  return { name, email: `ada.${tag}@lovelace.dev`, password: `correct horse ${tag}` };
}

export type AuthAnswer = { status: number; userId: string; ms: number };

/** Signs up or in over HTTP as a browser's script would, each time from another address: three from one are the limit. */
export async function askAuth(web: string, path: string, body: object): Promise<AuthAnswer> {
  calls += 1;
  const startedAt = performance.now();
  const response = await fetch(`${web}/api/auth/${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: web,
      "x-forwarded-for": `10.${process.pid % 256}.0.${calls}`,
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { user?: { id: string } };
  return { status: response.status, userId: answer.user?.id ?? "", ms: performance.now() - startedAt };
}

let calls = 0;

/** @throws Error when the sign-up is refused. */
export async function signUp(web: string, person: Person): Promise<{ id: string; email: string; ms: number }> {
  const { status, userId, ms } = await askAuth(web, "sign-up/email", { ...person, marketingConsent: false });
  if (status !== 200) throw new Error(`the sign-up was answered with ${status}`);
  return { id: userId, email: person.email, ms };
}
