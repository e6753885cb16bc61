export { type ProvisionOptions, provision } from "./provision.ts";
export { type Broker, brokerEnv, startBroker } from "./server.ts";
