"""The ledger of questions asked in Slack, also while the archive is being served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from index.bootstrap import catalogue_url
from index.catalogue.database import connect, sqlite_file
from index.catalogue.slack_questions import SlackQuestionTable
from index.lock import DirectoryLock
from index.settings import IndexSettings


@contextmanager
def open_slack_questions(settings: IndexSettings) -> Iterator[SlackQuestionTable]:
    """The ledger, read and changed beside the archive's lock: several bots and a service share it.
    Where there is no archive yet, an empty one is made.

    Raises:
        ArchiveLocked: another process is making the archive at this moment.
        ArchiveReadOnly, ArchiveTooNew, ArchiveDamaged, StoreUnavailable: it cannot be used.
    """
    url = catalogue_url(settings)
    file = sqlite_file(url)
    with ExitStack() as making:
        if file is not None and not file.is_file():
            making.enter_context(DirectoryLock(settings.data_dir))
        table = SlackQuestionTable(connect(url))
    with closing(table):
        yield table
