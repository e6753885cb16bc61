import { hash as digest } from "node:crypto";
import { html } from "hono/html";
import { z } from "zod";
import type { SandboxLedger } from "../ledger.ts";
import { emptyView, type Html } from "../page/parts.ts";
import { sandboxListId } from "../variables.ts";

const statuses = ["subscribed", "unsubscribed", "cleaned", "pending", "transactional"] as const;

export const memberSchema = z.looseObject({
  email_address: z.string(),
  status: z.enum(statuses).optional(),
  status_if_new: z.enum(statuses).optional(),
  merge_fields: z.record(z.string(), z.unknown()).optional(),
  tags: z.array(z.string()).optional(),
});

export type SandboxMember = {
  id: string;
  email_address: string;
  status: (typeof statuses)[number];
  merge_fields: Record<string, unknown>;
  tags: string[];
};

export function listMembers(ledger: SandboxLedger, limit: number): SandboxMember[] {
  const rows = ledger.sql("SELECT member FROM mailchimp_member ORDER BY changed_at DESC LIMIT ?").all(limit);
  return rows.map((row) => JSON.parse(String(row.member)));
}

export function mergeMember(
  existing: SandboxMember | undefined,
  input: z.output<typeof memberSchema>,
  status = existing?.status,
): SandboxMember {
  return {
    id: existing?.id ?? memberHash(input.email_address),
    email_address: existing?.email_address ?? input.email_address,
    status: status ?? "subscribed",
    merge_fields: { ...existing?.merge_fields, ...input.merge_fields },
    tags: [...new Set([...(existing?.tags ?? []), ...(input.tags ?? [])])],
  };
}

export function renderMember(member: SandboxMember) {
  const tags = member.tags.map((name, index) => ({ id: index + 1, name }));
  return { ...member, contact_id: member.id, list_id: sandboxListId, tags_count: tags.length, tags };
}

export function memberHash(email: string): string {
  return digest("md5", email.trim().toLowerCase());
}

/** Mailchimp accepts an address in place of its hash. */
export function toHash(hashOrEmail: string): string {
  return hashOrEmail.includes("@") ? memberHash(hashOrEmail) : hashOrEmail.toLowerCase();
}

export function membersView(members: readonly SandboxMember[]): Html {
  if (members.length === 0) return emptyView("The audience is empty. Sign up in the app to add its first member.");
  return html`<table>
    <thead><tr><th scope="col">Contact</th><th scope="col">Status</th><th scope="col">Tags</th></tr></thead>
    <tbody>${members.map(({ email_address, merge_fields, status, tags }) => {
      const name = [merge_fields.FNAME, merge_fields.LNAME].filter((part) => part !== undefined).join(" ");
      return html`<tr>
        <td>${email_address}<small>${name}</small></td>
        <td><span class="pill ${status === "subscribed" ? "good" : ""}">${status}</span></td>
        <td class="tags">${tags.join(", ")}</td>
      </tr>`;
    })}</tbody>
  </table>`;
}
