import type { IncomingMessage } from "node:http";
import { findSignedIn, type Person } from "@eventfork/core/users";
import type { GetServerSideProps, GetServerSidePropsResult } from "next";
import { nonceOf } from "@/lib/nonce.ts";
import { getRuntime, type Runtime } from "./runtime.ts";

/** What every public page gets beside its own. */
export type VisitProps = { nonce: string };

/** Somebody at a public page. */
export type Visit = {
  runtime: Runtime;
  query: Readonly<Record<string, string | string[] | undefined>>;
  /** Who is signed in, read from the database. */
  findPerson: () => Promise<Person | null>;
};

type Answer<Props> = GetServerSidePropsResult<Props>;

/** A public page's properties, or where it leads instead. */
export function servePage<Props extends Record<string, unknown>>(
  answer: (visit: Visit) => Promise<Answer<Props>>,
): GetServerSideProps<Props & VisitProps> {
  return async ({ req, query }) => {
    const runtime = getRuntime();
    const findPerson = () => findSignedIn(runtime.auth, headersOf(req), { canRefresh: false });
    const answered = await answer({ runtime, query, findPerson });
    return "props" in answered ? { props: { ...(await answered.props), nonce: nonceOf(req) } } : answered;
  };
}

export function leadTo(destination: string) {
  return { redirect: { destination, permanent: false } };
}

function headersOf(request: IncomingMessage): Headers {
  return new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}
