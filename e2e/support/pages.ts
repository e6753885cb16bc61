import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const app = fileURLToPath(new URL("../../apps/web/src/app", import.meta.url));

const found = readdirSync(app, { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|\/)page\.tsx$/.test(file) && !file.includes("["))
  .map((file) => `/${file.replace("(public)/", "").replace(/\/?page\.tsx$/, "")}`)
  .sort();

const ofOne = ["/admin/integrations/slack", "/admin/rules/slack"];

const isMembers = (path: string) => path.startsWith("/admin") || path === "/account";

export const publicPages = found.filter((path) => !isMembers(path));

export const memberPages = [...found.filter((path) => isMembers(path) && path !== "/admin/rules"), ...ofOne];
