import { credentials, type ErrorTable, rejected, retry, transportErrors } from "./errors.ts";

const postMessage = "https://docs.slack.dev/reference/methods/chat.postMessage#errors";
const rateLimits = "https://docs.slack.dev/apis/web-api/rate-limits";
const newToken = "set SLACK_BOT_TOKEN to a valid bot token, then resume.";
const askAdmin = "ask an admin of the workspace to allow the app to post, then resume.";
const report = "the message was built wrongly: report it, and replay once it is fixed.";

/** Slack's `error` words. Those that Slack documents as a half-finished call may post twice when attempted again. */
export const slackErrors = {
  ...transportErrors,
  invalid_auth: credentials(`The token is not valid: ${newToken}`, postMessage),
  not_authed: credentials(`Slack was sent no token: ${newToken}`, postMessage),
  account_inactive: credentials(`The token's app or workspace was deleted: ${newToken}`, postMessage),
  token_revoked: credentials(`The token was revoked: ${newToken}`, postMessage),
  token_expired: credentials(`The token has expired: ${newToken}`, postMessage),
  not_allowed_token_type: credentials(`A bot token (xoxb-) is needed: ${newToken}`, postMessage),
  missing_scope: credentials(
    "The app lacks a scope (chat:write): add it, install the app again, then resume.",
    postMessage,
  ),
  no_permission: credentials(`The token may not post: ${askAdmin}`, postMessage),
  access_denied: credentials(`The workspace denies access: ${askAdmin}`, postMessage),
  accesslimited: credentials(`The workspace limits access: ${askAdmin}`, postMessage),
  ekm_access_denied: credentials(`The organisation has suspended posting: ${askAdmin}`, postMessage),
  enterprise_is_restricted: credentials(`The organisation restricts the method: ${askAdmin}`, postMessage),
  team_access_not_granted: credentials(`The app is not granted this workspace: ${askAdmin}`, postMessage),
  two_factor_setup_required: credentials(
    "The workspace demands two-factor authentication: set it up, then resume.",
    postMessage,
  ),
  team_not_found: credentials(`The workspace does not exist: ${newToken}`, postMessage),
  channel_not_found: credentials(
    "There is no such channel for the bot: correct SLACK_CHANNEL, or invite the bot, then resume.",
    postMessage,
  ),
  not_in_channel: credentials("The bot is not in the channel: invite it, then resume.", postMessage),
  is_archived: credentials(
    "The channel is archived: unarchive it or choose another in SLACK_CHANNEL, then resume.",
    postMessage,
  ),
  messages_tab_disabled: credentials(
    "The app's messages tab is off: turn it on or choose a channel, then resume.",
    postMessage,
  ),
  restricted_action: credentials(`A workspace preference prevents posting: ${askAdmin}`, postMessage),
  restricted_action_read_only_channel: credentials(
    "The channel is read-only: choose another in SLACK_CHANNEL, then resume.",
    postMessage,
  ),
  restricted_action_thread_only_channel: credentials(
    "The channel takes only threads: choose another in SLACK_CHANNEL, then resume.",
    postMessage,
  ),
  restricted_action_non_threadable_channel: credentials(
    "The channel takes no such post: choose another in SLACK_CHANNEL, then resume.",
    postMessage,
  ),
  restricted_action_thread_locked: credentials(
    "The thread is locked: choose a channel in SLACK_CHANNEL, then resume.",
    postMessage,
  ),
  method_deprecated: credentials("Slack has retired the method: update the Slack SDK, then resume.", postMessage),
  deprecated_endpoint: credentials("Slack has retired the endpoint: update the Slack SDK, then resume.", postMessage),
  unknown_method: credentials("The address does not know the method: correct SLACK_API_URL, then resume.", postMessage),
  msg_too_long: rejected("The message is too long: shorten the event's data, then replay.", postMessage),
  msg_blocks_too_long: rejected("The message is too long: shorten the event's data, then replay.", postMessage),
  metadata_too_large: rejected(
    "The event's id makes the metadata too large: have its producer send a shorter one.",
    postMessage,
  ),
  no_text: rejected(`Slack found no text: ${report}`, postMessage),
  invalid_blocks: rejected(`Slack refuses the blocks: ${report}`, postMessage),
  invalid_blocks_format: rejected(`Slack cannot read the blocks: ${report}`, postMessage),
  invalid_metadata_format: rejected(`Slack cannot read the metadata: ${report}`, postMessage),
  invalid_metadata_schema: rejected(`Slack refuses the metadata: ${report}`, postMessage),
  too_many_attachments: rejected(`Slack counts too many attachments: ${report}`, postMessage),
  markdown_text_conflict: rejected(`Slack found text twice: ${report}`, postMessage),
  invalid_arguments: rejected(`Slack refuses the arguments: ${report}`, postMessage),
  invalid_arg_name: rejected(`Slack refuses an argument's name: ${report}`, postMessage),
  invalid_array_arg: rejected(`Slack refuses a list among the arguments: ${report}`, postMessage),
  invalid_charset: rejected(`Slack refuses the character set: ${report}`, postMessage),
  invalid_form_data: rejected(`Slack cannot read the form: ${report}`, postMessage),
  invalid_post_type: rejected(`Slack refuses the content type: ${report}`, postMessage),
  missing_post_type: rejected(`Slack misses the content type: ${report}`, postMessage),
  ratelimited: retry("The channel takes about one message a second.", rateLimits),
  rate_limited: retry("The app has posted too much.", rateLimits),
  message_limit_exceeded: retry("The workspace sends more than its plan allows.", postMessage, 3_600),
  internal_error: retry("Slack has a fault of its own, perhaps after posting.", postMessage),
  fatal_error: retry("Slack has a fault of its own, perhaps after posting.", postMessage),
  service_unavailable: retry("Slack is not available. Check its status page.", postMessage),
  request_timeout: retry("Slack did not receive the whole request.", postMessage),
  team_added_to_org: retry("The workspace is moving into an organisation.", postMessage, 60),
  org_login_required: retry("The workspace is moving into an organisation.", postMessage, 60),
} as const satisfies ErrorTable;
