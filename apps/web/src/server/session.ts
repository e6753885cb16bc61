import "server-only";
import { findSignedIn, type Person } from "@eventfork/core/users";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { getRuntime } from "./runtime.ts";

/** Read once a request. */
export const getPerson = cache(async (): Promise<Person | null> => {
  const requestHeaders = await headers();
  return findSignedIn(getRuntime().auth, requestHeaders, { canRefresh: false });
});

/** Others log in first, and return to `path`. */
export async function requirePerson(path: string): Promise<Person> {
  const person = await getPerson();
  if (person === null) redirect(`/login?next=${encodeURIComponent(path)}`);
  return person;
}

/** To others the page does not exist. */
export async function requireOperator(path: string): Promise<Person> {
  const person = await requirePerson(path);
  if (person.role === "user") notFound();
  return person;
}
