import type { Mail } from "../mail/index.ts";

// A mail repeats nothing that somebody typed but its address: a sign-up with somebody else's address sends them no
// words of its own.

const signature = "\n\nEventfork";

export function resetPasswordMail(to: string, url: string): Mail {
  return {
    to,
    subject: "Choose a new password",
    text: `Somebody, you we hope, has forgotten the password of the account with this address.\n\nChoose a new one within an hour:\n${url}\n\nIf it was not you, there is nothing to do: the password stays as it is.${signature}`,
  };
}

export function verifyAddressMail(to: string, url: string): Mail {
  return {
    to,
    subject: "Confirm your e-mail address",
    text: `An account was made with this address. Confirm within an hour that it is yours:\n${url}\n\nIf you made none, there is nothing to do: nobody can log in to it.${signature}`,
  };
}

export function accountExistsMail(to: string, baseURL: string): Mail {
  return {
    to,
    subject: "You have an account already",
    text: `Somebody, you we hope, tried to sign up with this address. It has an account already:\n${baseURL}/login\n\nIf you have forgotten the password:\n${baseURL}/forgot-password${signature}`,
  };
}

export function passwordChangedMail(to: string, baseURL: string): Mail {
  return {
    to,
    subject: "Your password was changed",
    text: `The password of the account with this address was changed, and every other session was ended.\n\nIf it was not you, choose a new one at once:\n${baseURL}/forgot-password${signature}`,
  };
}
