from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.replies import Reply, ReplyCitation, ReplyPassage, ReplySentence, Usage, reply_of
from eval.transcripts import (
    header_line,
    read_lines,
    read_transcript,
    transcript_line,
)
from index.errors import InputError
from rag.records import Outcome
from tests.eval.fakes import abstained, answered, citation, passage

ANSWER = answered(
    citation(1, "a1", "It burned down in 1901.", carried_by=["a2"]),
    short_answer="1901",
    retrieved=[passage("a1", 0, 66, carried_by=["a2"]), passage("a3", 0, 9)],
)


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "answers.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def read_one(folder: Path, **line: Any) -> Reply:
    [found] = read_lines(written(folder, {"id": "q1"} | line))
    assert isinstance(found.result, Reply)
    return found.result


def test_an_answer_needs_nothing_but_words(tmp_path: Path) -> None:
    reply = read_one(tmp_path, answer="It burned. [1] Nobody was hurt.")
    assert reply == Reply(
        outcome=Outcome.ANSWERED,
        answer="It burned. [1] Nobody was hurt.",
        sentences=(
            ReplySentence(text="It burned.", citations=(1,)),
            ReplySentence(text="Nobody was hurt."),
        ),
    )
    assert (reply.citations, reply.retrieved) == (None, None)


@pytest.mark.parametrize("answer", ["", "I don't know.", "The archive does not say. [1]"])
def test_a_refusal_is_an_abstention(tmp_path: Path, answer: str) -> None:
    reply = read_one(tmp_path, answer=answer, citations=[])
    assert (reply.outcome, reply.answer, reply.citations) == (Outcome.NOT_FOUND, answer, ())


def test_what_the_line_says_goes_before_what_the_words_tell(tmp_path: Path) -> None:
    reply = read_one(tmp_path, answer="I am not sure. In 1901.", outcome="answered")
    assert reply.outcome is Outcome.ANSWERED
    assert [sentence.text for sentence in reply.sentences] == ["I am not sure.", "In 1901."]
    silent = read_one(tmp_path, answer="In 1901.", outcome="not_found")
    assert (silent.outcome, silent.sentences) == (Outcome.NOT_FOUND, ())
    given = read_one(tmp_path, answer="In 1901. Or so.", sentences=["In 1901."])
    assert given.sentences == (ReplySentence(text="In 1901."),)
    assert read_one(tmp_path, sentences=["I don't know."]).outcome is Outcome.NOT_FOUND
    assert read_one(tmp_path, sentences=["In", "1901."]).answer == "In 1901."


def test_citations_and_texts_in_many_shapes(tmp_path: Path) -> None:
    reply = read_one(
        tmp_path,
        answer="It burned. [2]",
        citations=["It", {"quote": "It burned.", "article": "a1.txt", "other": 7}, {"text": "x"}],
        retrieved=["first", {"content": "second", "doc_id": "a1", "score": 0.5}],
        usage={"prompt_tokens": 7, "cost": 0.1},
        milliseconds=12.5,
    )
    assert reply.citations == (
        ReplyCitation(n=1, quote="It"),
        ReplyCitation(n=2, quote="It burned.", article="a1.txt"),
        ReplyCitation(n=3, quote="x"),
    )
    assert reply.retrieved == (
        ReplyPassage(text="first"),
        ReplyPassage(text="second", article="a1", score=0.5),
    )
    assert reply.usage == Usage(prompt_tokens=7, cost=0.1)
    assert reply.milliseconds == 12.5


@pytest.mark.parametrize("contexts", ["contexts", "retrieved_contexts"])
def test_a_ragas_record_is_read(tmp_path: Path, contexts: str) -> None:
    record = {
        "user_input": "When did it burn?",
        contexts: ["It burned down in 1901."],
        "response": "In 1901.",
        "reference": "1901",
    }
    [line] = read_lines(written(tmp_path, record))
    assert (line.id, line.question) == (None, "When did it burn?")
    assert isinstance(line.result, Reply)
    assert line.result.answer == "In 1901."
    assert line.result.retrieved == (ReplyPassage(text="It burned down in 1901."),)
    assert line.result.citations is None


@pytest.mark.parametrize("answer", [ANSWER, abstained(retrieved=[passage("a1", 0, 5)])])
def test_an_answer_of_quoths_own_is_read_as_the_same_reply(tmp_path: Path, answer: Any) -> None:
    document = asdict(answer) | {"id": "q1"}
    found = read_transcript(written(tmp_path, document))
    assert found == {"q1": reply_of(answer, 5.0)}  # as long as `timings_ms` says


def test_a_failure_stays_one(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "q1", "error": "no luck"}, {"id": "q2", "answer": "1901."})
    found = read_transcript(path)
    assert found["q1"] == "no luck"
    assert isinstance(found["q2"], Reply)


def test_a_head_and_blank_lines_and_a_bom_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    text = header_line({"gold": "x"}) + "\n \r\n" + '{"id": "q1", "answer": "1901."}\r\n'
    path.write_text("\ufeff" + text, encoding="utf-8")
    [line] = read_lines(path)
    assert (line.number, line.id) == (4, "q1")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON ("),
        ("[" * 100_000, "not JSON ("),
        ("[]", "it is not a JSON object"),
        ({"answer": "1901."}, "'id' is missing: give 'id', or 'question'"),
        ({"id": "", "answer": "1901."}, "'id' is empty"),
        ({"id": "q2"}, "'answer' is missing"),
        ({"id": "q2", "answer": 7}, "'answer' is not a string"),
        ({"id": "q2", "answer": "x", "outcome": "maybe"}, "'outcome' should be"),
        ({"id": "q2", "answer": "x", "confidence": 1.5}, "'confidence' should be less"),
        ({"id": "q2", "answer": "x", "milliseconds": -1}, "'milliseconds' should be"),
        ({"id": "q2", "answer": "x", "citations": [{"n": 1}]}, "'citations.0.quote' is missing"),
        ({"id": "q2", "answer": "x", "retrieved": "text"}, "'retrieved' is not a list"),
        ('{"id": "q2", "answer": "x", "milliseconds": NaN}', "'milliseconds' is not a finite"),
        ('{"id": "q2", "answer": "x", "milliseconds": 1e999}', "'milliseconds' is not a finite"),
        ('{"id": "q2", "answer": "x", "retrieved": [{"text": "", "score": NaN}]}', "'retrieved.0."),
        ('{"id": "q2", "answer": "\\uD800"}', "not JSON ('utf-8' codec can't encode"),
        ('{"id": "q2", "answer": "x", "title": "\\udfff"}', "not JSON ("),
        ({"id": "q1", "answer": "x"}, "the id 'q1' is already answered in line 1"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: Any, message: str) -> None:
    path = written(tmp_path, {"id": "q1", "answer": "1901."}, line)
    with pytest.raises(InputError) as caught:
        read_lines(path)
    assert str(caught.value).startswith(f"{path}:2: {message}")
    assert "\n" not in str(caught.value)


def test_a_question_may_stand_for_an_id_only_once(tmp_path: Path) -> None:
    path = written(tmp_path, *[{"question": "Why?", "answer": "x"}] * 2)
    with pytest.raises(InputError, match=r":2: the question 'Why\?' is already answered in line 1"):
        read_lines(path)
    with pytest.raises(InputError, match=r":1: 'id' is missing"):
        read_transcript(written(tmp_path, {"question": "Why?", "answer": "x"}))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"does not exist: give the path of a JSONL file"):
        read_lines(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_lines(tmp_path)
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"id": "q1", "answer": "café"}'.encode("latin-1"))
    with pytest.raises(InputError, match=r"is not UTF-8"):
        read_lines(path)
    path.write_text("\n")
    with pytest.raises(InputError, match="holds no answers"):
        read_lines(path)


words = st.text(alphabet='ab1é.\n\u2028"\\', min_size=1, max_size=12)
share = st.floats(0, 1)
some = st.none() | words
citations = st.builds(
    ReplyCitation,
    n=st.integers(1, 9),
    quote=words,
    article=some,
    start=st.none() | st.integers(0, 99),
    end=st.none() | st.integers(0, 99),
    title=some,
    publisher=some,
    url=some,
    published_at=some,
    copies=st.lists(words, max_size=2).map(tuple),
)
passages = st.builds(
    ReplyPassage,
    text=words,
    article=some,
    score=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    reading=st.none() | share,
    copies=st.lists(words, max_size=2).map(tuple),
)
tokens = st.none() | st.integers(0, 10**9)
replies = st.builds(
    Reply,
    outcome=st.just(Outcome.ANSWERED),
    answer=words,
    short_answer=some,
    confidence=st.none() | share,
    sentences=st.lists(
        st.builds(
            ReplySentence, text=words, citations=st.lists(st.integers(1, 9), max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    citations=st.none() | st.lists(citations, max_size=2).map(tuple),
    retrieved=st.none() | st.lists(passages, max_size=2).map(tuple),
    usage=st.none()
    | st.builds(
        Usage, prompt_tokens=tokens, completion_tokens=tokens, cost=st.none() | st.floats(0, 1e6)
    ),
    milliseconds=st.none() | st.floats(0, 1e9),
    warm_milliseconds=st.lists(st.floats(0, 1e9), max_size=2).map(tuple),
)


@given(st.lists(replies, min_size=1, max_size=3))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, kept: list[Reply]
) -> None:
    path = tmp_path_factory.mktemp("replies") / "replies.jsonl"
    named = {f"q{n}": reply for n, reply in enumerate(kept)}
    lines = [transcript_line(name, reply) for name, reply in named.items()]
    path.write_text(header_line({}) + "".join(lines), encoding="utf-8", newline="\n")
    assert read_transcript(path) == named


def test_a_whole_surrogate_pair_is_a_character(tmp_path: Path) -> None:
    path = written(tmp_path, '{"id": "q1", "answer": "It burned \\ud83d\\ude00."}')
    found = read_transcript(path)["q1"]
    assert isinstance(found, Reply)
    assert found.answer == "It burned \U0001f600."
