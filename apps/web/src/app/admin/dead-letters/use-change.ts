import type { Changed } from "@eventfork/core/dead-letters";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { inferRouterInputs } from "@trpc/server";
import { useState } from "react";
import { toast } from "sonner";
import { pluralise } from "@/lib/say.ts";
import type { AppRouter } from "@/server/router.ts";
import { useTRPC, useTRPCClient } from "@/trpc/client.tsx";

type Inputs = inferRouterInputs<AppRouter>["deadLetters"];
export type DeadLetterSelection = Inputs["restore"];

/** The server works for at most ten seconds a call, so it is called until all is done. */
export function useChange(verb: "discard" | "restore", done: string, onDone: () => void) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [changed, setChanged] = useState(0);

  async function changeAll(input: Inputs["discard"]): Promise<number> {
    let total = 0;
    const { reason, ...selection } = input;
    for (;;) {
      const step: Changed =
        verb === "discard"
          ? await client.deadLetters.discard.mutate({ ...selection, reason })
          : await client.deadLetters.restore.mutate(selection);
      total += step.changed;
      setChanged(total);
      if (step.isDone) return total;
    }
  }

  const mutation = useMutation({
    mutationFn: changeAll,
    onMutate: () => setChanged(0),
    onSuccess: (total) => {
      toast.success(`${pluralise(total, "dead letter")} ${done}.`);
      onDone();
    },
    onSettled: () => queryClient.invalidateQueries(trpc.deadLetters.pathFilter()),
  });
  return { ...mutation, changed };
}
