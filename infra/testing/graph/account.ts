import type { IncomingMessage, ServerResponse } from "node:http";

export type AccountAnswers = {
  plan: "FREE" | "PAID" | "denied";
  concurrency: number | "denied";
  mail: "production" | "sandbox" | "denied";
};

const established: AccountAnswers = { plan: "PAID", concurrency: 1_000, mail: "production" };

export function answerAccount(
  request: IncomingMessage,
  response: ServerResponse,
  given: Partial<AccountAnswers>,
): boolean {
  const { plan, concurrency, mail } = { ...established, ...given };
  const answers: Readonly<Record<string, [string | number, object]>> = {
    "AWSFreeTierService.GetAccountPlanState": [plan, { accountPlanType: plan, accountPlanStatus: "ACTIVE" }],
    "/2016-08-19/account-settings/": [concurrency, { AccountLimit: { ConcurrentExecutions: concurrency } }],
    "/v2/email/account": [mail, { ProductionAccessEnabled: mail === "production" }],
  };
  const answer = answers[String(request.headers["x-amz-target"] ?? request.url)];
  if (answer === undefined) return false;
  const [asked, body] = answer;
  if (asked === "denied") response.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" }).end("{}");
  else response.end(JSON.stringify(body));
  return true;
}
