import { z } from "zod";

/** NIST SP 800-63B asks for 8 characters or more; RFC 5321 allows an address 254. */
export const passwordLength = { min: 8, max: 128 } as const;
export const nameLength = { max: 200 } as const;
export const emailLength = { max: 254 } as const;

const controlCharacters = /\p{Cc}/u;

export const emailInput = z
  .string({ error: "Give your e-mail address." })
  .trim()
  .min(1, "Give your e-mail address.")
  .max(emailLength.max, `An address has ${emailLength.max} characters at most.`)
  .pipe(z.email("This is not an e-mail address. It should look like ada@example.com."));

export const nameInput = z
  .string({ error: "Give your name." })
  .trim()
  .min(1, "Give your name.")
  .max(nameLength.max, `Use ${nameLength.max} characters at most.`)
  .refine((text) => !controlCharacters.test(text), "A name cannot have control characters.");

export const passwordInput = z
  .string({ error: "Choose a password." })
  .min(passwordLength.min, `Use at least ${passwordLength.min} characters.`)
  .max(passwordLength.max, `Use ${passwordLength.max} characters at most.`);

/** Unknown fields are refused, so that nobody sets a role or an image on the way in. */
export const signUpInput = z.strictObject({
  name: nameInput,
  email: emailInput,
  password: passwordInput,
  marketingConsent: z.boolean({ error: "should be true or false" }).default(false),
  rememberMe: z.boolean({ error: "should be true or false" }).optional(),
  callbackURL: z.string().optional(),
});

export const credentialsInput = z.object({ name: nameInput, email: emailInput, password: passwordInput });
