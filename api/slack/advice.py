"""What to do about what Slack refuses: in words for people, and for the log."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from api.slack.web import SlackFailure, SlackRefused

log = structlog.get_logger(__name__)

REINSTALL = "add the scope under OAuth & Permissions of your app, and install it again there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One failure, for the asker and for whoever runs the bot."""

    told: str
    """To the asker."""
    hint: str
    """To whoever reads the log."""


_KNOWN: dict[str, Advice] = {
    "not_in_channel": Advice(
        told="I am not a member of that channel. Invite me there with /invite @Quoth.",
        hint="invite the bot to the channel with /invite",
    ),
    "channel_not_found": Advice(
        told="I cannot see that channel. If it is private, invite me there with /invite @Quoth.",
        hint="invite the bot to the channel with /invite; private channels are invisible to it",
    ),
    "is_archived": Advice(
        told="That channel is archived, so nothing can be posted there.",
        hint="nothing: the channel is archived",
    ),
    "restricted_action": Advice(
        told="In that channel only some members may post. Ask its manager to let me.",
        hint="the channel's settings do not let the bot post; its manager can change that",
    ),
    "missing_scope": Advice(
        told="I lack a permission for that. Whoever set me up here can find out with "
        "“quoth slack check” which one.",
        hint=REINSTALL,
    ),
    "expired_trigger_id": Advice(
        told="That took me too long, and Slack lets me open no window now. Press it once more.",
        hint="Slack gives three seconds; is the machine, or the way to Slack, slow?",
    ),
    "exchanged_trigger_id": Advice(
        told="That was opened already. Press it once more if you do not see it.",
        hint="nothing: the press came twice",
    ),
    "msg_too_long": Advice(
        told="The answer is longer than Slack takes.", hint="report this: answers are to be split"
    ),
    "message_not_found": Advice(
        told="The message is gone.", hint="nothing: somebody deleted the message"
    ),
    "user_not_in_channel": Advice(
        told="You are not a member of that channel.", hint="nothing: the asker left the channel"
    ),
}
_TOKEN = Advice(
    told="Slack does not know me any more. Whoever set me up here can find out with "
    "“quoth slack check” why.",
    hint="the token was revoked or is wrong: install the app again under OAuth & Permissions, and "
    "set QUOTH_SLACK_BOT_TOKEN to the new one",
)
_TOKENS = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired")
_UNKNOWN = Advice(
    told="Slack did not let me do that.", hint="run quoth slack check; it names what is missing"
)
_UNREACHABLE = Advice(
    told="I could not reach Slack in time. Press it once more.",
    hint="is there a way to Slack from here? quoth slack check tries it",
)


def advice_on(failure: SlackFailure) -> Advice:
    """What to say of it, and what to do."""
    if not isinstance(failure, SlackRefused):
        return _UNREACHABLE
    if failure.code in _TOKENS:
        return _TOKEN
    found = _KNOWN.get(failure.code)
    if found is None and failure.code in {"expired_url", "used_url"}:
        found = _KNOWN["expired_trigger_id"]
    if found is not None and failure.needed:
        return Advice(told=found.told, hint=f"{found.hint}: {failure.needed}")
    return found or _UNKNOWN


def log_refusal(failure: SlackFailure, *, channel: str | None = None) -> Advice:
    """What to say of it; what to do goes to the log, where nothing is done about it here."""
    advice = advice_on(failure)
    log.error(
        "slack_refused",
        method=failure.method,
        code=failure.code,
        needed=failure.needed,
        channel=channel,
        hint=advice.hint,
    )
    return advice
