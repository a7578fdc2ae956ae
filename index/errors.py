"""The error tree. Every failure that a user can cause or cure is one of these.

QuothError                  code, message, hint, retryable
├── InputError              what was given cannot be used
│   ├── SourceRefused       a file or record was not taken in
│   ├── QuestionInvalid     empty, or too long
│   ├── DateInvalid         not a date that Quoth understands
│   ├── GoldInvalid         a line of a gold file is wrong
│   └── RunsUnlike          two evaluations cannot be compared
├── ConfigurationError      settings contradict each other or the machine
│   └── UnknownSetting      a QUOTH_… name that nobody reads
├── ArchiveError            the data directory cannot be used as it is
│   ├── ArchiveLocked       another process holds it (retryable)
│   ├── ArchiveReadOnly     it cannot be written
│   ├── ArchiveTooNew       a newer Quoth wrote it
│   ├── ArchiveDamaged      a stored file is not what it should be
│   └── ModelMismatch       its vectors come from another embedding model
├── ModelUnavailable        weights are missing or fail their checksum
├── StoreUnavailable        a follower's server does not answer (retryable)
├── TargetUnreadable        what is evaluated sent something that is no answer
├── ArticleNotFound         no article has this id
└── AnswerNotFound          no answer that can be rated has this id

The core raises them; only `api/` maps them to exit codes, HTTP statuses and words.
"""

from __future__ import annotations

from typing import ClassVar


class QuothError(Exception):
    """Says in one line what is wrong; `hint` says what to do about it."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}" if self.hint else self.message


class InputError(QuothError):
    """What was given cannot be used."""

    code = "invalid_input"


class SourceRefused(InputError):
    """A file or record was not taken in; the message is the reason."""

    code = "source_refused"


class QuestionInvalid(InputError):
    """The question is empty or too long."""

    code = "invalid_question"


class DateInvalid(InputError):
    """The text is not a date that Quoth understands."""

    code = "invalid_date"


class GoldInvalid(InputError):
    """A line of a gold file is wrong; the message names file and line."""

    code = "invalid_gold"


class RunsUnlike(InputError):
    """Two evaluations were made of unlike things; the message names what differs."""

    code = "runs_unlike"


class ConfigurationError(QuothError):
    """Settings contradict each other or the machine."""

    code = "configuration"


class UnknownSetting(ConfigurationError):
    """A setting that nobody reads; the hint names the nearest known one."""

    code = "unknown_setting"


class ArchiveError(QuothError):
    """The data directory cannot be used as it is."""

    code = "archive"


class ArchiveLocked(ArchiveError):
    """Another process holds the data directory."""

    code = "archive_locked"
    retryable = True


class ArchiveReadOnly(ArchiveError):
    """The data directory cannot be written."""

    code = "archive_read_only"


class ArchiveTooNew(ArchiveError):
    """A newer version of Quoth wrote this data directory."""

    code = "archive_too_new"


class ArchiveDamaged(ArchiveError):
    """A stored file is not what it should be."""

    code = "archive_damaged"


class ModelMismatch(ArchiveError):
    """The archive's vectors come from another embedding model."""

    code = "model_mismatch"


class ModelUnavailable(QuothError):
    """A model's weights are missing or fail their checksum."""

    code = "model_unavailable"


class StoreUnavailable(QuothError):
    """A follower's server does not answer."""

    code = "store_unavailable"
    retryable = True


class TargetUnreadable(QuothError):
    """What is evaluated sent something that is no answer."""

    code = "target_unreadable"


class ArticleNotFound(QuothError):
    """No article has this id."""

    code = "article_not_found"


class AnswerNotFound(QuothError):
    """No answer that can be rated has this id."""

    code = "answer_not_found"
