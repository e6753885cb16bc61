import { listOwnSessions, nameLength, passwordLength } from "@eventfork/core/users";
import { ArrowRightIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { PublicHeader } from "@/components/layout/header.tsx";
import { LogOutButton } from "@/components/layout/log-out-button.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/panels.tsx";
import { formatDate } from "@/lib/format.ts";
import { getRuntime } from "@/server/context.ts";
import { requirePerson } from "@/server/session.ts";
import { DeleteAccountForm, NameForm, PasswordForm } from "./account-forms.tsx";
import { SessionList } from "./session-list.tsx";

export const metadata: Metadata = { title: "Account" };

const roleTitles = { user: "User", viewer: "Viewer", admin: "Admin" };

export default async function AccountPage() {
  const person = await requirePerson("/account");
  const { id, email, role, sessionId } = person;
  const sessions = await listOwnSessions({ ...getRuntime(), actor: { kind: "person", id, email, role } });
  return (
    <div className="flex min-h-dvh flex-col">
      <PublicHeader>
        <LogOutButton />
      </PublicHeader>
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col gap-6 px-5 py-10">
        <div className="flex flex-col gap-1.5">
          <h1 className="break-words font-semibold text-2xl tracking-tight">Hello, {person.name}</h1>
          <p className="text-muted-foreground text-sm">You are logged in. This is what we know about you.</p>
        </div>
        {role !== "user" && (
          <Button asChild variant="outline" className="self-start">
            <Link href="/admin">
              Open dashboard
              <ArrowRightIcon aria-hidden />
            </Link>
          </Button>
        )}
        <Card>
          <dl className="divide-y">
            <AccountItem title="Email">
              {email}
              {person.emailVerified === true && <span className="ml-2 text-muted-foreground text-xs">confirmed</span>}
            </AccountItem>
            <AccountItem title="Product news">{person.marketingConsent ? "Subscribed" : "Not subscribed"}</AccountItem>
            <AccountItem title="Member since">{formatDate(person.createdAt, "date")}</AccountItem>
            {role !== "user" && <AccountItem title="Role">{roleTitles[role]}</AccountItem>}
          </dl>
          <div className="border-t px-5 py-5">
            <NameForm name={person.name} maxLength={nameLength.max} />
          </div>
        </Card>
        <Section title="Password" text="A new one ends every other session.">
          <PasswordForm email={email} length={passwordLength} />
        </Section>
        <Section title="Sessions" text="Where you are logged in. End the ones you do not know.">
          <SessionList sessions={sessions.map((session) => ({ ...session, isCurrent: session.id === sessionId }))} />
        </Section>
        <Section
          title="Delete the account"
          text="Your name, your address and everything recorded about you are erased. This cannot be undone."
        >
          {role === "user" ? (
            <DeleteAccountForm />
          ) : (
            <p className="text-sm">You are an operator: another admin has to take your role away first.</p>
          )}
        </Section>
      </main>
    </div>
  );
}

function AccountItem({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 px-5 py-3.5 text-sm sm:grid-cols-[9rem_1fr]">
      <dt className="text-muted-foreground">{title}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <Card role="region" aria-label={title} className="flex flex-col gap-5 p-5">
      <div className="flex flex-col gap-1">
        <h2 className="font-semibold text-sm">{title}</h2>
        <p className="text-muted-foreground text-sm">{text}</p>
      </div>
      {children}
    </Card>
  );
}
