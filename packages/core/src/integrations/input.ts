import { z } from "zod";
import { type IntegrationName, integrationNames } from "../topology/index.ts";

export const integrationName = z.enum(integrationNames as [IntegrationName, ...IntegrationName[]], {
  error: `should be one of ${integrationNames.join(", ")}`,
});

export const integrationInput = z.object({ integration: integrationName });
