import { type DiffLine, diffLines, type Policy } from "@eventfork/filter-policy";
import { ScrollRegion } from "@/components/ui/panels.tsx";
import { cn } from "@/lib/utils.ts";
import { formatPolicyText } from "./policy-text.ts";

type PolicyDiffProps = { label: string; before: Policy | string; after: Policy | string };

const signs = { same: " ", removed: "−", added: "+" };
const words = { same: "", removed: "removed: ", added: "added: " };

export function PolicyDiff({ label, before, after }: PolicyDiffProps) {
  const lines = diffLines(asText(before), asText(after));
  if (lines.every(({ kind }) => kind === "same"))
    return <p className="text-sm text-muted-foreground">{label}: the policies are the same.</p>;
  return (
    <ScrollRegion label={label} className="max-h-72 w-full overflow-auto rounded-md border bg-muted/50 py-2">
      <pre className="w-fit min-w-full font-mono text-xs leading-relaxed">
        {numberLines(lines).map(({ kind, text, id }) => (
          <span
            key={id}
            className={cn(
              "block px-3",
              kind === "removed" && "bg-destructive/10 text-destructive",
              kind === "added" && "bg-success/10 text-success",
            )}
          >
            <span className="sr-only">{words[kind]}</span>
            <span aria-hidden>{signs[kind]} </span>
            {text}
          </span>
        ))}
      </pre>
    </ScrollRegion>
  );
}

function numberLines(lines: readonly DiffLine[]): (DiffLine & { id: string })[] {
  const seen = { before: 0, after: 0 };
  return lines.map((line) => {
    if (line.kind !== "added") seen.before += 1;
    if (line.kind !== "removed") seen.after += 1;
    return { ...line, id: line.kind === "removed" ? `before ${seen.before}` : `after ${seen.after}` };
  });
}

function asText(policy: Policy | string): string {
  return typeof policy === "string" ? policy : formatPolicyText(policy);
}
