/** From the lowest to the highest. Folders of core that are not listed stand above all of these. */
export const layers = [
  "topology",
  "platform",
  "audit",
  "rollups",
  "events",
  "outbox",
  "providers",
  "integrations",
  "deliveries",
  "dead-letters",
  "rules",
  "replays",
  "reconciliation",
] as const;

export type Boundary = {
  /** Files that the rule is about. */
  from: RegExp;
  except?: RegExp;
  /** A package's name, or a file's path. */
  to: RegExp;
  /** Tests may break the rule. */
  isForTests?: boolean;
  reason: string;
};

/** Who may not import what, and why. */
export const boundaries: readonly Boundary[] = [
  {
    from: /^packages\/filter-policy\//,
    to: /^@eventfork\/|^(apps|packages\/(?!filter-policy))\//,
    reason: "The filter policy language is pure, so that anybody can use it: it imports nothing of this project.",
  },
  {
    from: /^packages\/core\/src\/topology\//,
    to: /./,
    reason: "sst.config.ts bundles everything that topology reaches: it imports nothing.",
  },
  {
    from: /^packages\/core\//,
    to: /^(next|react|react-dom|@trpc)(\/|$)/,
    reason: "Core is the domain. It knows neither the web framework nor the transport: put this in apps/web.",
  },
  {
    from: /^packages\/core\//,
    to: /^packages\/(local|functions|worker|cli|testing)\/|^apps\//,
    reason: "The handlers, the worker and the local stack import core, never the reverse.",
  },
  {
    from: /^(packages|apps)\//,
    except: /^packages\/core\/src\/providers\/slack\//,
    to: /^@slack\//,
    reason: "Slack's folder alone loads Slack's SDK, so that no other Lambda bundles it.",
  },
  {
    from: /^(packages|apps)\//,
    except: /^packages\/core\/src\/providers\/mailchimp\//,
    to: /^@mailchimp\//,
    reason: "Mailchimp's folder alone loads Mailchimp's SDK, so that no other Lambda bundles it.",
  },
  {
    from: /^(packages|apps)\//,
    except: /^packages\/core\/src\/providers\/loops\//,
    to: /^loops$/,
    reason: "The folder of Loops alone loads its SDK, so that no other Lambda bundles it.",
  },
  {
    from: /^(packages|apps)\//,
    except: /^packages\/core\/src\/platform\/fan-out\//,
    to: /\/fan-out\/(sns|event-bridge|event-pattern)\.ts$/,
    reason: "Only platform/fan-out knows whether events go through SNS or EventBridge: use messaging.fanOut.",
  },
  {
    from: /^apps\/web\//,
    to: /^(@prisma|@aws-sdk)\/|^pg$|\/db\/generated\/|^packages\/(local|functions|worker|testing|cli)\//,
    reason: "The web app reaches the database and AWS through core's verbs.",
  },
  {
    from: /^packages\/(cli|functions)\//,
    to: /^(@prisma|@aws-sdk|@trpc)\/|^(pg|next|react)(\/|$)|^packages\/(local|testing)\//,
    reason: "Handlers and commands are thin: the work is a verb of core.",
  },
  {
    from: /^packages\/worker\//,
    to: /^(@prisma|@trpc)\/|^(pg|next|react)(\/|$)|^packages\/(local|testing)\//,
    reason: "The worker runs in production: it polls queues and calls the handlers, without the local stack.",
  },
];

/** Packages that a browser can load. */
export const browserPackages = /^(zod|diff|react|react-dom|next|clsx|@eventfork\/filter-policy)(\/|$)/;

/** The first line of a module of core that the browser may load. */
export const browserMark = "// Browser-safe: imports nothing that needs a server.";
