import type { DryRunReport } from "@eventfork/core/rules";
import type { IntegrationName } from "@eventfork/core/topology";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTRPCClient } from "@/trpc/client.tsx";

export type DryRunState = {
  report: DryRunReport | null;
  isRunning: boolean;
  isCancelled: boolean;
  error: string | null;
  cancel: () => void;
};

const startAfterMs = 300;

type Draft = {
  integration: IntegrationName;
  /** Null runs nothing. */
  policyText: string | null;
  last: number;
  /** The version in effect, with which the draft is compared. */
  version: number;
};

/** Runs a draft on the latest events after every change, its own or a colleague's. */
export function useDryRun({ integration, policyText, last, version }: Draft): DryRunState {
  const client = useTRPCClient();
  const running = useRef<AbortController | null>(null);
  const [state, setState] = useState<Omit<DryRunState, "cancel">>(nothing);

  useEffect(() => {
    if (policyText === null) {
      setState(nothing);
      return;
    }
    const controller = new AbortController();
    running.current = controller;
    const run = async () => {
      setState(({ report }) => ({ ...nothing, isRunning: true, report: report?.version === version ? report : null }));
      try {
        const steps = await client.rules.dryRun.mutate(
          { integration, policyText, last },
          { signal: controller.signal },
        );
        for await (const report of steps) {
          if (controller.signal.aborted) return;
          setState((before) => ({ ...before, report }));
        }
        setState((before) => ({ ...before, isRunning: false }));
      } catch (error) {
        if (controller.signal.aborted) return;
        setState((before) => ({
          ...before,
          isRunning: false,
          error: error instanceof Error ? error.message : String(error),
        }));
      }
    };
    const timer = setTimeout(run, startAfterMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [client, integration, policyText, last, version]);

  const cancel = useCallback(() => {
    running.current?.abort();
    setState((before) => ({ ...before, isRunning: false, isCancelled: true }));
  }, []);
  return { ...state, cancel };
}

const nothing = { report: null, isRunning: false, isCancelled: false, error: null };
