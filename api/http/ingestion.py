"""Turns what `POST /v1/articles` received into something that the archive takes in."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from fastapi import Request
from pydantic_core import from_json
from starlette.datastructures import FormData, UploadFile

from api.http.problems import ProblemError
from api.http.threads import Threads
from api.service import Archive, Service
from index.records import IngestReport

JSON_ORIGIN = "api"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


async def ingest_json(request: Request, service: Service, threads: Threads) -> IngestReport:
    """Take in the record or records of a JSON body."""
    body = await request.body()
    return await threads.change(partial(_ingest_records, service.archive, body))


async def ingest_upload(request: Request, service: Service, threads: Threads) -> IngestReport:
    """Take in the files of a multipart body, under the names that they had at home."""
    files = service.limits.upload_files
    async with request.form(max_files=files, max_fields=10) as form:
        uploads, publisher = _read_form(form)
        call = partial(_ingest_files, service, uploads, publisher)
        return await threads.change(call)


def _ingest_records(archive: Archive, body: bytes) -> IngestReport:
    try:
        content = from_json(body)
    except ValueError as error:
        raise ProblemError(422, "invalid_request", f"body: not JSON ({error})") from error
    records = content if isinstance(content, list) else [content]
    if not records or not all(isinstance(record, dict) for record in records):
        raise ProblemError(
            422,
            "invalid_request",
            "body: an article is an object, and several are an array of objects",
        )
    return archive.ingest_records(records, origin=JSON_ORIGIN)


def _read_form(form: FormData) -> tuple[Sequence[UploadFile], str | None]:
    uploads: list[UploadFile] = []
    publisher: str | None = None
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            uploads.append(value)
        elif name == "publisher":
            publisher = value.strip() or None
        else:
            raise ProblemError(422, "invalid_request", f"{name}: not a field of this form")
    if not uploads:
        raise ProblemError(422, "invalid_request", "files: no file was sent")
    return uploads, publisher


def _ingest_files(
    service: Service, uploads: Sequence[UploadFile], publisher: str | None
) -> IngestReport:
    names = [safe_name(upload.filename) for upload in uploads]
    with tempfile.TemporaryDirectory(prefix="quoth-upload-", dir=service.scratch) as folder:
        paths = []
        for number, (upload, name) in enumerate(zip(uploads, names, strict=True)):
            # A folder each: two files may have the same name.
            path = Path(folder, f"{number:05}", name)
            path.parent.mkdir()
            with path.open("wb") as target:
                shutil.copyfileobj(upload.file, target)
            paths.append(path)
        return service.archive.ingest_files(paths, publisher=publisher, origins=names)


def safe_name(given: str | None) -> str:
    """The last part of a file name from a stranger, fit for a folder of ours. Its suffix stays,
    because loaders go by it."""
    name = PurePosixPath(_UNPRINTABLE.sub("", given or "").replace("\\", "/")).name
    if name.strip(". ") == "":
        return "upload"
    suffix = PurePosixPath(name).suffix[:16]
    stem = name.removesuffix(suffix)
    # File systems count bytes: 255 of them are the usual limit.
    return stem.encode()[:150].decode(errors="ignore") + suffix
