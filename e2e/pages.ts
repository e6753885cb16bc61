import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const app = fileURLToPath(new URL("../apps/web/src/app", import.meta.url));

/** The pages that are there, as the router's folders have it: those of a single thing are not among them. */
const found = readdirSync(app, { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|\/)page\.tsx$/.test(file) && !file.includes("["))
  .map((file) => `/${file.replace("(public)/", "").replace(/\/?page\.tsx$/, "")}`)
  .sort();

/** Pages of one thing, which every stack has. */
const ofOne = ["/admin/integrations/slack", "/admin/rules/slack"];

const isMembers = (path: string) => path.startsWith("/admin") || path === "/account";

/** Pages for whoever comes. */
export const publicPages = found.filter((path) => !isMembers(path));

/** Pages for who is logged in as an admin. The overview of the rules leads to the first of them. */
export const memberPages = [...found.filter((path) => isMembers(path) && path !== "/admin/rules"), ...ofOne];
