import { type Ctx, EventforkError, parseInput } from "@eventfork/core/platform";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson, yes } from "../run.ts";
import type { CommandOutput } from "../terminal/output.ts";
import { requireConfirmation } from "../terminal/prompts.ts";

export function addUsersCommands(program: Command): void {
  const users = program.command("users").description("people and their roles");
  withExamples(
    withJson(users.command("grant <email>"))
      .description("give a person a role")
      .requiredOption("--role <role>", "admin, viewer or user")
      .option("--address-checked", "an address that nobody has confirmed is the person's: you have checked")
      .action(runWithContext(grant)),
    "users grant ada@example.com --role admin",
    "users grant ada@example.com --role admin --address-checked",
  );
  withExamples(
    withJson(users.command("end-sessions <email>"))
      .description("log a person out everywhere")
      .addOption(yes("without being asked"))
      .action(runWithContext(endSessions)),
    "users end-sessions ada@example.com --yes",
  );
}

async function grant(
  ctx: Ctx,
  options: { email: string; role: string; addressChecked?: boolean },
): Promise<CommandOutput> {
  const Users = await import("@eventfork/core/users");
  const { email, role, addressChecked = false } = options;
  const input = parseInput(Users.grantRoleInput, { email, role, isAddressChecked: addressChecked });
  await Users.grantRole(ctx, input);
  return { json: { user: { email: input.email, role: input.role } }, text: `${input.email} is now ${input.role}.` };
}

async function endSessions(ctx: Ctx, options: { email: string; yes?: boolean }): Promise<CommandOutput> {
  const Users = await import("@eventfork/core/users");
  const { email } = parseInput(Users.grantRoleInput.pick({ email: true }), options);
  const { users } = await Users.listUsers(ctx, { search: email });
  const user = users.find((found) => found.email === email);
  if (user === undefined) throw new EventforkError("NOT_FOUND", "Nobody has signed up with that address.");
  await requireConfirmation(options, `${email} would be logged out everywhere. End their sessions?`);
  const { ended } = await Users.endSessionsOf(ctx, { userId: user.id });
  return { json: { ended }, text: `${ended} ${ended === 1 ? "session" : "sessions"} ended.` };
}
