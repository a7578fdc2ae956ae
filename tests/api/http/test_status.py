"""`/v1/status`: what answers depend on."""

from __future__ import annotations

from dataclasses import replace

import httpx

from api.service import Service
from eval.targets.base import Corpus, Provenance
from tests.api.http.serving import serving


def test_it_tells_corpus_models_and_settings(service: Service) -> None:
    provenance = Provenance(
        version="1.2",
        corpus=Corpus(fingerprint="f" * 64, articles=3, passages=9),
        models={"reader": "r@1"},
        settings={"fusion_weight": 0.5, "answer_threshold": None},
    )
    with serving(replace(service, describe=lambda: provenance)) as url:
        found = httpx.get(f"{url}/v1/status")
    assert found.status_code == 200
    assert found.json() == {
        "version": "1.2",
        "fingerprint": "f" * 64,
        "articles": 3,
        "passages": 9,
        "models": {"reader": "r@1"},
        "settings": {"fusion_weight": 0.5, "answer_threshold": None},
    }
