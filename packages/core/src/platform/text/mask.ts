// Browser-safe: imports nothing that needs a server.
import { parseJson } from "../input.ts";
import { isNestedTooDeep } from "./sound-json.ts";
import { replaceAddresses } from "./text.ts";

const hidden = "•••";

const personalKeys = new Set(["email", "ip", "ipAddress", "clientIp", "userAgent", "phone", "firstName", "lastName"]);

/** Personal only in objects about a person: an integration has a name, too. */
const nameKeys = new Set(["name", "displayName", "fullName", "username"]);
const signsOfPerson = ["email", "userId", "emailVerified", "marketingConsent"];

export function maskText(text: string): string {
  const [first] = text;
  return first === undefined ? "" : `${first}${hidden}`;
}

export function maskAddresses(text: string): string {
  return replaceAddresses(text, (found) => `${maskText(found)}@${hidden}`);
}

/** Also masks JSON inside text. */
export function maskPersonalData<Value>(value: Value): Value {
  return maskValue(value) as Value;
}

function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskString(value);
  if (Array.isArray(value)) return value.map(maskValue);
  if (!isPlain(value)) return value;
  const isPerson = signsOfPerson.some((key) => Object.hasOwn(value, key));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isPersonal = personalKeys.has(key) || (isPerson && nameKeys.has(key));
      return [key, isPersonal ? maskUnder(item) : maskValue(item)];
    }),
  );
}

function maskUnder(value: unknown): unknown {
  if (typeof value === "string") return value.includes("@") ? maskAddresses(value) : maskText(value);
  if (Array.isArray(value)) return value.map(maskUnder);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskUnder(item)]));
}

function maskString(text: string): string {
  const parsed = /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
  if (parsed === undefined || isNestedTooDeep(parsed)) return maskAddresses(text);
  return JSON.stringify(maskValue(parsed));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
