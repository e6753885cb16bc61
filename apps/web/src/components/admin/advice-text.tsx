import type { Advice } from "@eventfork/core/dead-letters";
import { LightbulbIcon } from "lucide-react";

export function AdviceText({ advice: { text, source } }: { advice: Advice }) {
  return (
    <div className="flex gap-2.5 rounded-md bg-info/8 px-3 py-2 text-sm">
      <LightbulbIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-info" />
      <p className="min-w-0 text-pretty break-words">
        <span className="sr-only">Next step: </span>
        {text}
        {source !== null && (
          <>
            {" "}
            <a
              href={source}
              target="_blank"
              rel="noreferrer"
              className="whitespace-nowrap rounded-sm text-info underline underline-offset-4"
            >
              {describeHost(source)}
              <span className="sr-only"> (opens in a new tab)</span>
            </a>
          </>
        )}
      </p>
    </div>
  );
}

export function withoutAdvice(reason: string, { text }: Advice): string {
  return reason.endsWith(text) ? reason.slice(0, -text.length).trim() || reason : reason;
}

function describeHost(source: string): string {
  return URL.canParse(source) ? new URL(source).hostname : source;
}
