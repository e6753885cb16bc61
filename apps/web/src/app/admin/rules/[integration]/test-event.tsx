"use client";

import { catalog, eventTypes, exampleEvent } from "@eventfork/core/events/catalog";
import type { IntegrationName } from "@eventfork/core/topology";
import type { FailedClause } from "@eventfork/filter-policy";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useId, useRef } from "react";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Label, Textarea } from "@/components/ui/fields.tsx";
import { FailedClauses } from "@/components/ui/outcomes.tsx";
import { useTRPC } from "@/trpc/client.tsx";

type TestEventProps = { integration: IntegrationName; policyText: string; isValid: boolean };

export function TestEvent({ integration, policyText, isValid }: TestEventProps) {
  const trpc = useTRPC();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const test = useMutation(trpc.rules.testEvent.mutationOptions());

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("event")).trim();
    test.mutate({ integration, policyText, event: text.startsWith("{") ? { text } : { id: text } });
  }

  return (
    <details className="rounded-md border px-3 py-2 text-sm">
      <summary className="rounded-sm font-medium">Try it on one event</summary>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <Label htmlFor={id}>An event's id, or its JSON</Label>
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-muted-foreground text-xs">Start from an example:</span>
          {eventTypes.map((type) => (
            <Button
              key={type}
              type="button"
              variant="outline"
              size="sm"
              onClick={() => {
                if (field.current !== null) field.current.value = JSON.stringify(exampleEvent(type), null, 2);
              }}
            >
              {catalog[type].title}
            </Button>
          ))}
        </div>
        <Textarea
          ref={field}
          id={id}
          name="event"
          required
          spellCheck={false}
          className="min-h-20 font-mono text-xs"
          placeholder='{ "type": "user.signed_up", "data": { "email": "ada@example.com" } }'
        />
        <Button type="submit" variant="outline" size="sm" className="self-start" disabled={!isValid || test.isPending}>
          Try
        </Button>
        <div aria-live="polite" className="flex flex-col gap-2">
          {test.isError && <p className="text-destructive">{test.error.message}</p>}
          {test.isSuccess && (
            <>
              <TestResult title={`Version ${test.data.version}`} {...test.data.current} />
              <TestResult title="The draft" {...test.data.draft} />
            </>
          )}
        </div>
      </form>
    </details>
  );
}

function TestResult({
  title,
  isWanted,
  because,
}: {
  title: string;
  isWanted: boolean;
  because: readonly FailedClause[];
}) {
  return (
    <div className="flex flex-col gap-1.5">
      <p className="flex items-center gap-2">
        {title} <Badge variant={isWanted ? "success" : "neutral"}>{isWanted ? "matches" : "filters it out"}</Badge>
      </p>
      <FailedClauses because={because} />
    </div>
  );
}
