import { format } from "date-fns";
import { ArrowRightIcon } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { LogOutButton } from "@/components/log-out-button.tsx";
import { PublicHeader } from "@/components/public-header.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { requirePerson } from "@/server/session.ts";

export const metadata: Metadata = { title: "Account" };

const roleTitles = { user: "User", viewer: "Viewer", admin: "Admin" };

export default async function AccountPage() {
  const person = await requirePerson("/account");
  return (
    <div className="flex min-h-dvh flex-col">
      <PublicHeader>
        <LogOutButton />
      </PublicHeader>
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col gap-6 px-5 py-10">
        <div className="flex flex-col gap-1.5">
          <h1 className="break-words text-2xl font-semibold tracking-tight">Hello, {person.name}</h1>
          <p className="text-sm text-muted-foreground">You are logged in. This is what we know about you.</p>
        </div>
        <Card>
          <dl className="divide-y">
            <Fact title="Name">{person.name}</Fact>
            <Fact title="Email">{person.email}</Fact>
            <Fact title="Product news">{person.marketingConsent ? "Yes, please" : "No, thank you"}</Fact>
            <Fact title="Member since">{format(person.createdAt, "d MMMM yyyy")}</Fact>
            {person.role !== "user" && <Fact title="Role">{roleTitles[person.role]}</Fact>}
          </dl>
        </Card>
        {person.role !== "user" && (
          <Button asChild variant="outline" className="self-start">
            <Link href="/admin">
              Go to the operator's screens
              <ArrowRightIcon aria-hidden />
            </Link>
          </Button>
        )}
      </main>
    </div>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 px-5 py-3.5 text-sm sm:grid-cols-[9rem_1fr]">
      <dt className="text-muted-foreground">{title}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
