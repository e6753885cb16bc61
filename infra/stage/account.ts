import { type AwsCall, AwsCallError, callAws, readCredentials } from "./aws-call.ts";
import { neededConcurrency, reservableForWeb } from "./budget.ts";
import { type Account, findRefusals, findVpcRefusals } from "./refusals.ts";
import { stageIntegrations } from "./secrets.ts";
import { readStage, refuse } from "./stage.ts";

const stage = readStage($app.stage, process.env);

/** Only `deploy` and `diff` could create what an account refuses. */
const isChecked = !$dev && ["deploy", "diff"].includes($cli.command);

export const { webConcurrency } = isChecked ? await checkAccount() : { webConcurrency: undefined };

/** @throws Error naming everything that the account refuses, before anything is created. */
async function checkAccount() {
  const { account, warnings } = await readAccount();
  const vpcProblems = await checkVpc();
  const { problems, advice } = findRefusals(stage, account, neededConcurrency(stageIntegrations, stage.size));
  for (const warning of [...warnings, ...advice]) process.stderr.write(`${warning}\n`);
  refuse([...problems, ...vpcProblems]);
  return { webConcurrency: reservableForWeb(stage.size, account.concurrency) };
}

async function checkVpc(): Promise<string[]> {
  const { vpcId: id, region } = stage;
  if (id === undefined) return [];
  const found = await aws.ec2.getVpc({ id }).then(({ tags }) => tags, toError);
  return findVpcRefusals(id, region, found);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

async function readAccount(): Promise<{ account: Account; warnings: string[] }> {
  const warnings: string[] = [];
  const credentials = readCredentials(process.env);
  const { region } = stage;
  async function ask<Answer>(
    right: string,
    unchecked: string,
    call: AwsCall,
    read: (answer: object) => Answer,
    otherwise: (code: string) => Answer | undefined = () => undefined,
  ): Promise<Answer | undefined> {
    if (credentials === undefined) return undefined;
    try {
      return read((await callAws(call, credentials)) as object);
    } catch (error) {
      const answer = error instanceof AwsCallError ? otherwise(error.code) : undefined;
      if (answer !== undefined) return answer;
      const reason =
        error instanceof AwsCallError && error.isDenied
          ? `the right ${right} is missing`
          : `${right} failed: ${toError(error).message}`;
      warnings.push(`Not checked: ${unchecked} (${reason}). See docs/operations/deploy.md.`);
      return undefined;
    }
  }
  const [isOnFreePlan, concurrency, isInMailSandbox] = await Promise.all([
    ask(
      "freetier:GetAccountPlanState",
      "whether the account is on the Free plan",
      {
        service: "freetier",
        region: "us-east-1",
        host: "freetier.us-east-1.api.aws",
        path: "/",
        target: "AWSFreeTierService.GetAccountPlanState",
      },
      (answer) => "accountPlanType" in answer && answer.accountPlanType === "FREE",
      // Accounts older than AWS's plans have none.
      (code) => (code === "ResourceNotFoundException" ? false : undefined),
    ),
    ask(
      "lambda:GetAccountSettings",
      "how many functions the account can run at the same time",
      { service: "lambda", region, host: `lambda.${region}.amazonaws.com`, path: "/2016-08-19/account-settings/" },
      (answer) => {
        const { AccountLimit } = answer as { AccountLimit?: { ConcurrentExecutions?: number } };
        return AccountLimit?.ConcurrentExecutions;
      },
    ),
    stage.mailFrom === undefined
      ? undefined
      : ask(
          "ses:GetAccount",
          "whether SES is in its sandbox",
          { service: "ses", region, host: `email.${region}.amazonaws.com`, path: "/v2/email/account" },
          (answer) => "ProductionAccessEnabled" in answer && answer.ProductionAccessEnabled === false,
        ),
  ]);
  return { account: { isOnFreePlan, concurrency, isInMailSandbox }, warnings };
}
