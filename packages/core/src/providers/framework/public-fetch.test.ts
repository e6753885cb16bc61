import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createGuardedFetch, fetchPublic, isPublicAddress } from "./public-fetch.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

test.each([
  ...["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"],
  ...["169.254.169.254", "169.254.170.2", "192.0.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"],
  ...["::1", "::", "fc00::1", "fd00:ec2::254", "fe80::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"],
  ...["64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "2001::1", "2001:db8::1", "not an address", ""],
])("%s is no address of the public internet", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  "1.1.1.1",
  "172.15.255.255",
  "172.32.0.1",
  "100.128.0.1",
  "9.255.255.255",
  "2606:4700::1111",
  "2a00:1450::1",
])("%s is one", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

/** Local names, and every URL spelling of an address. */
test.each([
  ...["https://localhost", "https://127.0.0.1", "https://2130706433", "https://0x7f.1", "https://0177.0.0.1"],
  ...["https://[::1]", "https://[::ffff:127.0.0.1]", "https://169.254.169.254", "https://127.1", "https://0"],
])("%s is refused before anything is sent", async (origin) => {
  const listener = createServer(() => {
    connections += 1;
  }).listen(0);
  let connections = 0;
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const refused = await fetchPublic(new URL(`${origin}:${port}/`), {}).catch((error: unknown) => error);
  expect(findCode(refused)).toBe("address_refused");
  expect(connections).toBe(0);
  listener.close();
});

test("plain http is refused, wherever it leads", async () => {
  const refused = await fetchPublic(new URL("http://1.1.1.1/"), {}).catch((error: unknown) => error);
  expect(findCode(refused)).toBe("address_refused");
});

type Answers = { address: string; family: number }[][];

function guard(...answers: Answers) {
  const asked: string[] = [];
  const send = createGuardedFetch({
    protocols: ["http:"],
    isAllowed: (address) => address === "127.0.0.1",
    resolve: (hostname, _options, done) => {
      asked.push(hostname);
      done(null, answers.shift() ?? []);
    },
  });
  return { asked, send: (init: RequestInit = {}) => send(new URL(`http://hooks.example.com:${portOf()}/a?b=c`), init) };
}

const portOf = () => new URL(server.url).port;
const allowed = { address: "127.0.0.1", family: 4 };
const forbidden = { address: "127.0.0.2", family: 4 };

test("the connection uses the checked address: a name is resolved once, and checked again the next time", async () => {
  const { asked, send } = guard([allowed], [forbidden]);
  server.answerWith({ status: 202, headers: { "x-answer": "yes" }, body: "taken" });
  const response = await send({ method: "POST", headers: { "x-sent": "1", connection: "close" }, body: "Grüße" });
  expect([response.status, response.headers.get("x-answer"), await response.text()]).toEqual([202, "yes", "taken"]);
  expect(server.requests).toMatchObject([
    { method: "POST", path: "/a?b=c", body: "Grüße", headers: { "x-sent": "1" } },
  ]);
  expect(server.requests[0]?.headers.host).toBe(`hooks.example.com:${portOf()}`);
  expect(asked).toEqual(["hooks.example.com"]);
  server.forget();
  expect(findCode(await send().catch((error: unknown) => error))).toBe("address_refused");
  expect(server.requests).toEqual([]);
});

test.each<[string, Answers[number]]>([
  ["one forbidden address among its answers", [allowed, forbidden]],
  ["no address at all", []],
])("a name with %s is refused", async (_what, answer) => {
  expect(
    findCode(
      await guard(answer)
        .send()
        .catch((error: unknown) => error),
    ),
  ).toBe("address_refused");
  expect(server.requests).toEqual([]);
});

test("a redirect is returned, and not followed", async () => {
  server.answerWith({ status: 302, headers: { location: `${server.url}/elsewhere` } });
  expect((await guard([allowed]).send()).status).toBe(302);
  expect(server.requests).toHaveLength(1);
});

function findCode(error: unknown): unknown {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code;
}
