import "server-only";
import { findSignedIn, type Person } from "@eventfork/core/users";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { getRuntime } from "./context.ts";

export const getPerson = cache(async (): Promise<Person | null> => {
  const requestHeaders = await headers();
  return findSignedIn(getRuntime().auth, requestHeaders, { canRefresh: false });
});

/** Sends an anonymous visitor to log in. */
export async function requirePerson(path: string): Promise<Person> {
  const person = await getPerson();
  if (person === null) redirect(`/login?next=${encodeURIComponent(path)}`);
  return person;
}

/** Others get a 404. */
export async function requireOperator(path: string): Promise<Person> {
  const person = await requirePerson(path);
  if (person.role === "user") notFound();
  return person;
}
