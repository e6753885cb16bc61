import type { Tx } from "../../platform/db/index.ts";
import type { Mail } from "../../platform/mail/index.ts";

// Repeats no text from a sign-up: anyone can enter another person's address.

const compose = (to: string, subject: string, text: string): Mail => ({ to, subject, text: `${text}\n\nEventfork` });

export function resetPasswordMail(to: string, url: string): Mail {
  const text = `Somebody, you we hope, has forgotten the password of the account with this address.\n\nChoose a new one within an hour:\n${url}\n\nIf it was not you, there is nothing to do: the password stays as it is.`;
  return compose(to, "Choose a new password", text);
}

export function verifyAddressMail(to: string, url: string): Mail {
  const text = `An account was made with this address. Confirm within an hour that it is yours:\n${url}\n\nIf you made none, there is nothing to do: nobody can log in to it.`;
  return compose(to, "Confirm your e-mail address", text);
}

export function accountExistsMail(to: string, baseURL: string): Mail {
  const text = `Somebody, you we hope, tried to sign up with this address. It has an account already:\n${baseURL}/login\n\nIf you have forgotten the password:\n${baseURL}/forgot-password`;
  return compose(to, "You have an account already", text);
}

export function passwordChangedMail(to: string, baseURL: string): Mail {
  const text = `The password of the account with this address was changed, and every other session was ended.\n\nIf it was not you, choose a new one at once:\n${baseURL}/forgot-password`;
  return compose(to, "Your password was changed", text);
}

export function guessesMail(to: string, baseURL: string): Mail {
  const text = `Somebody has attempted to log in to the account with this address with more than 50 wrong passwords within an hour. Further attempts have to wait. A browser that you have logged in with before does not.\n\nIf it was you, and you have forgotten the password:\n${baseURL}/forgot-password\n\nIf it was not you, choose a long password that you use nowhere else.`;
  return compose(to, "Somebody is guessing your password", text);
}

export async function dropResetLinks(db: Tx, userId: string): Promise<void> {
  await db.verification.deleteMany({ where: { value: userId, identifier: { startsWith: "reset-password:" } } });
}
