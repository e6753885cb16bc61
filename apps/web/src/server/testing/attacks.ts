import { encodeCursor, type Role } from "@eventfork/core/platform";
import { callerRoles, type Endpoint, formType } from "./endpoints.ts";
import { hostileTexts, hostileValues, inputPathsOf, withLeaf } from "./hostile.ts";

export type Attack = {
  what: string;
  input: unknown;
  headers?: Readonly<Record<string, string | null>>;
  role?: Role | null;
  isExpected: (status: number) => boolean;
};

const isRefused = (status: number) => status >= 400;
const isAny = () => true;
const is = (wanted: number) => (status: number) => status === wanted;

const nonsense = { "\u0000": "nonsense" };

function byRole({ open }: Endpoint): Attack[] {
  return callerRoles.map((role) => {
    const attack = { what: `as ${role ?? "nobody"}`, role, input: nonsense };
    if (open === "key") return { ...attack, headers: { authorization: null }, isExpected: is(401) };
    if (!open.includes(role)) return { ...attack, isExpected: is(403) };
    return {
      ...attack,
      isExpected: open.includes(null) ? isAny : (status: number) => status !== 401 && status !== 403,
    };
  });
}

const origins = ["https://evil.example", "http://localhost:3001", "null", null];

function byOrigin({ method, isOwnOriginOnly, example }: Endpoint): Attack[] {
  const foreign = isOwnOriginOnly && method === "GET" ? origins.slice(0, -1) : origins;
  return foreign.map((origin) => ({
    ...{
      what: origin === null ? "without an origin" : `from the origin ${origin}`,
      input: example,
      headers: { origin },
    },
    isExpected: isOwnOriginOnly ? is(403) : isAny,
  }));
}

function byType({ method, type, example, send }: Endpoint): Attack[] {
  const { body = "" } = send(example);
  if (method !== "POST" || body === "") return [];
  const other = type === formType ? "application/json" : formType;
  return ["text/plain", "multipart/form-data; boundary=x", other, `${type ?? "application/json"}, ${other}`, null].map(
    (given) => ({
      ...{
        what: given === null ? "without a content type" : `as ${given}`,
        input: example,
        headers: { "content-type": given },
      },
      isExpected: type === null ? isAny : is(415),
    }),
  );
}

const levels = (count: number): unknown => JSON.parse(`${"[".repeat(count)}1${"]".repeat(count)}`);

function bySize({ method, example, open }: Endpoint): Attack[] {
  const [leaf = []] = inputPathsOf(example);
  const tooLong = withLeaf(example, leaf, hostileTexts["1 MB"]);
  return [
    {
      ...{ what: "of 1 MB", input: typeof tooLong === "object" ? tooLong : { "": tooLong } },
      isExpected: method === "GET" ? isAny : is(open === "key" ? 400 : 413),
    },
    { what: "of 100 levels", input: levels(100), isExpected: isAny },
    { what: "with 100 levels", input: withLeaf(example, leaf, levels(100)), isExpected: isAny },
  ];
}

function withNul({ example }: Endpoint): Attack[] {
  const leaves = inputPathsOf(example).filter((leaf) => leaf.length > 0);
  return leaves.slice(0, 1).map((leaf) => ({
    what: `with NUL in ${leaf.join(".")}`,
    input: withLeaf(example, leaf, hostileTexts.NUL),
    isExpected: isAny,
  }));
}

const forged = [
  "text",
  "\u0000",
  encodeCursor([]),
  ...[1, 2, 3].map((parts) => encodeCursor(Array(parts).fill("\u0000"))),
];

function withCursor({ example, hasCursor }: Endpoint): Attack[] {
  const known = typeof example === "object" && example !== null ? example : {};
  return (hasCursor ? forged : forged.slice(-1)).map((cursor) => ({
    ...{ what: `with the cursor ${JSON.stringify(cursor)}`, input: { ...known, cursor } },
    isExpected: hasCursor ? isRefused : isAny,
  }));
}

function byValue({ file, method, type, example }: Endpoint): Attack[] {
  if (file.startsWith("api/trpc/")) return [];
  const values = method === "GET" || type === formType ? Object.values(hostileTexts) : hostileValues;
  return values.flatMap((value) => {
    const shown = JSON.stringify(value)?.slice(0, 60);
    const fields = inputPathsOf(example).map((leaf) => [leaf.join("."), withLeaf(example, leaf, value)] as const);
    return [["", value] as const, ...fields].map(([name, input]) => ({
      ...{ what: `with ${name} = ${shown}`, input },
      isExpected: isAny,
    }));
  });
}

export const attacksOn = (endpoint: Endpoint): Attack[] =>
  [byRole, byOrigin, byType, bySize, withNul, withCursor, byValue].flatMap((attacks) => attacks(endpoint));
