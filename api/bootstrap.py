"""Where settings become a running service: configuration, archive, engine, HTTP app."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from api.settings import ApiSettings
from api.slack.settings import SlackSettings
from index.configuration import Configuration, QuothSettings, read_configuration
from index.errors import ConfigurationError, InputError
from index.settings import IndexSettings
from rag.settings import RagSettings

if TYPE_CHECKING:
    from api.http.access.rules import AccessRules
    from api.http.routes.slack import MakeSlackEndpoint
    from api.service import Engine, Service
    from index.archive import Archive
    from rag.engine import AnswerEngine
    from rag.generation.engine import LlmAnswerEngine

SETTINGS: tuple[type[QuothSettings], ...] = (
    IndexSettings,
    RagSettings,
    ApiSettings,
    SlackSettings,
)


def configure(overrides: Mapping[str, Any]) -> Configuration:
    """Read all settings and set the logs up.

    Raises:
        ConfigurationError: a setting is unknown or unusable.
    """
    from api.logs import configure_logs

    configuration = read_configuration(SETTINGS, overrides)
    settings = configuration.build(ApiSettings)
    configure_logs(settings.log_level, settings.log_format, access=settings.log_access)
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


def require_key(configuration: Configuration, *, insecure: bool = False) -> bool:
    """Whether callers are asked for an API key, which is so wherever others can reach the service,
    unless somebody insists. It opens and makes nothing where there is no archive.

    Raises:
        ConfigurationError: it would be open to all without anybody insisting, or to nobody.
    """
    from api.service import LOOPBACK_HOSTS
    from index.keys import has_usable_key

    settings = configuration.build(ApiSettings)
    if insecure:
        if settings.api_auth == "on":
            raise ConfigurationError(
                "--insecure and QUOTH_API_AUTH=on contradict each other",
                hint="leave one of them out",
            )
        return False
    loopback = settings.host in LOOPBACK_HOSTS
    if loopback and settings.api_auth != "on":
        return False
    if settings.api_auth == "off":
        raise ConfigurationError(
            f"listening on {settings.host} with QUOTH_API_AUTH=off would let anybody on the "
            "network read and change the archive",
            hint="leave that setting out and make a key with: quoth key create NAME; or insist "
            "with --insecure",
        )
    if not has_usable_key(configuration.build(IndexSettings)):
        why = "QUOTH_API_AUTH=on" if loopback else f"listening on {settings.host}"
        raise ConfigurationError(
            f"{why} needs an API key, and this archive has none",
            hint="make one with: quoth key create NAME; or let everybody in with --insecure",
        )
    return True


def build_access(configuration: Configuration, archive: Archive, *, keyed: bool) -> AccessRules:
    """Who may use the service; `keyed`: callers are asked for a key.

    Raises:
        ConfigurationError: pages of all origins would be let in, and anybody with them.
    """
    from api.http.access.rules import AccessRules
    from index.catalogue.keys import KeyTable

    settings = configuration.build(ApiSettings)
    if "*" in settings.api_cors_origins and not keyed:
        raise ConfigurationError(
            "QUOTH_API_CORS_ORIGINS=* without API keys would let every web page that somebody "
            "here looks at use the archive",
            hint="name the origins, or ask for keys with QUOTH_API_AUTH=on",
        )
    return AccessRules(
        keys=KeyTable(archive.catalogue.engine) if keyed else None,
        rate_limit=settings.api_rate_limit,
        daily_quota=settings.api_daily_quota,
        deadline_seconds=settings.api_deadline_seconds,
        cors_origins=settings.api_cors_origins,
    )


def build_slack(configuration: Configuration, archive: Archive) -> MakeSlackEndpoint | None:
    """What makes the answers to `POST /slack/events`; None where that is not set up.

    Raises:
        ConfigurationError: of the settings that it needs, one is missing.
    """
    settings = configuration.build(SlackSettings)
    if not settings.answers_over_http:
        return None
    from api.slack.bootstrap import endpoint_maker
    from index.catalogue.slack_questions import SlackQuestionTable

    return endpoint_maker(settings, SlackQuestionTable(archive.catalogue.engine))


def build_service(
    configuration: Configuration, archive: Archive, engine: Engine, *, keyed: bool = False
) -> Service:
    """What the HTTP app is given, with an empty folder for uploads.

    Where callers are asked for a key, the service answers under any host name: a page that points
    its own name here has no key.
    """
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
        allowed_hosts=None if keyed or settings.host not in LOOPBACK_HOSTS else LOOPBACK_HOSTS,
        scratch=scratch,
        version=version("quoth"),
        describe=partial(describe, archive, index_settings, rag_settings),
    )
