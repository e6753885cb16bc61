import { z } from "zod";

// better-auth repeats the session's token in its response bodies. Scripts must not read it.

const coded = z.object({ code: z.string() });
const withRole = z.object({ user: z.object({ role: z.string().nullish() }) });

export async function codeOf(response: Response): Promise<string> {
  if (response.ok) return "";
  return coded.safeParse(await readJson(response)).data?.code ?? "";
}

export const signUpAnswer = (response: Response, isSignedIn: boolean) =>
  isSignedIn ? signedInAnswer(response) : Response.json({ isSignedIn });

export async function signedInAnswer(response: Response): Promise<Response> {
  const role = withRole.safeParse(await readJson(response)).data?.user.role ?? "user";
  return withCookiesOf(response, { isSignedIn: true, role });
}

export async function sessionAnswer(response: Response): Promise<Response> {
  const found = z.object({ user: z.unknown() }).safeParse(await readJson(response));
  return withCookiesOf(response, found.success ? { user: found.data.user } : null);
}

export function jsonResponse(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers });
}

const readJson = (response: Response): Promise<unknown> =>
  response
    .clone()
    .json()
    .catch(() => null);

function withCookiesOf(response: Response, body: object | null): Response {
  const answer = Response.json(body);
  for (const cookie of response.headers.getSetCookie()) answer.headers.append("set-cookie", cookie);
  return answer;
}
