import { emailAddresses } from "../kernel/addresses.ts";

const hidden = "•••";

/** Keys whose text is a person's wherever they stand. */
const personalKeys = new Set(["email", "ip", "ipAddress", "clientIp", "userAgent", "phone", "firstName", "lastName"]);

/** Keys whose text is a person's only in an object that is about one: an integration has a name as well. */
const nameKeys = new Set(["name", "displayName", "fullName", "username"]);
const signsOfPerson = ["email", "userId", "emailVerified", "marketingConsent"];

/** A name or another short text: its first character, and that there is more. */
export function maskText(text: string): string {
  const [first] = text;
  return first === undefined ? "" : `${first}${hidden}`;
}

/** Every e-mail address in a text: `ada@lovelace.dev` becomes `a•••@•••`. */
export function maskAddresses(text: string): string {
  return text.replace(emailAddresses, (found) => `${maskText(found)}@${hidden}`);
}

/**
 * The same value with the personal data in it masked, for operators who may look but not know whom at: addresses in any text, what
 * stands under a personal key, and names in objects that are about a person. JSON inside a text is masked as JSON. The value itself is
 * left as it is; dates and other objects with a class of their own are passed on.
 */
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

/** Whatever is under a personal key is personal, a list or an object as well. */
function maskUnder(value: unknown): unknown {
  if (typeof value === "string") return value.includes("@") ? maskAddresses(value) : maskText(value);
  if (Array.isArray(value)) return value.map(maskUnder);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskUnder(item)]));
}

function maskString(text: string): string {
  const parsed = /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
  return parsed === undefined ? maskAddresses(text) : JSON.stringify(maskValue(parsed));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
