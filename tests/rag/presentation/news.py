"""News-like sentences, each with the words before it, and what a reader would put in brackets."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Leaning(NamedTuple):
    """A sentence that may lean on what was said before."""

    before: str
    sentence: str
    meant: str | None
    """Who or what is meant; None where a careful reader would not say."""


PERSONS = [
    Leaning(
        "Mayor Orla Benning opened the new pier in Harrowmouth on Friday.",
        "She said that ferries would call there twice a day.",
        "Orla Benning",
    ),
    Leaning(
        "The harbour is to be dredged in March, according to Tomas Brandt, its director.",
        "He expects the work to last six weeks.",
        "Tomas Brandt",
    ),
    Leaning(
        "Finance Minister Anna Holt presented the budget.\n\nHolt spoke for two hours.",
        "Her plan raises fares by a tenth.",
        "Anna Holt's",
    ),
    Leaning(
        "Piet Varga, a spokesman for the ferry company, apologised to passengers.",
        "But he gave no reason for the delay.",
        "Piet Varga",
    ),
    Leaning(
        "Skipper Lars Odd said that the engine had failed twice. Odd told the inquiry that nobody "
        "on the bridge of the Heron had seen the bank.",
        "He added that the radio was dead.",
        "Lars Odd",
    ),
    Leaning(
        "Judge Miriam Stein sentenced the captain to two years.",
        "In addition, she banned the man from the sea for life.",
        "Miriam Stein",
    ),
    Leaning(
        "Ilse Varn, 61, has run the lighthouse museum since it opened.",
        "Few visitors, she said, ever climb to the lamp.",
        "Ilse Varn",
    ),
    Leaning(
        "Mr Osk has lived on the island all his life.",
        "His boat was lost in the storm.",
        "Osk's",
    ),
    Leaning(
        "Jonas Feld won the election by nine votes. Feld thanked everyone who had come.",
        "He will take office in May.",
        "Jonas Feld",
    ),
    Leaning(
        "Carla Moon, the coach, praised her team. It was a long evening.",
        "She had asked for patience.",
        "Carla Moon",
    ),
    Leaning(
        "Anna Holt met Piet Varga in the town hall.",
        "She wants the fares to stay as they are.",
        "Anna Holt",
    ),
    Leaning(
        "Piet Varga told Anna Holt that the fares must rise.",
        "He said that fuel had become dearer.",
        "Piet Varga",
    ),
    Leaning(
        "Professor Hugo Lind found the wreck with a borrowed sonar.",
        "Only luck, he admitted, had led him there.",
        "Hugo Lind",
    ),
    Leaning(
        "Governor Maria Sand signed the bill on Monday.",
        "The governor said that schools would open in autumn.",
        "Maria Sand",
    ),
    Leaning(
        "The coast has a new envoy for climate, Peter Roos.",
        "The envoy will travel to every island.",
        "Peter Roos",
    ),
    Leaning(
        "Nadia Kern, president of the club, resigned. Kern cited her health.",
        "Yet she hopes to return as a trainer.",
        "Nadia Kern",
    ),
]
"""Where it is plain who is meant."""

NOBODY = [
    Leaning("Piet Varga met Jonas Feld in the town hall.", "He was late.", None),
    Leaning("Anna Holt's adviser spoke to reporters.", "She sounded tired.", None),
    Leaning("Piet Varga thanked the harbourmaster.", "He had worked all night.", None),
    Leaning("The committee met in private.", "He left early.", None),
    Leaning("Varga and Odd disagreed about the fares.", "He walked out.", None),
    Leaning("Anna Holt opened the fair.", "He stayed at home.", None),
    Leaning("Piet Varga spoke first.", "In his letter, Jonas Feld asks for more time.", None),
    Leaning("Piet Varga spoke first.", "When he arrived, Jonas Feld was cheered.", None),
    Leaning("Piet Varga spoke first.", "Jonas Feld said that he would resign.", None),
    Leaning("Piet Varga spoke first.", "The minister said that he would resign.", None),
    Leaning("Piet Varga spoke first.", "Everyone knew what his part was.", None),
    Leaning("Piet Varga spoke first.", "“He is wrong,” an engineer replied.", None),
    Leaning("A minister resigned over the fares.", "The minister had been ill.", None),
    Leaning(
        "Foreign Minister Adam Vale came, and so did Foreign Minister Eva Trond.",
        "The foreign minister said that talks would follow.",
        None,
    ),
    Leaning("Varga, Odd's predecessor, wrote the report.", "He was never paid for it.", None),
    Leaning("Robin Marsh spoke after Anna Holt.", "She blamed the weather.", None),
    Leaning("According to Piet Varga, Jonas Feld had lied.", "He said so on Monday.", None),
    Leaning("Sources close to Bremm confirmed the sale.", "He has not commented.", None),
    Leaning("The ferry Anna Holt reached the port.", "It was full.", None),
]
"""Where it is not, or the sentence says so itself."""

THINGS = [
    Leaning("The council rejected the plan.", "It said that the cost was too high.", "the council"),
    Leaning("Kyiv refuses to give up any territory. In Kyiv, few object.", "Peace matters.", None),
    Leaning(
        "Envoys went to Osk. Osk refuses to lower its fees.",
        "Lower fees would ruin the port, it argues.",
        "Osk",
    ),
    Leaning(
        "The islanders want a bridge.",
        "They have collected two thousand signatures.",
        "the islanders",
    ),
    Leaning(
        "Most councillors stayed away on Monday.",
        "They said that nobody had invited them.",
        "most councillors",
    ),
    Leaning("The pier was closed in January.", "It will be mended by May.", "the pier"),
    Leaning("A tunnel was planned as early as 1901.", "It was never built.", "the tunnel"),
    Leaning(
        "Ministers agreed on a 20-point rescue plan.",
        "The plan would keep the port open.",
        "the 20-point rescue plan",
    ),
    Leaning("The council rejected the plan.", "It was too dear.", None),
    Leaning("The crew left the ship when the storm rose.", "It sank at noon.", None),
    Leaning("The pier is old.", "It is clear that nobody will pay.", None),
    Leaning("The pier is old.", "It takes two years to build one.", None),
    Leaning("The workers told the owners that the mast was rotten.", "They did nothing.", None),
    Leaning("The guarantees last for years.", "They can be prolonged.", None),
    Leaning("Ada Brook and Ilse Varn met the owners.", "They agreed to wait.", None),
    Leaning("There is an old plan and a new plan.", "The plan was never made public.", None),
    Leaning("The weather changed.", "The plan was dropped.", None),
    Leaning("The council met the company on Monday.", "It said nothing.", None),
    Leaning("The bank, the council and the port met.", "It said nothing.", None),
]

LEANING = [*PERSONS, *NOBODY, *THINGS]


class Dated(NamedTuple):
    """A sentence with an expression of time, published on `TUESDAY` unless it says otherwise."""

    sentence: str
    brackets: tuple[str, ...]
    published: date = date(2026, 1, 6)


MONDAY, TUESDAY, FRIDAY, SUNDAY = (date(2026, 1, day) for day in (5, 6, 9, 11))

DATED = [
    Dated("The mayor said on Tuesday that the pier was safe.", ("6 January 2026",)),
    Dated("The ferry ran aground on Sunday night.", ("4 January 2026",)),
    Dated("The council voted Monday to close the pier.", ("5 January 2026",)),
    Dated("The court will rule on Friday.", ("9 January 2026",)),
    Dated("On Thursday, the minister will visit the island.", ("8 January 2026",)),
    Dated("On Saturday the storm broke two masts.", ("3 January 2026",)),
    Dated("The company said the line would reopen on Wednesday.", ("7 January 2026",)),
    Dated("She is due to appear in court on Monday.", ("12 January 2026",)),
    Dated("Fares rose yesterday and will fall tomorrow.", ("5 January 2026", "7 January 2026")),
    Dated("The pier was closed last week.", ("the week of 29 December 2025",)),
    Dated("The museum opened last year.", ("in 2025",)),
    Dated("The strike begins next month.", ("February 2026",)),
    Dated("The strike ended last month.", ("December 2025",)),
    Dated("Work on the bridge started last Thursday.", ("1 January 2026",)),
    Dated("Advisers met over the weekend in Osk.", ("3–4 January 2026",)),
    Dated("The captain died three days ago.", ("3 January 2026",)),
    Dated("Two boats sank last night.", ("5 January 2026",)),
    Dated("He resigned today after nine years.", ("6 January 2026",)),
    Dated("Odd, who was arrested on Monday, will be tried on Friday.",
          ("5 January 2026", "9 January 2026")),
    Dated("Talks failed on Monday, and the owners will meet again on Thursday.",
          ("5 January 2026", "8 January 2026")),
    Dated("The fair was held this Monday.", ("5 January 2026",)),
    Dated("The fair will be held this Friday.", ("9 January 2026",)),
    Dated("The storm hit the coast on Thursday.", ("1 January 2026",)),
    Dated("Next year, the port will be dredged.", ("in 2027",)),
    Dated("The pier will be rebuilt by the end of next year.", ("the year 2027",)),
    Dated("The pier was closed at the end of last month.", ("December 2025",)),
    Dated("The fleet is smaller as of last year.", ()),
    Dated("The crew was rescued on Friday.", ("9 January 2026",), FRIDAY),
    Dated("Snow fell last month.", ("November 2025",), date(2025, 12, 31)),
    Dated("The bill failed last year.", ("in 2024",), date(2025, 1, 1)),
    Dated("The council on Monday approved the budget.", ("5 January 2026",)),
    Dated("A storm will hit the coast on Thursday.", ("8 January 2026",)),
    # What no careful reader would date:
    Dated("The ferry runs every Tuesday.", ()),
    Dated("The market is open from Monday to Friday.", ()),
    Dated("The ferry runs again from Monday.", ()),
    Dated("Ministers meet on Monday.", ()),
    Dated("Talks were to resume on Wednesday.", ()),
    Dated("The vote was due on Monday.", ()),
    Dated("The match was postponed to Saturday.", ()),
    Dated("The court might rule on Friday.", ()),
    Dated("The court will rule on Tuesday.", ()),
    Dated("The disaster became known as Black Friday.", ()),
    Dated("The fair opened on Tuesday, Jan. 6.", ()),
    Dated("The fair opened on Tuesday, 23 December.", ()),
    Dated("Tuesday's storm broke two masts.", ()),
    Dated("“We lost everything on Sunday,” the owner said.", ()),
    Dated("The bridge today carries forty thousand cars.", ()),
    Dated("The harbour of today is a marina.", ()),
    Dated("Prices have doubled over the last year.", ()),
    Dated("He was never seen on a Sunday.", ()),
    Dated("She left on the previous Friday.", ()),
    Dated("The Sunday Echo printed the letter.", ()),
    Dated("The letter was printed by the Sunday Echo.", ()),
    Dated("Friday prayers were held in the square.", ()),
    Dated("The ferry was full on Monday mornings.", ()),
    Dated("The ruling, expected on Friday, was delayed.", ()),
    Dated("A vote planned for Friday was called off.", ()),
    Dated("The owners had agreed to sail on Friday.", ()),
    Dated("She urged the owners not to sail on Monday.", ()),
    Dated("The storm hit the coast on Wednesday.", ()),
    Dated("The vote on Friday was blocked by the court.", ()),
    Dated("The expiry on Friday of an order that protected them worries many.", ()),
    Dated("The coast was shown in Harbour Today magazine.", ()),
    Dated("Its builders dreamt of homes for tomorrow.", ()),
    Dated("The fair will be held next Friday.", ()),
    Dated("The fair was held last Monday.", ()),
    Dated("The captain died some three days ago.", ()),
    Dated("The company said last month that it would close on Friday.", ("December 2025",)),
    Dated("The pier was closed last week.", (), SUNDAY),
    Dated("Advisers met over the weekend in Osk.", (), SUNDAY),
]  # fmt: skip
