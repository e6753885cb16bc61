import { logInForm } from "@/lib/auth-forms.ts";
import { answerForm } from "@/server/forms.ts";
import { getRuntime } from "@/server/runtime.ts";

export function POST(request: Request): Promise<Response> {
  return answerForm(getRuntime(), request, logInForm);
}
