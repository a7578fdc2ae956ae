"""Where settings become a running service: configuration, archive, engine, HTTP app."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from api.settings import ApiSettings
from index.configuration import Configuration, QuothSettings, read_configuration
from index.settings import IndexSettings
from rag.settings import RagSettings

if TYPE_CHECKING:
    from api.service import Service
    from index.archive import Archive
    from rag.engine import AnswerEngine

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


def open_archive(configuration: Configuration) -> Archive:
    """The archive of the data directory that is configured."""
    from index.bootstrap import open_archive as open_index

    return open_index(configuration.build(IndexSettings))


def build_engine(configuration: Configuration, archive: Archive) -> AnswerEngine:
    """The answer engine over an open archive."""
    from rag.bootstrap import build_engine as build

    return build(archive, configuration.build(RagSettings))


def build_service(configuration: Configuration, archive: Archive, engine: AnswerEngine) -> Service:
    """What the HTTP app is given, with an empty folder for uploads."""
    import shutil

    from api.service import LOOPBACK_HOSTS, Limits, Service

    settings = configuration.build(ApiSettings)
    limits = dataclasses.replace(
        Limits(),
        question_characters=configuration.build(RagSettings).max_question_chars,
        upload_bytes=settings.max_upload_mb * 1024 * 1024,
    )
    data_dir = configuration.build(IndexSettings).data_dir
    scratch = data_dir / "uploads"
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed server left there
    scratch.mkdir(parents=True, exist_ok=True)
    return Service(
        engine=engine,
        archive=archive,
        limits=limits,
        allowed_hosts=LOOPBACK_HOSTS if settings.host in LOOPBACK_HOSTS else None,
        scratch=scratch,
        version=version("quoth"),
    )
