import type { RuleVersionItem } from "@eventfork/core/rules";
import { Alert } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { PolicyDiff } from "./policy-diff.tsx";
import type { Draft } from "./rule-editor.tsx";

type OutdatedProps = { draft: Draft; active: RuleVersionItem; onRebase: () => void; onDiscard: () => void };

export function Outdated({ draft: { text, base }, active, onRebase, onDiscard }: OutdatedProps) {
  return (
    <Alert variant="warning" className="flex flex-col gap-3">
      <p>
        <span className="font-medium">
          {active.author} saved version {active.version} while you were editing version {base.version}.
        </span>{" "}
        Nothing was overwritten.
        {active.note !== null && <> Their note: “{active.note}”</>}
      </p>
      <p className="text-muted-foreground text-xs">What they changed</p>
      <PolicyDiff
        label={`Version ${base.version} and version ${active.version}`}
        before={base.policy}
        after={active.policy}
      />
      <p className="text-muted-foreground text-xs">What your draft would change in theirs</p>
      <PolicyDiff label={`Version ${active.version} and your draft`} before={active.policy} after={text} />
      <div className="flex flex-wrap gap-2">
        <Button type="button" size="sm" variant="outline" onClick={onDiscard}>
          Take theirs
        </Button>
        <Button type="button" size="sm" onClick={onRebase}>
          Keep mine, on top of version {active.version}
        </Button>
      </div>
    </Alert>
  );
}
