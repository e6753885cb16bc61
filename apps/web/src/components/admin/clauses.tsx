import type { FailedClause } from "@eventfork/core/rules/language";

export function Clauses({ because }: { because: readonly FailedClause[] }) {
  if (because.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {because.map(({ path, expected, actual, alternative }) => (
        <li key={`${alternative ?? ""} ${path} ${expected}`} className="break-words">
          {alternative !== undefined && (
            <span className="mr-1.5 text-muted-foreground text-xs">in the alternative {alternative}:</span>
          )}
          <code className="rounded-sm bg-muted px-1.5 py-0.5 font-mono text-xs">{path || "the event"}</code>{" "}
          <span className="text-muted-foreground">expected:</span> {expected},{" "}
          <span className="text-muted-foreground">actual:</span> <code className="font-mono text-xs">{actual}</code>
        </li>
      ))}
    </ul>
  );
}
