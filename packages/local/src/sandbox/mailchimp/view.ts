import { html } from "hono/html";
import { emptyView, type Html } from "../page/parts.ts";
import type { SandboxMember } from "./api.ts";

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
