"""What holds for all tests: no settings from outside, no network, one model cache."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

OFFLINE = {
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def pytest_configure() -> None:
    """Set the environment before a library reads it at import."""
    for name in [name for name in os.environ if name.startswith("QUOTH_")]:
        del os.environ[name]
    os.environ.update(OFFLINE)
    # Hypothesis would fail what is slow once; how fast something is, benchmarks say.
    settings.register_profile(
        "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("untimed")
    # As the service has it: structlog's own traces show every variable, which takes seconds.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, plain])


@pytest.fixture(scope="session")
def model_cache(request: pytest.FixtureRequest) -> Path:
    """Exported models, kept between runs: an export takes longer than most tests."""
    cache: pytest.Cache = request.config.cache
    return cache.mkdir("quoth-models")
