"""Conversations in the catalogue: whose they are, what order, and cleared of deleted words."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from index.archive import Archive
from index.catalogue.conversations import ConversationTable
from tests.index.building import archive_in, ingest, only_id, record
from tests.index.test_feedback import SECRET, SENTENCE, answer, cited

KEPT = "The mill at Dunmere opened in 1911."


def begun(archive: Archive, **more: str) -> str:
    return archive.conversations.create(**more).conversation_id


def everything(archive: Archive, conversation_id: str) -> str:
    return repr(archive.conversations.get(conversation_id))


def test_a_conversation_comes_back_in_order(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        table, name = archive.conversations, begun(archive)
        for n in range(4):
            given = answer(f"ans_{n}", question=f"Question {n}?")
            assert table.append(name, question=given.question, answer=given.document)
        found = table.get(name)
        assert found is not None
        assert found.title == "Question 0?"
        assert [turn.question for turn in found.turns] == [f"Question {n}?" for n in range(4)]
        assert found.created_at <= found.turns[0].asked_at <= found.turns[-1].asked_at
        assert found.updated_at == found.turns[-1].asked_at
        assert table.latest(name, turns=2) == list(found.turns[2:])
    with archive_in(tmp_path) as archive:
        assert archive.conversations.get(name) == found


def test_it_is_found_under_its_owner_only(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        table, given = archive.conversations, answer("ans_1")
        of_a, of_nobody = begun(archive, owner="key_a"), begun(archive)
        owners: tuple[tuple[str, str | None], ...] = (
            (of_a, None),
            (of_a, "key_b"),
            (of_nobody, "key_a"),
        )
        for name, owner in owners:
            assert table.get(name, owner=owner) is None
            assert table.latest(name, turns=1, owner=owner) is None
            assert table.rename(name, "x", owner=owner) is None
            assert not table.append(name, question="?", answer=given.document, owner=owner)
            assert not table.delete(name, owner=owner)
        listed = table.page(limit=9, offset=0, owner="key_a")
        assert [each.conversation_id for each in listed.conversations] == [of_a]
        assert table.page(limit=9, offset=0, owner="key_b").total == 0
        assert table.delete(of_a, owner="key_a")
        assert table.page(limit=9, offset=0).total == 1


def test_a_deleted_article_leaves_no_word_behind(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        secret = only_id(ingest(archive, record("secret", SENTENCE)))
        mill = only_id(ingest(archive, record("mill", KEPT)))
        name, other = begun(archive, title="Talk"), begun(archive)
        before = answer("ans_1", cited(1, mill, KEPT), question="When did the mill open?")
        shown = answer("ans_2", cited(1, secret, SENTENCE), cited(2, mill, KEPT), question="What?")
        after = answer("ans_3", cited(1, mill, KEPT), question="Who saw them?")
        understood = {
            "ans_1": "When did the mill open?",
            "ans_2": "What papers of the mill?",
            "ans_3": f"Who saw the {SECRET} papers?",
        }
        for given in (before, shown, after):
            document = dict(given.document) | {"standalone_question": understood[given.answer_id]}
            assert archive.conversations.append(name, question=given.question, answer=document)
        archive.conversations.append(other, question="?", answer=before.document)
        untouched = everything(archive, other)
        assert SECRET in everything(archive, name)
        archive.delete([secret])
        assert SECRET not in everything(archive, name)
        assert everything(archive, other) == untouched
        found = archive.conversations.get(name)
        assert found is not None
        assert [turn.answer["answer"] for turn in found.turns] == [
            f"{KEPT} [1]",
            f"{KEPT} [2]",
            f"{KEPT} [1]",
        ]
        assert [turn.answer["standalone_question"] for turn in found.turns] == [
            "When did the mill open?",
            "What?",
            "Who saw them?",
        ]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_an_answer_that_comes_after_the_deletion_brings_nothing_back(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        secret = only_id(ingest(archive, record("secret", SENTENCE)))
        mill = only_id(ingest(archive, record("mill", KEPT)))
        name = begun(archive)
        late = answer("ans_1", cited(1, secret, SENTENCE), cited(2, mill, KEPT))
        archive.delete([secret])
        assert archive.conversations.append(name, question="?", answer=late.document)
        assert SECRET not in everything(archive, name)
        assert KEPT in everything(archive, name)


def test_a_deleted_conversation_leaves_nothing(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        name, mill = begun(archive), only_id(ingest(archive, record("mill", KEPT)))
        given = answer("ans_1", cited(1, mill, KEPT))
        archive.conversations.append(name, question=f"{SECRET}?", answer=given.document)
        assert archive.conversations.delete(name)
        assert not archive.conversations.append(name, question="?", answer=given.document)
        archive.delete([mill])  # which looks for it in conversations, and clears the log
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_turns_said_at_once_are_all_kept(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        table: ConversationTable = archive.conversations
        name, given = begun(archive), answer("ans_1")

        def ask(number: int) -> None:
            for turn in range(5):
                question = f"{number}.{turn}"
                assert table.append(name, question=question, answer=given.document)

        threads = [Thread(target=ask, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = table.get(name)
        assert found is not None
        assert len({turn.question for turn in found.turns}) == 20
