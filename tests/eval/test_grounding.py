from __future__ import annotations

from eval.grounding import ground
from eval.replies import Reply, ReplyCitation, ReplyPassage, reply_of
from rag.records import Outcome
from tests.eval.fakes import TEXTS, FakeTarget, abstained, answered, citation, passage

ARTICLES = FakeTarget(lambda _: abstained())
FIRE = "It burned down in 1901."
START = TEXTS["a1"].index(FIRE)


def cited(*citations: ReplyCitation) -> tuple[ReplyCitation, ...]:
    reply = Reply(outcome=Outcome.ANSWERED, answer="", citations=citations)
    found = ground(reply, ARTICLES)
    assert found.retrieved is None
    assert found.citations is not None
    return found.citations


def test_names_become_ids_and_words_become_spans() -> None:
    by_file = ReplyCitation(n=1, quote=FIRE, article="a1.txt")
    by_url = ReplyCitation(n=2, quote="Ships waited.", url="https://news.example/a3")
    first, second = cited(by_file, by_url)
    assert (first.article, first.start, first.end) == ("a1", START, START + len(FIRE))
    assert (second.article, second.start) == ("a3", TEXTS["a3"].index("Ships"))
    text = ReplyPassage(text="The  mill\nopened in 1842.", article="in/a1.txt")
    reply = Reply(outcome=Outcome.ANSWERED, answer="", retrieved=(text,))
    [found] = ground(reply, ARTICLES).retrieved or ()
    assert (found.article, found.start, found.end) == ("a1", 0, 24)


def test_words_that_the_article_does_not_hold_have_no_span() -> None:
    [found] = cited(ReplyCitation(n=1, quote="It rained.", article="a1.txt"))
    assert (found.article, found.start, found.end) == ("a1", None, None)


def test_what_the_archive_does_not_know_stays_as_it_is() -> None:
    strange = ReplyCitation(n=1, quote=FIRE, article="elsewhere.html")
    nameless = ReplyCitation(n=2, quote=FIRE)
    half = ReplyCitation(n=3, quote=FIRE, article="elsewhere.html", start=3)
    assert cited(strange, nameless, half) == (strange, nameless, half)


def test_offsets_that_are_given_stay_if_they_are_right_and_go_if_not() -> None:
    start = TEXTS["a3"].index("Ships")
    wrong = ReplyCitation(n=1, quote=FIRE, article="a1.txt", start=0, end=5)
    right = ReplyCitation(n=2, quote="Ships", article="a3.txt", start=start, end=start + 5)
    first, second = cited(wrong, right)
    assert (first.article, first.start, first.end) == ("a1", None, None)
    assert (second.article, second.start, second.end) == ("a3", start, start + 5)


def test_of_several_articles_of_a_name_the_one_with_the_words_is_meant() -> None:
    class Twins(FakeTarget):
        def resolve(self, article_ref: str) -> frozenset[str]:
            return frozenset(TEXTS) if article_ref == "story.txt" else frozenset()

    twins = Twins(lambda _: abstained())
    quote = ReplyCitation(n=1, quote="Ships waited.", article="story.txt")
    offsets = ReplyCitation(n=2, quote="A fire", article="story.txt", start=0, end=6)
    reply = Reply(outcome=Outcome.ANSWERED, answer="", citations=(quote, offsets))
    found = ground(reply, twins).citations or ()
    assert [one.article for one in found] == ["a3", "a2"]


def test_quoths_own_answers_are_grounded_already() -> None:
    own = answered(citation(1, "a1", FIRE), retrieved=[passage("a1", 0, 66)])
    reply = reply_of(own, None)
    assert ground(reply, ARTICLES) == reply
