import { SearchXIcon } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "@/components/ui/states.tsx";

export default function AdminNotFound() {
  return (
    <EmptyState icon={SearchXIcon} title="There is no such thing">
      It may have been removed, or the address is mistyped.{" "}
      <Link href="/admin" className="text-foreground underline underline-offset-4">
        Go to the overview
      </Link>
    </EmptyState>
  );
}
