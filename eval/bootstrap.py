"""Where settings become an archive for one evaluation: temporary, or kept where it is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.base import Embedder
from index.errors import ConfigurationError
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.engine import AnswerEngine
from rag.settings import RagSettings


@contextmanager
def scratch_archive(
    index_settings: IndexSettings,
    rag_settings: RagSettings,
    *,
    data_dir: Path | None = None,
    embedder: Embedder | None = None,
) -> Iterator[tuple[Archive, AnswerEngine]]:
    """Yield an archive apart from the one that the settings name, and an engine over it.

    It lies in `data_dir` and stays there, or else in a temporary folder that goes. Models are
    those of the settings (`IndexSettings.models_dir`), so that none is exported again; a catalogue
    or a Chroma server that the settings name is left alone.

    Raises: ConfigurationError where `data_dir` is the settings' own; else as `open_archive`.
    """
    if data_dir is not None and data_dir.resolve() == index_settings.data_dir.resolve():
        raise ConfigurationError(
            f"{data_dir} is the archive that the settings name",
            hint="name another folder: an evaluation fills it with the articles of its set",
        )
    with ExitStack() as opened:
        folder = data_dir or Path(opened.enter_context(TemporaryDirectory(prefix="quoth-eval-")))
        settings = index_settings.model_copy(
            update={
                "data_dir": folder,
                "model_cache": index_settings.models_dir,
                "catalogue_url": None,
                "chroma_url": None,
            }
        )
        archive = opened.enter_context(open_archive(settings, embedder=embedder))
        yield archive, build_engine(archive, rag_settings)
