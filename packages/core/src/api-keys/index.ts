export { type Authenticated, authenticate } from "./authenticate.ts";
export { createApiKey, createApiKeyInput, type NewApiKey } from "./create.ts";
export { type ApiKeyItem, type ApiKeyState, listApiKeys } from "./list.ts";
export { revokeApiKey, revokeApiKeyInput } from "./revoke.ts";
export { rotateApiKey, rotateApiKeyInput } from "./rotate.ts";
