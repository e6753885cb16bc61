import type { RuleVersionItem } from "@eventfork/core/rules";
import { useCanChange } from "@/components/admin/operator.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { AppliedState } from "./applied-state.tsx";

type RuleHistoryProps = { versions: readonly RuleVersionItem[]; onEdit: (version: RuleVersionItem) => void };

export function RuleHistory({ versions, onEdit }: RuleHistoryProps) {
  const canChange = useCanChange();
  return (
    <Card>
      <h2 className="border-b px-5 py-3 text-sm font-semibold">History</h2>
      <ol className="divide-y">
        {versions.map((version, index) => (
          <li key={version.version}>
            <details className="group px-5 py-3 text-sm">
              <summary className="list-none rounded-sm">
                <span className="flex items-baseline justify-between gap-3">
                  <span className="font-medium">
                    Version {version.version}
                    {index === 0 && <span className="font-normal text-muted-foreground"> · active</span>}
                  </span>
                  <RelativeTime date={version.createdAt} className="shrink-0 text-xs text-muted-foreground" />
                </span>
                <span className="block break-words text-xs text-muted-foreground">{version.author}</span>
                {version.note !== null && <span className="mt-1 block break-words">{version.note}</span>}
              </summary>
              <div className="mt-3 flex flex-col items-start gap-3">
                <AppliedState version={version} />
                <pre className="max-h-64 w-full overflow-auto rounded-md bg-muted p-3 font-mono text-xs">
                  {JSON.stringify(version.policy, null, 2)}
                </pre>
                {canChange && index > 0 && (
                  <Button variant="outline" size="sm" onClick={() => onEdit(version)}>
                    Edit from this version
                  </Button>
                )}
              </div>
            </details>
          </li>
        ))}
      </ol>
    </Card>
  );
}
