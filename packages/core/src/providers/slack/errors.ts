import { credentials, type ErrorTable, rateLimited, rejected, retry, transportErrors } from "../framework/errors.ts";

const postMessage = "https://docs.slack.dev/reference/methods/chat.postMessage#errors";
const rateLimits = "https://docs.slack.dev/apis/web-api/rate-limits";
const newToken = "set SLACK_BOT_TOKEN to a valid bot token, then resume.";
const askAdmin = "ask an admin of the workspace to allow the app to post, then resume.";
const report = "the message was built wrongly: report it, and replay once it is fixed.";

const refused = (advice: string) => rejected(advice, postMessage);
const pausing = (advice: string) => credentials(advice, postMessage);

/** After `internal_error` or `fatal_error` the message may have been posted: history.ts searches for it. */
export const slackErrors = {
  ...transportErrors,
  invalid_auth: pausing(`The token is not valid: ${newToken}`),
  not_authed: pausing(`Slack was sent no token: ${newToken}`),
  account_inactive: pausing(`The token's app or workspace was deleted: ${newToken}`),
  token_revoked: pausing(`The token was revoked: ${newToken}`),
  token_expired: pausing(`The token has expired: ${newToken}`),
  not_allowed_token_type: pausing(`A bot token (xoxb-) is needed: ${newToken}`),
  missing_scope: pausing("The app lacks a scope (chat:write): add it, install the app again, then resume."),
  no_permission: pausing(`The token may not post: ${askAdmin}`),
  access_denied: pausing(`The workspace denies access: ${askAdmin}`),
  accesslimited: pausing(`The workspace limits access: ${askAdmin}`),
  ekm_access_denied: pausing(`The organisation has suspended posting: ${askAdmin}`),
  enterprise_is_restricted: pausing(`The organisation restricts the method: ${askAdmin}`),
  team_access_not_granted: pausing(`The app is not granted this workspace: ${askAdmin}`),
  two_factor_setup_required: pausing("The workspace demands two-factor authentication: set it up, then resume."),
  team_not_found: pausing(`The workspace does not exist: ${newToken}`),
  channel_not_found: pausing(
    "There is no such channel for the bot: correct SLACK_CHANNEL, or invite the bot, then resume.",
  ),
  channel_name: pausing(
    "SLACK_CHANNEL is the name of no public channel, or the token may not look names up (channels:read): set it to the channel's id, from the channel's details in Slack, then resume.",
  ),
  not_in_channel: pausing("The bot is not in the channel: invite it, then resume."),
  is_archived: pausing("The channel is archived: unarchive it or choose another in SLACK_CHANNEL, then resume."),
  messages_tab_disabled: pausing("The app's messages tab is off: turn it on or choose a channel, then resume."),
  restricted_action: pausing(`A workspace preference prevents posting: ${askAdmin}`),
  restricted_action_read_only_channel: pausing(
    "The channel is read-only: choose another in SLACK_CHANNEL, then resume.",
  ),
  restricted_action_thread_only_channel: pausing(
    "The channel takes only threads: choose another in SLACK_CHANNEL, then resume.",
  ),
  restricted_action_non_threadable_channel: pausing(
    "The channel takes no such post: choose another in SLACK_CHANNEL, then resume.",
  ),
  restricted_action_thread_locked: pausing("The thread is locked: choose a channel in SLACK_CHANNEL, then resume."),
  method_deprecated: pausing("Slack has retired the method: update the Slack SDK, then resume."),
  deprecated_endpoint: pausing("Slack has retired the endpoint: update the Slack SDK, then resume."),
  unknown_method: pausing("The address does not know the method: correct SLACK_API_URL, then resume."),
  msg_too_long: refused("The message is too long: shorten the event's data, then replay."),
  msg_blocks_too_long: refused("The message is too long: shorten the event's data, then replay."),
  metadata_too_large: refused("The event's id makes the metadata too large: have its producer send a shorter one."),
  no_text: refused(`Slack found no text: ${report}`),
  invalid_blocks: refused(`Slack refuses the blocks: ${report}`),
  invalid_blocks_format: refused(`Slack cannot read the blocks: ${report}`),
  invalid_metadata_format: refused(`Slack cannot read the metadata: ${report}`),
  invalid_metadata_schema: refused(`Slack refuses the metadata: ${report}`),
  too_many_attachments: refused(`Slack counts too many attachments: ${report}`),
  markdown_text_conflict: refused(`Slack found text twice: ${report}`),
  invalid_arguments: refused(`Slack refuses the arguments: ${report}`),
  invalid_arg_name: refused(`Slack refuses an argument's name: ${report}`),
  invalid_array_arg: refused(`Slack refuses a list among the arguments: ${report}`),
  invalid_charset: refused(`Slack refuses the character set: ${report}`),
  invalid_form_data: refused(`Slack cannot read the form: ${report}`),
  invalid_post_type: refused(`Slack refuses the content type: ${report}`),
  missing_post_type: refused(`Slack misses the content type: ${report}`),
  ratelimited: rateLimited("The channel takes about one message a second.", rateLimits),
  rate_limited: rateLimited("The app has posted too much.", rateLimits),
  message_limit_exceeded: retry("The workspace sends more than its plan allows.", postMessage, 3_600),
  internal_error: retry("Slack has a fault of its own, perhaps after posting.", postMessage),
  fatal_error: retry("Slack has a fault of its own, perhaps after posting.", postMessage),
  service_unavailable: retry("Slack is not available. Check its status page.", postMessage),
  request_timeout: retry("Slack did not receive the whole request.", postMessage),
  team_added_to_org: retry("The workspace is moving into an organisation.", postMessage, 60),
  org_login_required: retry("The workspace is moving into an organisation.", postMessage, 60),
} as const satisfies ErrorTable;
