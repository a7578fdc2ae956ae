"""Markdown (`.md`, `.markdown`), with or without YAML front matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from index.errors import SourceRefused
from index.loading.base import Loaded
from index.loading.decode import decode
from index.loading.fields import document_from
from index.records import Refusal

if TYPE_CHECKING:
    from markdown_it.token import Token


class MarkdownLoader:
    """Reads a Markdown file as one article."""

    suffixes = frozenset({".md", ".markdown"})
    streamed = False

    def load(self, stream: BinaryIO, *, origin: str) -> Iterator[Loaded]:
        """The file as one article, or the reason why not."""
        try:
            fields, body = _split_front_matter(decode(stream.read()))
            yield document_from(fields, text=plain_text(body), origin=origin)
        except SourceRefused as refused:
            yield Refusal(origin=origin, reason=str(refused))


def plain_text(markdown: str) -> str:
    """The words of a Markdown text, one block per line, blank lines between, no markup."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    blocks = (_words(token.children or ()) for token in tokens if token.type == "inline")
    code = {"fence", "code_block"}
    if not any(token.type == "inline" for token in tokens):
        blocks = (" ".join(token.content.split()) for token in tokens if token.type in code)
    return "\n\n".join(block for block in blocks if block)


def _words(children: Iterable[Token]) -> str:
    """The text of an inline run; images are left out, since their description is a caption."""
    pieces = []
    for child in children:
        if child.type in {"text", "code_inline"}:
            pieces.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            pieces.append(" ")
    return " ".join("".join(pieces).split())


def _split_front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    """The fields of the front matter, every value as the words written there, and the rest."""
    import frontmatter
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    class VerbatimYaml(YAMLHandler):
        """Leaves dates as written: YAML would move them to another time zone, and so day."""

        def load(self, fm: str, **_: object) -> Any:
            return super().load(fm, Loader=yaml.BaseLoader)

    text = text.lstrip()
    if not text.startswith("---\n"):
        return {}, text
    try:
        fields, body = frontmatter.parse(text, handler=VerbatimYaml())
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise SourceRefused(
            f"its front matter is not valid YAML{where}", hint="correct it, or take it out"
        ) from error
    return fields, body
