export {
  deleteAccount,
  deleteAccountInput,
  endOtherSessions,
  endOtherSessionsInput,
  endSession,
  endSessionInput,
  endSessionsOf,
  endSessionsOfInput,
  listOwnSessions,
  listSessionsOf,
  rename,
  renameInput,
  type SessionItem,
} from "./account.ts";
export { type Auth, type AuthOptions, createAuth, type SignUpEvent } from "./auth/auth.ts";
export { authPaths } from "./auth/auth-handler.ts";
export { type ErasureItem, erasePerson, erasePersonInput, sweepErasures } from "./erasure/erase.ts";
export {
  getErasure,
  getUser,
  getUserInput,
  listPersonEvents,
  listPersonEventsInput,
  listUsers,
  listUsersInput,
  type PersonEvent,
  type UserItem,
} from "./list.ts";
export { emailLength, nameLength, passwordLength } from "./passwords/credentials.ts";
export { ensureAdmin, grantRole, grantRoleInput, parseRole, roles } from "./roles.ts";
export { countSignUps, countSignUpsInput, keepSignUpDays } from "./sign-ups.ts";
export { findSignedIn, type Person } from "./signed-in.ts";
