"""The gold questions of `seeds/` keep the promised shape, and every quote stands in its article."""

import re
import string
from functools import cache
from pathlib import Path

import frontmatter
import pytest
from lxml import html
from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
ARTICLE_SUFFIXES = {".txt", ".md", ".html"}
READABLE = "descendant::*[self::h1 or self::h2 or self::p or self::figcaption or self::li]"
OUTCOME_TAGS = {"unanswerable-near", "unanswerable-far"}


class Evidence(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    article: str
    quote: str


class GoldQuestion(BaseModel):
    """One line of `gold.jsonl`; every key of the contract must be there, and no other."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    question: str
    answerable: bool
    answers: list[str]
    evidence: list[Evidence]
    as_of: str | None
    tags: list[str]
    conversation: list[dict[str, str]]


@cache
def gold(name: str = "gold.jsonl") -> tuple[GoldQuestion, ...]:
    lines = (SEEDS / name).read_text(encoding="utf-8").splitlines()
    return tuple(GoldQuestion.model_validate_json(line) for line in lines)


@cache
def articles() -> frozenset[str]:
    """File names of the articles; the README is about the archive, not in it."""
    return frozenset(
        path.name
        for path in SEEDS.iterdir()
        if path.suffix in ARTICLE_SUFFIXES and path.name != "README.md"
    )


@cache
def visible_blocks(name: str) -> tuple[str, ...]:
    """The paragraphs and headings that a reader of the file sees, whitespace made single."""
    text = (SEEDS / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        (article,) = html.document_fromstring(text).xpath("//article")
        found = [str(node.text_content()) for node in article.xpath(READABLE)]
    elif name.endswith(".md"):
        rendered = MarkdownIt().render(frontmatter.loads(text).content)
        body = html.document_fromstring(rendered)
        found = [str(node.text_content()) for node in body.xpath(READABLE)]
    else:
        found = text.splitlines()
    return tuple(block for block in (" ".join(raw.split()) for raw in found) if block)


def squad_normalised(text: str) -> str:
    """Lower case, without punctuation and articles: the answer normalisation of SQuAD 1.1."""
    bare = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def answerable() -> list[GoldQuestion]:
    return [item for item in (*gold(), *gold("gold-conflicts.jsonl")) if item.answerable]


def unanswerable() -> list[GoldQuestion]:
    return [item for item in gold() if not item.answerable]


def by_id(item: GoldQuestion) -> str:
    return item.id


def test_the_archive_holds_ten_articles_in_three_formats() -> None:
    assert len(articles()) == 10
    assert {Path(name).suffix for name in articles()} == ARTICLE_SUFFIXES


def test_ids_and_questions_are_unique() -> None:
    assert len({item.id for item in gold()}) == len(gold())
    assert len({item.question.casefold() for item in gold()}) == len(gold())


def test_there_are_enough_questions_of_each_kind() -> None:
    near = [item for item in unanswerable() if "unanswerable-near" in item.tags]
    assert len([item for item in gold() if item.answerable]) >= 40
    assert len(unanswerable()) >= 20
    assert len(near) >= 10
    assert len(near) * 2 >= len(unanswerable())


def test_every_article_is_asked_about() -> None:
    asked = [*gold(), *gold("gold-conflicts.jsonl")]
    assert {quoted.article for item in asked for quoted in item.evidence} == articles()


def test_conflicts_are_ten_of_each_kind_with_evidence_from_several_articles() -> None:
    conflicts = gold("gold-conflicts.jsonl")
    kinds = [item.tags[0] for item in conflicts]
    assert sorted(kinds) == sorted(["agree", "differ", "updated"] * 10)
    assert len({item.question.casefold() for item in (*gold(), *conflicts)}) == 110
    assert all(len({quoted.article for quoted in item.evidence}) > 1 for item in conflicts)


@pytest.mark.parametrize("item", gold(), ids=by_id)
def test_the_question_is_not_blank_and_is_tagged(item: GoldQuestion) -> None:
    assert item.question.strip() == item.question != ""
    assert item.tags


@pytest.mark.parametrize("item", answerable(), ids=by_id)
def test_evidence_is_verbatim_in_one_visible_block(item: GoldQuestion) -> None:
    assert item.evidence
    for quoted in item.evidence:
        assert quoted.article in articles()
        assert any(quoted.quote in block for block in visible_blocks(quoted.article)), quoted


@pytest.mark.parametrize("item", answerable(), ids=by_id)
def test_each_answer_is_in_some_quote_and_each_quote_holds_an_answer(item: GoldQuestion) -> None:
    answers = [squad_normalised(answer) for answer in item.answers]
    quotes = [squad_normalised(quoted.quote) for quoted in item.evidence]
    assert answers
    assert all(answers), "an answer that normalises to nothing is contained in everything"
    for answer in answers:
        assert any(answer in quote for quote in quotes), answer
    for quote in quotes:
        assert any(answer in quote for answer in answers), quote


@pytest.mark.parametrize("item", answerable(), ids=by_id)
def test_an_answerable_question_carries_no_unanswerable_tag(item: GoldQuestion) -> None:
    assert not OUTCOME_TAGS & set(item.tags)


@pytest.mark.parametrize("item", unanswerable(), ids=by_id)
def test_an_unanswerable_question_has_no_evidence(item: GoldQuestion) -> None:
    assert item.evidence == []
    assert item.answers == []
    assert len(OUTCOME_TAGS & set(item.tags)) == 1


def test_outlets_spell_the_ukrainian_president_differently() -> None:
    text = " ".join(block for name in sorted(articles()) for block in visible_blocks(name))
    assert len(set(re.findall(r"\bZelensk(?:y|yy|iy)\b", text))) >= 2


def test_the_sentence_with_the_term_does_not_say_guarantees() -> None:
    (term,) = [item for item in gold() if item.id == "seed-001"]
    assert [quoted.quote for quoted in term.evidence if "guarantee" in quoted.quote] == []


def test_the_two_versions_of_one_story_share_a_paragraph_and_differ_elsewhere() -> None:
    first, second = (
        set(visible_blocks(name))
        for name in sorted(articles())
        if name.startswith("citadel") and name.endswith(("-paris.html", "-paris.txt"))
    )
    shared = {block for block in first & second if len(block.split()) > 15}
    assert shared
    assert first - second
    assert second - first
