import * as Topology from "../../packages/core/src/topology/index.ts";
import { databaseLink, vpc } from "../database/database.ts";
import {
  commonEnvironment,
  consumers,
  hardenFunction,
  mappings,
  migration,
  queryTimeout,
} from "../functions/functions.ts";
import {
  mayChangeRules,
  mayMeasureQueues,
  mayPublish,
  maySendMail,
  maySendToQueues,
  maySwitchMappings,
} from "../functions/permissions.ts";
import { queueAddresses, topicAddress } from "../messaging/messaging.ts";
import { webConcurrency } from "../stage/account.ts";
import {
  authSecrets,
  integrationSecrets,
  settingsOfIntegration,
  stageIntegrations,
  tracingSecrets,
} from "../stage/secrets.ts";
import { readStage } from "../stage/stage.ts";

const { domain, isInMaintenance, mailFrom, emailVerification, signUpEvent } = readStage($app.stage, process.env);
const timeoutSeconds = 20;
const devUrl = "http://localhost:3000";
const clientIpHeader = "x-eventfork-client-ip";
const authorizationHeader = "x-eventfork-authorization";

/** Origin access control replaces `Authorization`, which is copied first. */
const viewerRequest = `
  var headers = event.request.headers;
  headers["${clientIpHeader}"] = { value: event.viewer.ip };
  if (headers.authorization) headers["${authorizationHeader}"] = headers.authorization;
  else delete headers["${authorizationHeader}"];`;

/** Only CloudFront may call the server, so its client address is trusted. */
const router = $dev
  ? undefined
  : new sst.aws.Router("Router", {
      ...(domain === undefined ? {} : { domain }),
      protection: "oac-with-edge-signing",
      edge: { viewerRequest: { injection: viewerRequest } },
    });

/** Created before the app, whose cookies and origin checks name it. */
export const url = router?.url ?? $output(devUrl);

const permissions = [
  mayPublish,
  mayMeasureQueues,
  maySendToQueues,
  ...mayChangeRules,
  maySwitchMappings(consumers.map(({ mappingUuid }) => mappingUuid)),
  ...(mailFrom === undefined ? [] : [maySendMail(mailFrom)]),
];

// A failed migration leaves all of the old version serving.
$util.runtime.registerStackTransformation(({ name, props, opts }) => {
  if (migration === undefined || !/^Web(AssetFiles|KvKeys|RoutesUpdate)/.test(name)) return undefined;
  opts.dependsOn = migration;
  return { props, opts };
});

const keepers = Topology.contactIntegrations.filter((name) => stageIntegrations.includes(name));

export const web = new sst.aws.Nextjs("Web", {
  path: "apps/web",
  buildCommand: "npm run build:lambda",
  // Removing a person needs the keys of integrations with contacts.
  link: [
    databaseLink,
    ...authSecrets,
    topicAddress,
    queueAddresses,
    mappings,
    ...tracingSecrets,
    ...keepers.flatMap((name) => integrationSecrets[name]),
  ],
  environment: {
    ...commonEnvironment,
    ...queryTimeout(timeoutSeconds),
    ...(isInMaintenance ? { EVENTFORK_MAINTENANCE: "on" } : {}),
    ...Object.assign({}, ...keepers.map(settingsOfIntegration)),
    BETTER_AUTH_URL: url,
    ...($dev ? {} : { TRUSTED_IP_HEADER: clientIpHeader, TRUSTED_AUTHORIZATION_HEADER: authorizationHeader }),
    ...(mailFrom === undefined
      ? {}
      : {
          EVENTFORK_MAIL_FROM: mailFrom,
          EVENTFORK_EMAIL_VERIFICATION: emailVerification,
          EVENTFORK_SIGN_UP_EVENT: signUpEvent,
        }),
  },
  ...(router === undefined ? {} : { router: { instance: router } }),
  ...(vpc === undefined ? {} : { vpc }),
  server: { architecture: "arm64", memory: "1024 MB", timeout: `${timeoutSeconds} seconds` },
  dev: { command: "npm run dev", url: devUrl },
  transform: {
    server: (args) => {
      // SST would grant invalidating any CloudFront cache, and an unused page cache.
      const hardened = hardenFunction("Web", permissions, migration);
      args.permissions = hardened.permissions;
      args.logging = hardened.logging;
      args.transform = hardened.transform;
      if (webConcurrency !== undefined) args.concurrency = { reserved: webConcurrency };
    },
  },
});
