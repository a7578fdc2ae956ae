"""Whom the bot answers, where, and how often."""

from __future__ import annotations

from api.http.access.limiting import RateLimits
from api.slack.events import is_direct_channel
from api.slack.settings import SlackSettings
from index.catalogue.slack_questions import NewQuestion

NOT_HERE = "I am not set up to answer in this channel. Ask me in a direct message, or elsewhere."
NOT_YOU = "I am not set up to answer you. Ask whoever set me up here."


class Admission:
    """Allow lists and rates. The rates are counted in this process."""

    def __init__(self, settings: SlackSettings) -> None:
        self._channels = frozenset(settings.slack_channels)
        self._users = frozenset(settings.slack_users)
        self._rate = settings.slack_rate_limit
        self._channel_rate = settings.slack_channel_rate_limit
        self._rates = RateLimits()

    def refusal(self, asked: NewQuestion) -> str | None:
        """Why the question is not to be answered, for the asker; None where it is."""
        if self._users and asked.user not in self._users:
            return NOT_YOU
        return None if self.lets_in(asked.user, asked.channel) else NOT_HERE

    def lets_in(self, user: str, channel: str) -> bool:
        """Whether this person may press buttons in this channel."""
        if self._users and user not in self._users:
            return False
        return not self._channels or channel in self._channels or is_direct_channel(channel)

    async def seconds_to_wait(self, team: str, user: str, channel: str) -> int | None:
        """Count a question; how long to wait where it is one too many, None where it is not."""
        limits = [
            (f"user:{team}:{user}", self._rate),
            (f"channel:{team}:{channel}", self._channel_rate),
        ]
        for identity, rate in limits:
            if rate is None:
                continue
            allowance = await self._rates.hit(identity, rate)
            if allowance.remaining < 0:
                return allowance.resets_in
        return None
