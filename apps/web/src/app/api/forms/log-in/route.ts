import { logInForm } from "@/lib/auth-forms.ts";
import { getRuntime } from "@/server/context.ts";
import { answerForm } from "@/server/http/forms.ts";

export function POST(request: Request): Promise<Response> {
  return answerForm(getRuntime(), request, logInForm);
}
