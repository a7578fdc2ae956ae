"""Invented conversations, each with a follow-up and how it is to be understood."""

from __future__ import annotations

from typing import NamedTuple

from rag.records import Turn


class Dialogue(NamedTuple):
    """What was said, and the answers to it with the titles of their articles."""

    history: tuple[Turn, ...]
    follow_ups: tuple[tuple[str, str], ...]
    complete: tuple[str, ...] = ()
    """Questions that need nothing, on the same topic or another."""


def exchange(question: str, answer: str, *titles: str) -> tuple[Turn, Turn]:
    """A question and its answer."""
    return (
        Turn(role="user", content=question),
        Turn(role="assistant", content=answer, titles=titles),
    )


FERRY = Dialogue(
    exchange(
        "When does the ferry to Osk run again?",
        "The ferry to Osk runs again from Monday, the harbour office said on Friday.",
        "Ferry to Osk runs again",
    ),
    (
        ("Why?", "Why does the ferry to Osk run again?"),
        ("why did it stop?", "why did the ferry to Osk stop?"),
        ("How much does it cost?", "How much does the ferry to Osk cost?"),
        ("How many people were stranded there?", "How many people were stranded in Osk?"),
        ("And to Brae?", "When does the ferry to Brae run again?"),
        ("What about the fares?", "the fares (Osk)?"),
        ("are there any other ferries?", "are there any other ferries (Osk)?"),
        ("Really?", "When does the ferry to Osk run again?"),
    ),
    (
        "What is the boiling point of mercury?",
        "Who leads the Bank of Norland?",
        "how long would the guarantees last?",
        "When does the ferry to Osk run again?",
        "How many wolves live in the Granmoor forest?",
        "Does it rain much in Norland?",
        "Is it legal to keep wolves?",
        "Talking about wolves, what do they eat?",
        "Jon Teit bakes rye bread. Is it dark?",
        "Are there any other bakeries in Brunn?",
        "rye bread recipe",
    ),
)
BRIDGE = Dialogue(
    exchange(
        "How long will the Harrowmouth bridge be closed?",
        "It is to last until the new year, and buses will cross by a pontoon.",
        "Harrowmouth bridge to close in September",
    ),
    (
        ("how much will it cost?", "how much will the Harrowmouth bridge cost?"),
        ("When does it reopen?", "When does the Harrowmouth bridge reopen?"),
        ("why", "Why will the Harrowmouth bridge be closed?"),
        (
            "Who decided that?",
            "Who decided that (How long will the Harrowmouth bridge be closed)?",
        ),
        ("and the tunnel?", "the tunnel (the Harrowmouth bridge)?"),
    ),
    ("Did the county say that buses were full?", "what do engineers earn in Norland?"),
)
LIBRARY = Dialogue(
    exchange(
        "who saved the old library",
        "The librarian, Una Brae, had collected 2,300 signatures in a fortnight.",
        "Old library keeps its roof",
    ),
    (
        ("How many signatures did she collect?", "How many signatures did Una Brae collect?"),
        ("what is her job?", "what is Una Brae's job?"),
        ("how was it saved?", "how was the old library saved?"),
        ("who else?", "who else saved the old library?"),
        ("Did Jon Teit thank her?", "Did Jon Teit thank Una Brae?"),
    ),
    ("Did Jon Teit say when he baked bread?", "What did Una Brae say about her plans?"),
)
TROOPS = Dialogue(
    exchange(
        "How many troops did France pledge?",
        "France pledged 6,000 troops, President Emile Garant said in Lyon on 6 January.",
        "Allies pledge troops",
    ),
    (
        ("and Germany?", "How many troops did Germany pledge?"),
        ("and in germany?", "How many troops did germany pledge?"),
        ("What about Poland?", "How many troops did Poland pledge?"),
        ("what did he say?", "what did President Emile Garant say?"),
        ("What did the president say?", "What did President Emile Garant say?"),
        ("when was that?", "when was that (How many troops did France pledge)?"),
        ("what about his wife?", "what about President Emile Garant's wife?"),
        ("What happened that day?", "What happened that day (6 January)?"),
        ("and on 7 January?", "How many troops did France pledge on 7 January?"),
    ),
    (
        "Who is Emile Garant?",
        "what about the new budget that Norland voted?",
        "What does Norland export?",
        "what causes wildfires?",
    ),
)
MAYOR = Dialogue(
    exchange(
        "Who is the mayor of Brunn?",
        "Mayor Petra Holm was elected in May 2024.",
        "Brunn elects its first woman mayor",
    ),
    (
        ("how old is she?", "how old is Mayor Petra Holm?"),
        ("what is her party?", "what is Mayor Petra Holm's party?"),
        ("and of Osk?", "Who is the mayor of Osk?"),
        ("is she popular there?", "is Mayor Petra Holm popular in Brunn?"),
    ),
    ("When Petra Holm was elected, what did she promise?",),
)
POOL = Dialogue(
    exchange("Did the council close the pool?", "The council closed the pool in June."),
    (
        ("when?", "When did the council close the pool?"),
        ("did it reopen?", "did the pool reopen?"),
        ("What else did they close?", "What else did the council close?"),
        ("are you sure?", "Did the council close the pool?"),
        ("how many?", "How many? (Did the council close the pool)"),
    ),
)
BAND = Dialogue(
    (
        *exchange("Who is Ada Brekk?", "Ada Brekk sings with the Pale Oaks.", "Ada Brekk"),
        *exchange("When was she born?", "She was born in 1981."),
    ),
    (
        ("Where?", "Where was Ada Brekk born?"),
        ("did she win any awards?", "did Ada Brekk win any awards?"),
        ("Does she like her sister?", "Does Ada Brekk like her sister?"),
    ),
    ("Is it true that Jon Teit bakes bread in Osk?",),
)
MAYORS = Dialogue(
    exchange(
        "Who leads the council?",
        "This has been updated. Northern Herald, 21 May 2026: Thomas Orme froze parking charges "
        "in Ternby on his first day as leader. [1] Earlier, Osk Wire, 8 May 2026: Helen Brae was "
        "ousted as leader after the Residents' Alliance won. [2]",
        "Council changes hands",
    ),
    (
        ("how old is he?", "how old is Thomas Orme?"),
        ("why did she lose?", "why did Helen Brae lose?"),
    ),
)
RACE = Dialogue(
    exchange(
        "Who won the Lune Marathon?",
        "Kenya's Kate Brae won the Lune Marathon in Ternby, and John Orme was last.",
    ),
    (
        ("how many finished?", "how many finished (Lune Marathon)?"),
        ("did anyone die?", "did anyone die (Lune Marathon)?"),
        ("what will she do this year?", "what will Kate Brae do this year?"),
    ),
    ("who invented the telephone?",),
)
RECALL = Dialogue(
    exchange(
        "How many cars did Ternby Motors sell to the police?",
        "Ternby Motors sold 300 cars to the police.",
    ),
    (
        ("why?", "Why did Ternby Motors sell cars to the police?"),
        ("and per year?", "How many cars did Ternby Motors sell to the police per year?"),
    ),
)
CARD = Dialogue(
    exchange("Who was sent off?", "Kate Brae was sent off after a foul on Mary Orme."),
    (("why?", "Why was Kate Brae sent off?"),),
)
ENVOY = Dialogue(
    exchange("What did Ada Brook say?", "Ada Brook said on Monday that talks in Osk went well."),
    (
        ("why?", "Why did Ada Brook say that?"),
        ("who else was there?", "who else was in Osk?"),
    ),
)
DIALOGUES = (MAYORS, RACE, RECALL, CARD, ENVOY, FERRY, BRIDGE, LIBRARY, TROOPS, MAYOR, POOL, BAND)
FOLLOW_UPS = [(d.history, asked, meant) for d in DIALOGUES for asked, meant in d.follow_ups]
COMPLETE = [(d.history, asked) for d in DIALOGUES for asked in d.complete]
