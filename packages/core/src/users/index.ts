export { type Auth, type AuthOptions, createAuth } from "./auth.ts";
export { emailLength, nameLength, passwordLength } from "./credentials.ts";
export { ensureAdmin } from "./ensure-admin.ts";
export { listUsers, listUsersInput, type UserItem } from "./list.ts";
export { maskAddresses, maskPersonalData, maskText } from "./mask.ts";
export { grantRole, grantRoleInput, parseRole, roles } from "./roles.ts";
export { findSignedIn, type Person } from "./signed-in.ts";
