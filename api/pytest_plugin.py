"""A fixture for other people's tests: `assert quoth_eval("gold.jsonl").accuracy >= 0.9`.

Costs nothing until a test asks for it: everything but pytest is imported inside functions.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.pytest_scores import Score, Scores, nearest

if TYPE_CHECKING:
    from eval.targets.base import Target
    from index.embedding.base import Embedder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add where `quoth_eval` finds the archive, unless a test says so itself."""
    group = parser.getgroup("quoth")
    group.addoption("--quoth-data-dir", help="Archive that quoth_eval asks (ini: quoth_data_dir).")
    group.addoption("--quoth-url", help="Running Quoth that quoth_eval asks instead.")
    parser.addini("quoth_data_dir", "Archive that quoth_eval asks, relative to the root directory.")


@pytest.fixture(scope="session")
def quoth_eval(pytestconfig: pytest.Config) -> QuothEval:
    """Evaluates a gold set; the same call again in the session costs nothing."""
    return QuothEval(pytestconfig)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say which questions it was, where a comparison of a score fails."""
    scores = [value for value in (left, right) if isinstance(value, Score)]
    if not scores:
        return None
    shown = [f"{v:.6g}" if isinstance(v, float) else repr(v) for v in (left, right)]
    return [f"{scores[0].name}: {shown[0]} {op} {shown[1]}", *scores[0].explanation]


class QuothEval:
    """Calls are evaluations, each done once."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._done: dict[str, Scores] = {}
        self._embedders: dict[str, Embedder] = {}

    def __call__(
        self,
        gold: str | Path,
        *,
        data_dir: str | Path | None = None,
        url: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Scores:
        """Return the scores of a gold set against an archive, or against a running Quoth.

        Relative paths start at pytest's root directory. The archive is `data_dir`, else
        `--quoth-data-dir`, else the ini option `quoth_data_dir`, else what Quoth's own settings
        name. `settings` are those of answering: `{"read_passages": 12}`. What cannot be
        evaluated fails the test with one line.
        """
        __tracebackhide__ = True
        if data_dir is None and url is None:
            url = self._config.getoption("quoth_url")
        if url is not None and (data_dir is not None or settings):
            pytest.fail("quoth_eval: a url goes with no data_dir and no settings", pytrace=False)
        place = None if url is not None else self._data_dir(data_dir)
        path = self._config.rootpath / gold
        written = path.stat().st_mtime_ns if path.is_file() else None
        call = json.dumps([str(path), written, str(place), url, dict(settings or {})], default=str)
        if call not in self._done:
            self._done[call] = self._evaluate(path, place, url, settings or {})
        return self._done[call]

    def _data_dir(self, given: str | Path | None) -> Path | None:
        named: str | None = self._config.getoption("quoth_data_dir")
        if given is None and named:
            return Path.cwd() / named  # as typed on the command line
        chosen: str | Path = given or self._config.getini("quoth_data_dir")
        root: Path = self._config.rootpath
        return root / chosen if chosen else None

    def _evaluate(
        self, gold: Path, data_dir: Path | None, url: str | None, settings: Mapping[str, Any]
    ) -> Scores:
        __tracebackhide__ = True
        from eval.gold import gold_source, load_gold
        from eval.run import run_evaluation
        from index.errors import QuothError

        failure = ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those of libraries that the test knows nothing of
            try:
                questions, source = load_gold(gold), gold_source(gold)
                with self._target(data_dir, url, settings) as target:
                    return Scores(run_evaluation(questions, target, source=source))
            except QuothError as error:
                failure = str(error)
        pytest.fail(f"quoth_eval: {failure}", pytrace=False)

    @contextmanager
    def _target(
        self, data_dir: Path | None, url: str | None, settings: Mapping[str, Any]
    ) -> Iterator[Target]:
        if url is not None:
            from eval.targets.http import HttpTarget

            with HttpTarget.connect(url) as remote:
                yield remote
            return
        from api.bootstrap import SETTINGS
        from eval.targets.bootstrap import engine_target
        from index.bootstrap import build_embedder, open_archive
        from index.configuration import read_configuration
        from index.errors import ConfigurationError
        from index.settings import IndexSettings
        from rag.bootstrap import build_engine
        from rag.settings import RagSettings

        _check_names(settings, RagSettings.model_fields)
        configuration = read_configuration(SETTINGS, {"data_dir": data_dir, **settings})
        index, rag = configuration.build(IndexSettings), configuration.build(RagSettings)
        if not index.data_dir.is_dir():
            raise ConfigurationError(
                f"there is no archive at {index.data_dir}",
                hint="name one with data_dir=, --quoth-data-dir or the ini option quoth_data_dir",
            )
        embedder = self._embedders.setdefault(index.embedding_model, build_embedder(index))
        with open_archive(index, embedder=embedder) as archive:
            yield engine_target(archive, build_engine(archive, rag), index, rag)


def _check_names(settings: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    from index.errors import UnknownSetting

    for name in settings:
        if name not in known:
            raise UnknownSetting(
                f"{name!r} is not a setting of answering",
                hint=f"did you mean {nearest(name, known)}?",
            )
