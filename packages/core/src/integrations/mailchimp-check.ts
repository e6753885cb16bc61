import { z } from "zod";
import { sayNumber } from "../kernel/numbers.ts";
import type { DeliverOptions, Finding } from "./define.ts";
import { callMailchimp, unreadableAnswer } from "./mailchimp-transport.ts";

type CheckOptions = Pick<DeliverOptions, "signal" | "now"> & {
  apiUrl: string;
  apiKey: string;
  listId: string;
  consentedStatus: string;
};

const audience = z.object({ name: z.string(), stats: z.object({ member_count: z.number() }).optional() });

export async function checkMailchimp(options: CheckOptions): Promise<Finding> {
  const { apiUrl, apiKey, listId, consentedStatus, signal, now } = options;
  const ask = (path: string) =>
    callMailchimp(
      { url: new URL(`${apiUrl.replace(/\/+$/, "")}/${path}`), method: "GET", body: undefined },
      { apiKey, hidden: [listId], signal, now, uncertain: new Map(), traceparent: null },
    );
  await ask("ping");
  const list = audience.safeParse(await ask(`lists/${encodeURIComponent(listId)}?fields=name,stats.member_count`));
  if (!list.success) throw unreadableAnswer(200);
  const { name, stats } = list.data;
  const facts = [
    { title: "Account", text: "It knows the key." },
    { title: "Audience", text: name },
    ...(stats === undefined ? [] : [{ title: "Members", text: sayNumber(stats.member_count) }]),
    { title: "New members who consent become", text: consentedStatus },
  ];
  return { facts, problem: null };
}
