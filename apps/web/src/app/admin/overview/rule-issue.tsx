"use client";

import type { RuleIssue } from "@eventfork/core/rules";
import { integrations } from "@eventfork/core/topology";
import Link from "next/link";
import { Alert } from "@/components/ui/panels.tsx";
import { DriftAlert } from "../rules/[integration]/drift-alert.tsx";
import { AppliedState } from "../rules/[integration]/rollout-status.tsx";

export function RuleIssueAlert({ issue: { integration, active, live } }: { issue: RuleIssue }) {
  const title = (
    <Link
      href={`/admin/rules/${integration}`}
      className="self-start rounded-sm font-medium underline underline-offset-4"
    >
      {integrations[integration].title}'s rule, version {active.version}
    </Link>
  );
  return (
    <div className="flex flex-col gap-2">
      {title}
      {live !== null && <DriftAlert integration={integration} active={active} live={live} />}
      {active.applyError !== null && (
        <Alert variant="warning">
          <AppliedState version={active} />
        </Alert>
      )}
    </div>
  );
}
