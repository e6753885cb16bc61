"use client";

import { useRouter } from "next/navigation";
import { FormField } from "@/components/form-field.tsx";
import { Said, useSaid } from "@/components/said.tsx";
import { Alert } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useAuthForm } from "@/hooks/use-auth-form.ts";
import { askAccount } from "@/lib/account-client.ts";

export function NameForm({ name, maxLength }: { name: string; maxLength: number }) {
  const router = useRouter();
  const [said, say] = useSaid();
  const { problems, isPending, formProps } = useAuthForm(
    (data) => askAccount((account) => account.rename.mutate({ name: String(data.get("name")) })),
    () => {
      say("Your name is changed.");
      router.refresh();
    },
  );
  return (
    <form {...formProps} className="flex flex-col gap-3">
      {problems["form"] !== undefined && <Alert variant="destructive">{problems["form"]}</Alert>}
      <FormField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={maxLength}
        defaultValue={name}
        error={problems["name"]}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="outline" size="sm" disabled={isPending}>
          {isPending ? "Changing…" : "Change name"}
        </Button>
        <Said>{said}</Said>
      </div>
    </form>
  );
}
