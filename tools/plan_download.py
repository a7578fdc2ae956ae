"""Says what an installation will download and how big it is, before it starts.

Runs pip's own resolver in a dry run, asks each file's size, and stops where a machine without a
GPU would be given CUDA. Needs nothing but Python and pip.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

MEGABYTE = 1_000_000
CUDA_PREFIXES = ("nvidia-", "cuda-", "triton")
LISTED = 5


def resolve(target: str, pip_arguments: list[str]) -> list[dict[str, Any]]:
    """What pip would install for `target` that is not installed yet."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--report", "-"]
    command += ["--disable-pip-version-check", *pip_arguments, "--editable", target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"pip could not work out what to install:\n{done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
    return [item for item in report["install"] if not item["download_info"].get("dir_info")]


def size_of(item: dict[str, Any]) -> int | None:
    """Bytes of one file; None where nobody says."""
    url = str(item["download_info"]["url"])
    parts = urlsplit(url)
    try:
        if parts.scheme == "file":
            return Path(unquote(parts.path)).stat().st_size
        request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - pip chose it
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.headers["Content-Length"])
    except (OSError, TypeError, ValueError):
        return None


def has_gpu() -> bool:
    """Whether an NVIDIA driver is here."""
    return shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists()


def main() -> None:
    """Print the plan; exit 1 where it should not be carried out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("--constraint", required=True)
    parser.add_argument("--find-links")
    parser.add_argument("--extra-index-url")
    parser.add_argument("--allow-cuda", action="store_true")
    given = parser.parse_args()
    arguments = ["--constraint", given.constraint]
    if given.find_links:
        arguments += ["--find-links", given.find_links]
    if given.extra_index_url:
        arguments += ["--extra-index-url", given.extra_index_url]
    print("Working out what to download …", flush=True)
    items = resolve(given.target, arguments)
    if not items:
        return
    with ThreadPoolExecutor(16) as pool:
        sizes = list(pool.map(size_of, items))
    named = {item["metadata"]["name"]: size for item, size in zip(items, sizes, strict=True)}
    total = sum(size or 0 for size in named.values()) // MEGABYTE
    unknown = sum(size is None for size in named.values())
    largest = sorted(named, key=lambda name: -(named[name] or 0))[:LISTED]
    shown = ", ".join(f"{name} {(named[name] or 0) // MEGABYTE} MB" for name in largest)
    print(f"{len(named)} packages, {total} MB to download into {os.path.relpath(sys.prefix)}/")
    print(f"  the largest: {shown}" + (f"; {unknown} of unknown size" if unknown else ""))
    cuda = [name for name in named if name.startswith(CUDA_PREFIXES)]
    if cuda and not given.allow_cuda and not has_gpu():
        sys.exit(
            f"No GPU is seen here, but pip would fetch CUDA ({len(cuda)} packages). Name a folder "
            "of wheels or a package index that has a CPU build of torch:\n"
            "  make serve TORCH_WHEELS=/path/or/url\n"
            "or accept the CUDA build: make serve CUDA=1"
        )


if __name__ == "__main__":
    main()
