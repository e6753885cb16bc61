import { isOptional } from "@eventfork/core/topology";
import { useQuery } from "@tanstack/react-query";
import { integrationOptions } from "@/lib/list-params.ts";
import { useTRPC } from "@/trpc/client.tsx";

export function useIntegrationsOn(): typeof integrationOptions {
  const trpc = useTRPC();
  const { data: off } = useQuery({
    ...trpc.integrations.available.queryOptions(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return integrationOptions.filter(
    ({ value }) => !isOptional(value) || (off !== undefined && !off.some(({ name }) => name === value)),
  );
}
