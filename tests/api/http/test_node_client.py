"""OpenAI's own client for Node against the service.

It is not installed with Quoth: `npm install openai` in any folder, and name that folder's
`node_modules` in NODE_PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from api.service import Service
from tests.api.http.conftest import QUESTION
from tests.api.http.serving import serving
from tests.api.http.test_completions import TEXT

SCRIPT = Path(__file__).parent / "node" / "chat.mjs"


def node_packages() -> Path | None:
    """The first folder of NODE_PATH in which the client is installed."""
    for folder in os.environ.get("NODE_PATH", "").split(os.pathsep):
        if folder and (Path(folder) / "openai" / "package.json").is_file():
            return Path(folder)
    return None


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
@pytest.mark.skipif(node_packages() is None, reason="NODE_PATH holds no openai for Node")
def test_the_client_for_node_works_unchanged(service: Service) -> None:
    with serving(service) as url:
        done = subprocess.run(
            ["node", str(SCRIPT), str(node_packages()), f"{url}/v1", QUESTION],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    understood = json.loads(done.stdout)
    assert understood["models"] == ["quoth", "quoth-extractive"]
    assert understood["whole"] == understood["streamed"] == TEXT
    assert (understood["finish"], understood["quoth"]) == ("stop", "answered")
    assert understood["usage"] == understood["streamed_usage"]
    assert understood["cited"] == 1
    assert understood["failures"] == [
        {
            "name": "NotFoundError",
            "status": 404,
            "code": "model_not_found",
            "param": "model",
            "type": "invalid_request_error",
        },
        {
            "name": "BadRequestError",
            "status": 400,
            "code": None,
            "param": "messages",
            "type": "invalid_request_error",
        },
    ]
