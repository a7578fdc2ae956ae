"""Which system an evaluation asks, and how it is asked, from the options of a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.asking import Pace
    from eval.gold import GoldQuestion, GoldSource
    from eval.run import Evaluation
    from eval.targets.base import Articles, Target
    from index.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChoice:
    """What to evaluate: the engine over a data directory, unless something else is named."""

    data_dir: str | None = None
    url: str | None = None
    """A running Quoth; with `replies`, the archive that they are held against."""
    chat: str | None = None
    """An OpenAI-compatible endpoint."""
    model: str | None = None
    replies: Path | None = None
    """A file of answers that were given already."""
    refusal: str | None = None
    """A regular expression that tells an answer in free words from a refusal."""
    timeout_seconds: float = 60.0

    def check(self) -> None:
        """Raises: InputError where options name two targets, or belong to another."""
        from index.errors import InputError

        if self.chat is None and self.model is not None:
            raise InputError("--model is for --chat", hint="name the endpoint with --chat")
        if self.refusal is not None and self.chat is None and self.replies is None:
            raise InputError(
                "--refusal is for --chat and --replies", hint="Quoth says itself when it refuses"
            )
        if self.chat is not None and (self.replies is not None or self.url is not None):
            other = "--replies" if self.replies is not None else "--url"
            raise InputError(f"--chat and {other} name two targets", hint="evaluate one at a time")


@contextmanager
def open_target(choice: TargetChoice) -> Iterator[Target]:
    """Yield what the options name; a target in this process holds its archive until the end."""
    from api.bootstrap import configure

    choice.check()
    configuration = configure({"data_dir": choice.data_dir})
    if choice.replies is not None:
        from eval.targets.transcript import TranscriptTarget

        with _articles(choice, configuration) as articles:
            yield TranscriptTarget.read(choice.replies, articles=articles, refusal=choice.refusal)
    elif choice.chat is not None:
        with _chat(choice, configuration) as target:
            yield target
    elif choice.url is not None:
        from eval.targets.http import HttpTarget

        with HttpTarget.connect(choice.url, timeout_seconds=choice.timeout_seconds) as target:
            yield target
    else:
        with _engine(configuration) as target:
            yield target


def evaluate(
    questions: Sequence[GoldQuestion],
    source: GoldSource,
    target: Target,
    *,
    pace: Pace | None = None,
    choice: TargetChoice | None = None,
    out: Path | None = None,
    fresh: bool = False,
) -> Evaluation:
    """Return the evaluation; replies are kept in `out`, where an interrupted run goes on.

    Answers that come from a file are not kept a second time.
    """
    from api.cli.progress import progress_bar
    from eval.asking import Pace
    from eval.journal import ReplyJournal, conditions_of
    from eval.run import run_evaluation

    pace = pace or Pace()
    with progress_bar("asking", len(questions)) as advance:

        def on_progress(done: int, _total: int) -> None:
            advance(done)

        choice = choice or TargetChoice()
        if out is None or choice.replies is not None:
            return run_evaluation(
                questions, target, source=source, pace=pace, on_progress=on_progress
            )
        conditions = conditions_of(
            source,
            target.name,
            target.provenance(),
            repeat=pace.repeat,
            refusal=choice.refusal,
            prices=None if pace.prices is None else asdict(pace.prices),
        )
        with ReplyJournal(out, conditions, fresh=fresh) as journal:
            found = run_evaluation(
                questions,
                target,
                source=source,
                pace=pace,
                journal=journal,
                on_progress=on_progress,
            )
            journal.finish({row.id: row.error for row in found.questions if row.error})
            return found


@contextmanager
def _engine(configuration: Configuration) -> Iterator[Target]:
    from api.bootstrap import build_engine, open_archive, require_archive
    from eval.targets.bootstrap import engine_target
    from index.settings import IndexSettings
    from rag.settings import RagSettings

    require_archive(configuration)
    with open_archive(configuration) as archive:
        engine = build_engine(configuration, archive)
        settings = configuration.build(IndexSettings), configuration.build(RagSettings)
        yield engine_target(archive, engine, *settings)


@contextmanager
def _articles(choice: TargetChoice, configuration: Configuration) -> Iterator[Articles | None]:
    """Yield the archive that answers on file are held against, where one is named."""
    if choice.url is not None:
        from eval.targets.http import HttpTarget

        with HttpTarget.connect(choice.url, timeout_seconds=choice.timeout_seconds) as target:
            yield target.articles
    elif choice.data_dir is not None:
        with _engine(configuration) as held:
            yield held.articles
    else:
        yield None


@contextmanager
def _chat(choice: TargetChoice, configuration: Configuration) -> Iterator[Target]:
    from dataclasses import replace

    from eval.endpoints import endpoint_of
    from eval.targets.chat import ChatTarget
    from rag.settings import RagSettings

    settings = configuration.build(RagSettings)
    endpoint = endpoint_of(settings, base_url=choice.chat, model=choice.model)
    endpoint = replace(endpoint, timeout_seconds=choice.timeout_seconds)
    with ChatTarget.connect(endpoint, refusal=choice.refusal) as target:
        yield target
