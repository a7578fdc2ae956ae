"""Bytes to text: encodings, binary files in disguise, newlines, Unicode form.

Order of trial: byte order mark; UTF-16 without one (told by where its NULs stand); signs of a
binary file; UTF-8; an encoding that the file itself declares; a guess by charset-normalizer.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from index.errors import SourceRefused

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MAGIC = (
    (codecs.BOM_UTF16_LE, "UTF-16 text where UTF-8 is needed", "save it again as UTF-8"),
    (codecs.BOM_UTF16_BE, "UTF-16 text where UTF-8 is needed", "save it again as UTF-8"),
    (b"%PDF-", "a PDF, not text", "export it as text or HTML"),
    (
        b"PK\x03\x04",
        "a zip archive or an Office document, not text",
        "unpack it, or save it as text",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Office document, not text", "save it as text or HTML"),
    (b"{\\rtf", "an RTF document, not text", "save it as text"),
    (b"\x1f\x8b", "gzip-compressed, not text", "unpack it"),
    (b"BZh", "bzip2-compressed, not text", "unpack it"),
    (b"\xfd7zXZ", "xz-compressed, not text", "unpack it"),
    (b"7z\xbc\xaf", "a 7-Zip archive, not text", "unpack it"),
    (b"\x89PNG", "a PNG image, not text", "Quoth reads text only"),
    (b"\xff\xd8\xff", "a JPEG image, not text", "Quoth reads text only"),
    (b"GIF8", "a GIF image, not text", "Quoth reads text only"),
    (b"\x7fELF", "a program, not text", "Quoth reads text only"),
    (b"SQLite format 3", "a SQLite database, not text", "export its articles as JSONL"),
)

_SAMPLE = 65_536
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b\u2060\ufeff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NEWLINE = re.compile("\r\n|[\r\x85\u2028\u2029]")
_DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,80}?encoding)\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_BINARY_SHARE = 0.02
_WIDE_NULLS = 0.03
_SPACES = 0.04
_COMMONEST = "cp1252"
_AS_LIKELY = 0.05
_GUESSES = ["cp1252", "cp1250", "cp1251", "koi8_r", "iso8859_7", "cp1256", "shift_jis", "gb18030"]


def decode(data: bytes) -> str:
    """The text of a file, NFC-normalised, with `\\n` as its only line ending.

    Raises:
        SourceRefused: nothing in it, a binary file, or no encoding fits.
    """
    if not data.strip():
        raise SourceRefused("the file is empty", hint="put the article's text in it")
    return normalise(_to_text(data))


def normalise(text: str) -> str:
    """`text` in Unicode form NFC, with `\\n` as its only line ending.

    Control characters go, and so do soft hyphens, zero-width spaces and byte order marks, which
    nobody sees and which would keep a word from being found.
    """
    text = _NEWLINE.sub("\n", text)
    text = _LONE_SURROGATE.sub("\ufffd", _UNPRINTABLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def _to_text(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(data.removeprefix(mark) if encoding == "utf-8" else data, encoding)
    wide = _utf16_without_mark(data[:_SAMPLE])
    if wide is not None:
        return _decoded(data, wide)
    refuse_binary(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _declared(data) or _guessed(data)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceRefused(
            f"it begins as {encoding.upper()} but does not go on so (byte {error.start})",
            hint="save it again as UTF-8",
        ) from error


def _utf16_without_mark(sample: bytes) -> str | None:
    """The byte order, where nearly all NULs stand at even (big) or odd (little) places.

    Whatever the script, spaces and line ends have one; sound and images have few spaces.
    """
    sample = sample[: len(sample) // 2 * 2]
    nulls = sample.count(0)
    even = sample[::2].count(0)
    if nulls < _WIDE_NULLS * len(sample) or 0.1 * nulls < even < 0.9 * nulls:
        return None
    candidate = "utf-16-be" if even >= 0.9 * nulls else "utf-16-le"
    text = sample.decode(candidate, errors="replace")
    spaces = sum(char.isspace() for char in text)
    strange = sum(not (char.isprintable() or char.isspace()) for char in text)
    fits = spaces >= _SPACES * len(text) and strange <= _BINARY_SHARE * len(text)
    return candidate if fits else None


def refuse_binary(data: bytes) -> None:
    """Do nothing for text in a one-byte encoding or UTF-8.

    Raises:
        SourceRefused: the bytes are an archive, an image, a program or the like.
    """
    for magic, kind, advice in _MAGIC:
        if data.startswith(magic):
            raise SourceRefused(f"it is {kind}", hint=advice)
    sample = data[:_SAMPLE]
    controls = len(_CONTROL.findall(sample))
    if b"\x00" in sample or controls > _BINARY_SHARE * len(sample):
        raise SourceRefused(
            "it is a binary file, not text", hint="Quoth reads text, Markdown, HTML and JSON"
        )


def _declared(data: bytes) -> str | None:
    """The text in the encoding that an HTML or XML head declares, if it has one that fits."""
    match = _DECLARED.search(data[:2048])
    if match is None:
        return None
    name = match.group(1).decode("ascii", errors="replace")
    try:
        codec = codecs.lookup(name).name
        # Browsers read a page that says Latin-1 as Windows-1252, and so must we.
        return data.decode("cp1252" if codec == "iso8859-1" else codec)
    except (LookupError, UnicodeDecodeError):
        return None


def _guessed(data: bytes) -> str:
    """The text in the likeliest encoding; Windows-1252 where it is about as likely as the best.

    It is by far the commonest, and a short text of another Central European page decodes as well.
    """
    from charset_normalizer import from_bytes

    matches = from_bytes(data, cp_isolation=_GUESSES, enable_fallback=False)
    best = matches.best()
    if best is None:
        raise SourceRefused("its encoding cannot be told", hint="save it again as UTF-8")
    common = (match for match in matches if match.encoding == _COMMONEST)
    western = next(common, best)
    return str(western if western.chaos <= best.chaos + _AS_LIKELY else best)
