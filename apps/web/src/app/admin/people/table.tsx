import type { UserItem } from "@eventfork/core/users";
import Link from "next/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/table/table.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { CopyId } from "@/components/ui/copy-id.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { roleTitles } from "./search-params.ts";

export function PeopleTable({ people }: { people: readonly UserItem[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Person</TableHead>
          <TableHead className="max-md:hidden">Id</TableHead>
          <TableHead>Role</TableHead>
          <TableHead className="text-right max-sm:hidden">Signed up</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {people.map((person) => (
          <TableRow key={person.id} data-row>
            <TableCell className="max-w-52 sm:max-w-72">
              <Link
                href={`/admin/people/${person.id}`}
                dir="auto"
                className="block truncate rounded-sm text-left font-medium underline-offset-4 hover:underline"
              >
                {person.name || "No name"}
              </Link>
              <span className="block truncate text-muted-foreground text-xs">
                {person.erasedAt === null ? person.email : "No address any more"}
              </span>
              <RelativeTime date={person.createdAt} className="text-muted-foreground text-xs sm:hidden" />
            </TableCell>
            <TableCell className="max-md:hidden">
              <CopyId id={person.id} />
            </TableCell>
            <TableCell>
              <RoleBadge person={person} />
            </TableCell>
            <TableCell className="whitespace-nowrap text-right text-muted-foreground max-sm:hidden">
              <RelativeTime date={person.createdAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

export function RoleBadge({ person: { role, erasedAt } }: { person: Pick<UserItem, "role" | "erasedAt"> }) {
  if (erasedAt !== null) return <Badge variant="warning">Erased</Badge>;
  return (
    <Badge variant={role === "admin" ? "info" : role === "viewer" ? "success" : "neutral"}>{roleTitles[role]}</Badge>
  );
}
