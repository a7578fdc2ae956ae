"""The ledger of questions asked in Slack, also while the archive is being served."""

from __future__ import annotations

from contextlib import AbstractContextManager

from index.beside_the_lock import opened_beside_the_lock
from index.catalogue.slack_questions import SlackQuestionTable
from index.settings import IndexSettings


def open_slack_questions(settings: IndexSettings) -> AbstractContextManager[SlackQuestionTable]:
    """The ledger, which several bots and a service share. Raises: as `opened_beside_the_lock`."""
    return opened_beside_the_lock(settings, SlackQuestionTable)
