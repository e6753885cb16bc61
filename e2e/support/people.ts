export type NewPerson = { name: string; email: string; password: string };

let people = 0;

export function newPerson(name = "Ada Lovelace"): NewPerson {
  people += 1;
  const tag = `${Date.now().toString(36)}${people}`;
  return { name, email: `ada.${tag}@lovelace.dev`, password: `correct horse ${tag}` };
}

export type AuthResponse = { status: number; cookie: string; ms: number };

export async function callAuth(web: string, path: string, body: object): Promise<AuthResponse> {
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
  await response.text();
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return { status: response.status, cookie: cookies.join("; "), ms: performance.now() - startedAt };
}

let calls = 0;

type Session = { user: { id: string } };

/** @throws Error when the sign-up is refused. */
export async function signUp(web: string, person: NewPerson): Promise<{ id: string; email: string; ms: number }> {
  const { status, cookie, ms } = await callAuth(web, "sign-up/email", { ...person, marketingConsent: false });
  if (status !== 200) throw new Error(`the sign-up was answered with ${status}`);
  const { user } = (await (await fetch(`${web}/api/auth/get-session`, { headers: { cookie } })).json()) as Session;
  return { id: user.id, email: person.email, ms };
}
