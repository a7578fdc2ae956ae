"""Bytes to text: every common encoding right, every binary file refused."""

from __future__ import annotations

import os
import struct
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SourceRefused
from index.loading.decode import decode, normalise

FRENCH = "Le conseil a voté à Évreux : « l’été sera long », dit Noël. Ça coûte 30 €."
GERMAN = "Die Brücke über die Weiße Elster bleibt gesperrt. Größere Schäden gab es nicht."
SPANISH = "El alcalde de Logroño dijo que mañana se abrirá el puente. ¿Quién lo pagará?"
POLISH = "Rada miasta Łódź przyjęła budżet. Żaden radny nie głosował przeciw, mówi rzecznik."
RUSSIAN = "Городской совет принял бюджет. Мэр сказал, что деньги пойдут на школы и дороги."


@pytest.mark.parametrize("text", [FRENCH, GERMAN, SPANISH, POLISH, RUSSIAN])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_in_every_form(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (GERMAN, "latin-1"),
        (SPANISH, "latin-1"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_one_byte_encodings_are_told_apart(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_the_encoding_that_a_page_declares_is_believed() -> None:
    page = f'<html><head><meta charset="iso-8859-2"></head><p>{POLISH}</p></html>'
    assert POLISH in decode(page.encode("iso-8859-2"))


def test_a_page_that_says_latin_1_is_read_as_browsers_do() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"><p>“9 €”</p>'
    assert "“9 €”" in decode(page.encode("cp1252"))


def test_an_unknown_declared_encoding_is_passed_over() -> None:
    page = f'<meta charset="klingon"><p>{FRENCH}</p>'
    assert FRENCH in decode(page.encode("cp1252"))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"PK\x03\x04\x14\x00", "zip"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x7fELF\x02\x01\x01", "program"),
        (b"text\x00with\x00nulls", "binary"),
        (bytes(range(256)) * 40, "binary"),
        (struct.pack("<4000h", *((i * 7919) % 30000 for i in range(4000))), ""),
    ],
)
def test_binary_files_are_refused_with_what_to_do(data: bytes, word: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        decode(data)
    assert word in caught.value.message
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"   \n\t\r\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(SourceRefused, match="empty"):
        decode(data)


def test_broken_utf_16_is_refused() -> None:
    with pytest.raises(SourceRefused, match="UTF-16"):
        decode("\ufeffA line".encode("utf-16-le") + b"\x00\xd8" + "x".encode("utf-16-le"))


def test_random_bytes_never_crash() -> None:
    for size in (1, 2, 3, 64, 1001, 70_000):
        try:
            decode(os.urandom(size))
        except SourceRefused:
            continue


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_refusal(data: bytes) -> None:
    try:
        text = decode(data)
    except SourceRefused:
        return
    text.encode("utf-8")
    assert "\r" not in text


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_newlines_marks_controls_and_lone_surrogates() -> None:
    assert normalise("\ufeffa\r\nb\rc\u2028d\x07\ud800") == "a\nb\nc\nd\ufffd"
    assert normalise("e\u0301") == "é"
