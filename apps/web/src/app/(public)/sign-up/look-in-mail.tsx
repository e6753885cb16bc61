import { MailCheckIcon } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { buttonVariants } from "@/components/ui/button-variants.ts";
import { useIsHydrated } from "@/hooks/use-is-hydrated.ts";
import { askAuth } from "@/lib/auth-client.ts";

/** What comes after a sign-up whose address has to be confirmed. It says the same whether or not the address had an account. */
export function LookInMail({ email }: { email: string }) {
  const isHydrated = useIsHydrated();
  const heading = useRef<HTMLHeadingElement>(null);
  const [said, setSaid] = useState("");

  useEffect(() => heading.current?.focus(), []);

  async function sendAgain(): Promise<void> {
    setSaid("Sending…");
    const answer = await askAuth("/send-verification-email", { email });
    setSaid(answer.ok ? "Sent once more." : (answer.problems["form"] ?? "It could not be sent. Try again."));
  }

  return (
    <div className="flex flex-col items-start gap-4 rounded-xl border bg-card p-5">
      <MailCheckIcon aria-hidden className="size-6 text-success" strokeWidth={1.5} />
      <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Look into your mail
      </h2>
      <p className="break-words text-muted-foreground text-sm">
        We have written to <strong className="font-medium text-foreground">{email}</strong>. Follow the link in the mail
        within an hour, and you are in.
      </p>
      {isHydrated && (
        <button type="button" className={buttonVariants({ variant: "outline", size: "sm" })} onClick={sendAgain}>
          Send it again
        </button>
      )}
      <p role="status" className="text-muted-foreground text-sm empty:hidden">
        {said}
      </p>
    </div>
  );
}
