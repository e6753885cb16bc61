import type { IntegrationSetting, IntegrationSettings } from "@eventfork/core/integrations";
import { type Column, DataTable } from "@/components/admin/data-table.tsx";
import { Part } from "@/components/admin/part.tsx";
import { RelativeTime } from "@/components/relative-time.tsx";
import { Badge } from "@/components/ui/badge.tsx";

const sources = { environment: "the environment", link: "a link of SST's", default: "its default" };

const columns: readonly Column<IntegrationSetting>[] = [
  { title: "Setting", isMain: true, cell: ({ name }) => <span className="break-all font-mono text-xs">{name}</span> },
  {
    title: "State",
    cell: ({ isSet }) => <Badge variant={isSet ? "success" : "neutral"}>{isSet ? "Set" : "Not set"}</Badge>,
  },
  {
    title: "Value",
    from: "sm",
    className: "max-w-sm",
    cell: ({ value, isSecret, isSet }) =>
      isSecret ? (
        <span className="text-muted-foreground">{isSet ? "Kept secret" : "None"}</span>
      ) : (
        <span className="break-all">{value ?? "None"}</span>
      ),
  },
  {
    title: "From",
    from: "md",
    cell: ({ source }) => <span className="text-muted-foreground">{source === null ? "" : sources[source]}</span>,
  },
];

export function Settings({ settings }: { settings: IntegrationSettings | null }) {
  if (settings === null) {
    return (
      <Part title="Settings in force">
        <p className="text-muted-foreground text-sm">
          Not known yet: its consumer says what it is set to when it starts, which the first event or a test makes it
          do.
        </p>
      </Part>
    );
  }
  const { host, isSandbox, problem, reportedAt, settings: rows } = settings;
  return (
    <Part
      title="Settings in force"
      aside={
        <Badge variant={isSandbox ? "info" : "neutral"}>{isSandbox ? "The sandbox" : "The real third party"}</Badge>
      }
    >
      {problem !== null && <p className="whitespace-pre-line break-words text-destructive text-sm">{problem}</p>}
      <div className="-mx-5 border-y">
        <DataTable rows={rows} keyOf={({ name }) => name} columns={columns} />
      </div>
      <p className="text-muted-foreground text-xs">
        {host !== null && <>Talks to {host}. </>}
        As its consumer found them when it started <RelativeTime date={reportedAt} />. Changed with the deployment, not
        here.
      </p>
    </Part>
  );
}
