import { requiredNames } from "@eventfork/core/topology";
import { redirect } from "next/navigation";

export default function RulesPage() {
  redirect(`/admin/rules/${requiredNames[0]}`);
}
