"""Where settings become a running service: configuration, archive, engine, HTTP app."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from api.settings import ApiSettings
from index.configuration import Configuration, QuothSettings, read_configuration
from index.errors import InputError
from index.settings import IndexSettings
from rag.settings import RagSettings

if TYPE_CHECKING:
    from api.service import Engine, Service
    from index.archive import Archive
    from rag.engine import AnswerEngine
    from rag.generation.engine import LlmAnswerEngine

SETTINGS: tuple[type[QuothSettings], ...] = (IndexSettings, RagSettings, ApiSettings)


def configure(overrides: Mapping[str, Any]) -> Configuration:
    """Read all settings and set the logs up.

    Raises:
        ConfigurationError: a setting is unknown or unusable.
    """
    from api.logs import configure_logs

    configuration = read_configuration(SETTINGS, overrides)
    settings = configuration.build(ApiSettings)
    configure_logs(settings.log_level, settings.log_format)
    return configuration


def require_archive(configuration: Configuration) -> None:
    """Refuse a data directory without an archive, where an empty one would be of no use.

    Raises:
        InputError: there is none; it may have been mistyped.
    """
    from index.bootstrap import CATALOGUE_FILE

    settings = configuration.build(IndexSettings)
    folder = settings.data_dir
    exists = folder.is_dir() if settings.catalogue_url else (folder / CATALOGUE_FILE).is_file()
    if not exists:
        raise InputError(
            f"there is no archive in {folder}",
            hint="name its directory with --data-dir, or make one with: quoth ingest",
        )


def open_archive(configuration: Configuration) -> Archive:
    """The archive of the data directory that is configured."""
    from index.bootstrap import open_archive as open_index

    return open_index(configuration.build(IndexSettings))


def build_engine(configuration: Configuration, archive: Archive) -> AnswerEngine | LlmAnswerEngine:
    """What answers questions over an open archive, with a language model where one is set."""
    from rag.bootstrap import build_answers

    return build_answers(archive, configuration.build(RagSettings))


def build_service(configuration: Configuration, archive: Archive, engine: Engine) -> Service:
    """What the HTTP app is given, with an empty folder for uploads."""
    import shutil

    from api.service import LOOPBACK_HOSTS, Limits, Service
    from eval.targets.bootstrap import describe

    settings = configuration.build(ApiSettings)
    index_settings = configuration.build(IndexSettings)
    rag_settings = configuration.build(RagSettings)
    limits = dataclasses.replace(
        Limits(),
        question_characters=rag_settings.max_question_chars,
        upload_bytes=settings.max_upload_mb * 1024 * 1024,
    )
    scratch = index_settings.data_dir / "uploads"
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed server left there
    scratch.mkdir(parents=True, exist_ok=True)
    return Service(
        engine=engine,
        archive=archive,
        limits=limits,
        allowed_hosts=LOOPBACK_HOSTS if settings.host in LOOPBACK_HOSTS else None,
        scratch=scratch,
        version=version("quoth"),
        describe=partial(describe, archive, index_settings, rag_settings),
    )
