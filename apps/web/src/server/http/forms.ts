import { readBodyOf } from "@eventfork/core/platform";
import { emailLength } from "@eventfork/core/users";
import { z } from "zod";
import { readAuthAnswer } from "../../lib/auth-client.ts";
import { type AuthForm, ownPath } from "../../lib/auth-forms.ts";
import type { Runtime } from "../context.ts";
import { isSameOrigin } from "./request-origin.ts";

const bodyBytes = 64 * 1_024;

const returnSeconds = 10;

const returnedSchema = z.object({
  page: z.string(),
  isDone: z.boolean(),
  problems: z.record(z.string(), z.string()),
  values: z.record(z.string(), z.string()),
});

export type Returned = z.infer<typeof returnedSchema>;

/** Calls the JSON endpoint, so limits, audit and cookies are the same. */
export async function answerForm(
  { auth, baseURL }: Pick<Runtime, "auth" | "baseURL">,
  request: Request,
  form: AuthForm,
): Promise<Response> {
  if (!isSameOrigin(request, baseURL)) {
    return Response.json({ message: "This form comes from another site. Open it on ours." }, { status: 403 });
  }
  const body = await readBodyOf(request, "application/x-www-form-urlencoded", bodyBytes);
  if (typeof body !== "string") return body;
  const fields = new URLSearchParams(body);
  const headers = new Headers(request.headers);
  headers.set("content-type", "application/json");
  headers.delete("content-length");
  const asked = { method: "POST", headers, body: JSON.stringify(form.toBody(fields)) };
  const response = await auth.handler(new Request(`${baseURL}/api/auth${form.path}`, asked));
  const answer = await readAuthAnswer(response);
  const destination = answer.ok ? form.destination(answer, fields) : null;
  const next = ownPath(fields.get("next"));
  const back = next === null ? form.page : `${form.page}?next=${encodeURIComponent(next)}`;
  const redirect = new Response(null, { status: 303, headers: { location: destination ?? back } });
  for (const cookie of response.headers.getSetCookie()) redirect.headers.append("set-cookie", cookie);
  if (destination === null) {
    const values = form.keeps.map((name) => [name, fields.get(name)?.slice(0, emailLength.max) ?? ""]);
    const problems = answer.ok ? {} : answer.problems;
    const returned = { page: form.page, isDone: answer.ok, problems, values: Object.fromEntries(values) };
    redirect.headers.append("set-cookie", returnCookie(baseURL, returned));
  }
  return redirect;
}

function returnCookie(baseURL: string, returned: Returned): string {
  const value = Buffer.from(JSON.stringify(returned)).toString("base64url");
  const secure = baseURL.startsWith("https://") ? "; Secure" : "";
  return `${cookieName(baseURL)}=${value}; Path=/; Max-Age=${returnSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

type Cookies = { get(name: string): { value: string } | undefined };

export function findReturned(baseURL: string, cookies: Cookies, page: AuthForm["page"]): Returned | null {
  try {
    const value = cookies.get(cookieName(baseURL))?.value ?? "";
    const returned = returnedSchema.parse(JSON.parse(Buffer.from(value, "base64url").toString()));
    return returned.page === page ? returned : null;
  } catch {
    return null;
  }
}

/** `__Host-` keeps other hosts and plain http from setting it. */
function cookieName(baseURL: string): string {
  return baseURL.startsWith("https://") ? "__Host-eventfork.form" : "eventfork.form";
}
