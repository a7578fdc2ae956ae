"""All that is wrong with a gold file: by itself, and against the archive that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from eval.evidence import find_quote
from eval.gold import Evidence, GoldLine, GoldQuestion, read_gold_lines
from eval.gold_sets.articles import ArticleSource, KnownArticles
from eval.gold_sets.nearest import nearest_names, nearest_text
from eval.normalise import contains_answer

_MOST_CARRIERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """What an article says instead of a quote."""

    article: str
    text: str
    similarity: float
    """In [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with one line, or may be."""

    line: int
    question_id: str | None
    """None where the line is so wrong that it has none."""
    what: str
    nearest: Nearest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCheck:
    """What a check found, in the order of the file's lines."""

    file: str
    questions: int
    """How many lines there are that are not blank."""
    archive: str | None
    """What the file was checked against; None where only by itself."""
    problems: tuple[Finding, ...]
    """With one of them nothing can be measured rightly."""
    warnings: tuple[Finding, ...]
    foreign: bool
    """Whether the archive holds none of the evidence: the file was written for another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quoted:
    """One piece of evidence, or of what contradicts a premise, and where it was found."""

    line: int
    question_id: str | None
    evidence: Evidence
    articles: Sequence[str]
    """Ids of the articles that the reference names."""
    counts: dict[str, int]
    """Article id → how often the quote stands in it, of those articles; none with 0."""


def check_gold(path: Path, source: ArticleSource | None = None) -> GoldCheck:
    """Return all problems and warnings of a gold file, also against the articles of the source.

    Raises: GoldInvalid where the file is missing, unreadable or empty; what reading the source
    raises.
    """
    lines = read_gold_lines(path)
    problems = [
        Finding(line=line.number, question_id=_id_of(line), what=line.fault)
        for line in lines
        if line.fault is not None
    ]
    repeated, contradicting = _repeated_questions(lines)
    problems += contradicting
    warnings = [*repeated, *_unsupported_answers(lines)]
    foreign = False
    if source is not None:
        articles = KnownArticles(source)
        quoted = [_located(line, evidence, articles) for line, evidence in _evidence(lines)]
        problems += _misplaced(quoted, articles)
        warnings += [*_ambiguous(quoted), *_too_early(lines, articles)]
        foreign = bool(quoted) and not any(each.counts for each in quoted)
    return GoldCheck(
        file=str(path),
        questions=len(lines),
        archive=source.name if source is not None else None,
        problems=tuple(sorted(problems, key=lambda found: found.line)),
        warnings=tuple(sorted(warnings, key=lambda found: found.line)),
        foreign=foreign,
    )


def _id_of(line: GoldLine) -> str | None:
    if line.question is not None:
        return line.question.id
    found = _document(line).get("id")
    return found if isinstance(found, str) else None


def _document(line: GoldLine) -> dict[str, object]:
    """Return the line's JSON object, or an empty one: also where only other parsers take it, with
    half a surrogate pair, which could not be printed, or too deep."""
    try:
        found = from_json(line.text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _evidence(lines: Iterable[GoldLine]) -> Iterator[tuple[GoldLine, Evidence]]:
    """Yield each piece of evidence, and of what contradicts a premise, that can be read, of lines
    with other faults too."""
    for line in lines:
        if line.question is not None:
            yield from ((line, evidence) for evidence in line.question.quoted)
            continue
        document = _document(line)
        for listed in (document.get("evidence"), document.get("contradicted_by")):
            for item in listed if isinstance(listed, list) else ():
                try:
                    yield line, Evidence.model_validate(item)
                except ValidationError:
                    continue  # the line's fault names it


def _located(line: GoldLine, evidence: Evidence, articles: KnownArticles) -> _Quoted:
    named = articles.resolve(evidence.article)
    counts = {name: len(find_quote(evidence.quote, articles.text(name))) for name in named}
    return _Quoted(
        line=line.number,
        question_id=_id_of(line),
        evidence=evidence,
        articles=named,
        counts={name: count for name, count in counts.items() if count},
    )


def _repeated_questions(lines: Iterable[GoldLine]) -> tuple[list[Finding], list[Finding]]:
    """Return the questions that are asked again, and those of which one line says that there is
    an answer and another that there is none."""
    repeated: list[Finding] = []
    contradicting: list[Finding] = []
    first: dict[object, tuple[int, bool]] = {}
    for line in lines:
        if (question := line.question) is None:
            continue
        text = " ".join(question.question.casefold().split())
        asked = (text, question.as_of, question.conversation)
        seen, answerable = first.setdefault(asked, (line.number, question.answerable))
        if seen == line.number:
            continue
        what = f"the question is already asked in line {seen}"
        if answerable != question.answerable:
            what += f", which calls it {'answerable' if answerable else 'unanswerable'}"
        found = Finding(line=line.number, question_id=question.id, what=what)
        (repeated if answerable == question.answerable else contradicting).append(found)
    return repeated, contradicting


def _unsupported_answers(lines: Iterable[GoldLine]) -> Iterator[Finding]:
    for line in lines:
        if (question := line.question) is None:
            continue
        quotes = [evidence.quote for evidence in question.evidence]
        for alternatives in _wanted(question):
            if not any(contains_answer(quote, each) for quote in quotes for each in alternatives):
                shown = " / ".join(alternatives)
                what = f"the answer {shown!r} is in none of the question's quotes"
                yield Finding(line=line.number, question_id=question.id, what=what)


def _wanted(question: GoldQuestion) -> Iterator[tuple[str, ...]]:
    """Yield each answer, and each member of a list with its alternatives."""
    yield from ((answer,) for answer in question.answers)
    for item in question.items:
        yield (item,) if isinstance(item, str) else item


def _misplaced(quoted: Iterable[_Quoted], articles: KnownArticles) -> Iterator[Finding]:
    lost = [each for each in quoted if not each.counts]
    carriers = _carriers({each.evidence.quote for each in lost}, articles)
    for each in lost:
        elsewhere = carriers[each.evidence.quote]
        what, nearest = (
            _quote_missing(each, elsewhere, articles)
            if each.articles
            else (_article_missing(each, elsewhere, articles), None)
        )
        yield Finding(line=each.line, question_id=each.question_id, what=what, nearest=nearest)


def _carriers(quotes: set[str], articles: KnownArticles) -> dict[str, list[str]]:
    """Return, for each quote, what the articles are called that hold it; each is read once."""
    found: dict[str, list[str]] = {quote: [] for quote in quotes}
    for article_id in articles.summaries if quotes else ():
        text = articles.text(article_id)
        for quote, names in found.items():
            if find_quote(quote, text):
                names.append(articles.reference(article_id))
    return found


def _quote_missing(
    lost: _Quoted, elsewhere: Sequence[str], articles: KnownArticles
) -> tuple[str, Nearest | None]:
    what = f"the quote is not in {lost.evidence.article!r}"
    if elsewhere:
        return f"{what} but in {_listed(elsewhere)}", None
    candidates = [
        (found, name)
        for name in lost.articles
        if (found := nearest_text(lost.evidence.quote, articles.text(name))) is not None
    ]
    if not candidates:
        return what, None
    best, name = max(candidates, key=lambda pair: pair[0].similarity)
    nearest = Nearest(
        article=articles.reference(name), text=best.text, similarity=round(best.similarity, 4)
    )
    shown = f"the nearest text there (similarity {best.similarity:.2f}) is {_one_line(best.text)!r}"
    return f"{what}: {shown}", nearest


def _article_missing(lost: _Quoted, elsewhere: Sequence[str], articles: KnownArticles) -> str:
    wanted = lost.evidence.article
    what = f"no article is called {wanted!r}"
    if elsewhere:
        return f"{what}; its quote is in {_listed(elsewhere)}"
    near = nearest_names(wanted, [*articles.names, *articles.titles])
    names = list(dict.fromkeys(articles.titles.get(name, name) for name in near))
    return f"{what}: did you mean {_listed(names, last='or')}?" if names else what


def _ambiguous(quoted: Iterable[_Quoted]) -> Iterator[Finding]:
    for each in quoted:
        name, times = each.evidence.article, sum(each.counts.values())
        if times > 1:
            what = (
                f"the quote stands in {len(each.counts)} articles called {name!r}"
                if len(each.counts) > 1
                else f"the quote stands {times} times in {name!r}"
            )
            yield Finding(line=each.line, question_id=each.question_id, what=what)


def _too_early(lines: Iterable[GoldLine], articles: KnownArticles) -> Iterator[Finding]:
    for line in lines:
        question = line.question
        if question is None or question.as_of is None:
            continue
        for evidence in question.quoted:
            days = [
                day
                for name in articles.resolve(evidence.article)
                if (day := articles.summaries[name].published_at) is not None
            ]
            if days and min(days) > question.as_of:
                what = (
                    f"as of {question.as_of} nobody could know {evidence.article!r}, "
                    f"which is of {min(days)}"
                )
                yield Finding(line=line.number, question_id=question.id, what=what)


def _listed(names: Sequence[str], *, last: str = "and") -> str:
    shown = [repr(name) for name in names[:_MOST_CARRIERS]]
    if len(names) > _MOST_CARRIERS:
        shown.append(f"{len(names) - _MOST_CARRIERS} more")
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _one_line(text: str) -> str:
    return " ".join(text.split())
