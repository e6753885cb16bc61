import "server-only";
import { findSignedIn, type Person } from "@eventfork/core/users";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { getRuntime } from "./runtime.ts";

/** Who is signed in, for pages: read once a request, from the database. */
export const getPerson = cache(async (): Promise<Person | null> => {
  const requestHeaders = await headers();
  return findSignedIn(getRuntime().auth, requestHeaders, { canRefresh: false });
});

/** The person who is signed in; everybody else is sent to log in, and back to `path` after that. */
export async function requirePerson(path: string): Promise<Person> {
  const person = await getPerson();
  if (person === null) redirect(`/login?next=${encodeURIComponent(path)}`);
  return person;
}

/** The operator who is signed in. A person without a role is told that there is no such page. */
export async function requireOperator(path: string): Promise<Person> {
  const person = await requirePerson(path);
  if (person.role === "user") notFound();
  return person;
}
