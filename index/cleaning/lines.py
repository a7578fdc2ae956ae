"""What a single line is: prose, byline, advert, caption, label, agency tail.

Each test looks at the whole line and nothing else, and says yes only to lines that no sentence of
an article looks like. Where a line stands is the business of `index.cleaning.article`.
"""

from __future__ import annotations

import re

from index.cleaning.days import AGE_LABEL

_IGNORED = re.IGNORECASE

_PROSE_WORDS = 8
SENTENCE_END = re.compile(r"[.!?…][\"”’'»)\]]*$")

_NAME_PART = r"[A-ZÀ-Þ][\w.'’\-]*"
_PARTICLE = r"(?:(?:al|bin|da|de|del|der|di|el|ibn|la|le|van|von)\s)?"
NAME = rf"{_NAME_PART}(?:\s{_PARTICLE}{_NAME_PART}){{1,3}}"
_NAMES = rf"{NAME}(?:,\s{NAME})*(?:,?\s(?:and|&)\s{NAME})?"
_BYLINE = re.compile(
    rf"(?:[Bb]y|BY|Written by|Reported by|Story by)\s(?P<names>{_NAMES})"
    r"(?:\s?[,|/–—\-]\s?[^.!?]{2,80})?"
)

_ADVERT = re.compile(
    r"\W*(?:advert(?:isement)?|sponsored(?: content)?|promoted|paid content)\W*"
    r"|\W*advertisement\s?[:\-–—|].{0,200}"
    r"|(?:story|article|report)\scontinues\s(?:below|after)\b.{0,60}"
    r"|(?:scroll|keep scrolling|continue)\s(?:down\s)?(?:to|for)\s(?:continue|read|more)\b.{0,60}",
    _IGNORED,
)
_POINTER = re.compile(
    r"\W*(?:also\sread|read\s(?:also|more|next|the\sfull\sstory)|see\salso|related|more\son\sthis"
    r"|recommended|don[’']t\smiss|watch|listen|in\spictures|explainer|editor[’']s\spicks?)"
    r"(?:\s(?:articles?|stor(?:y|ies)|news|coverage|video))?\s?[:|»›>].{0,200}"
    r"|(?:read\smore|related|related\s(?:articles?|stories|news|coverage|topics)|see\salso"
    r"|recommended(?:\sfor\syou)?|most\s(?:read|popular|viewed)|trending(?:\snow)?|more\snews"
    r"|continue\sreading|show\smore|load\smore|back\sto\stop|skip\sto\s(?:main\s)?content"
    r"|watch\slive|listen\sto\sthis\s(?:article|story)|leave\sa\scomment|comments?(?:\s\(\d+\))?"
    r"|print|e-?mail|copy\slink|save|bookmark|subscribe(?:\snow)?|sign\s(?:in|up)|log\sin"
    r"|video|gallery|photos?|live|breaking(?:\snews)?|exclusive)\W*",
    _IGNORED,
)
_SOLICITATION = re.compile(
    r"(?:sign\sup|subscribe|register)\s(?:now\s|here\s|today\s)?(?:for|to)\b.{0,160}"
    r"\b(?:newsletters?|inbox|e-?mails?|alerts?|channel|podcast|subscription|updates)\b.{0,120}"
    r"|(?:get|receive|have)\b.{0,100}\b(?:in|to|into)\syour\s(?:inbox|e-?mail)\b.{0,80}"
    r"|(?:follow|like|join|find)\sus\son\b.{0,120}"
    r"|click\shere\s(?:to|for)\b.{0,120}"
    r"|download\s(?:our|the)\s(?:free\s)?(?:\w+\s){0,3}app\b.{0,80}"
    r"|support\s(?:our|independent)\s(?:work|journalism)\b.{0,160}",
    _IGNORED,
)
_COOKIES = re.compile(
    r"(?:we|this\s(?:site|website|page))\s(?:and\sour\s(?:\d+\s)?partners\s)?uses?\scookies\b"
    r".{0,400}"
    r"|by\s(?:continuing|staying|using)\b.{0,80}\b(?:cookies?|cookie\spolicy|terms)\b.{0,120}"
    r"|(?:accept|reject|manage)\s(?:all\s)?cookies\W*",
    _IGNORED,
)
_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|e-?mail|reddit|pinterest|messenger|viber"
    r"|instagram|threads|bluesky|mastodon|flipboard|tiktok|youtube|signal|print|copy\slink|link"
    r"|share|tweet|pin|save|more|sms|pocket)"
)
_SHARE = re.compile(
    rf"(?:share(?:\s(?:this|the|on|via))?(?:\s(?:story|article|page|post|news))?\s?(?:on|via)?[:\s]*)?"
    rf"{_NETWORK}(?:[\s|,/·•+]+(?:and\s|on\s)?{_NETWORK})+\W*"
    r"|share(?:\s(?:this|the))?(?:\s(?:story|article|page|post|news))?\W*"
    rf"|(?:share|tweet|post)\s(?:this\s)?(?:on|via)\s{_NETWORK}\W*",
    _IGNORED,
)
_LABEL = re.compile(
    r"\W*\d{1,3}\s?-?\s?min(?:ute)?s?(?:\s(?:read|listen|watch))\W*"
    r"|(?:reading|read)\stime\s?:.{0,40}"
    r"|(?:tags?|topics?|keywords?|filed\sunder|categor(?:y|ies))\s?:.{0,200}"
    r"|(?:photo(?:graph)?|image|picture|video|credit|source\sof\sphoto)s?(?:\s(?:credit|by))?\s?:"
    r".{0,150}",
    _IGNORED,
)
_CREDIT_LINE = re.compile(
    r"(?:©|\(c\)\s|copyright\s(?:©\s?)?\d{4}).{0,200}|all\srights\sreserved\b.{0,60}"
    r"|.{0,120}\ball\srights\sreserved\.?",
    _IGNORED,
)
_AGENCY_TAIL = re.compile(
    r"[(\[]?this\s(?:article|story|report|text|item)\s(?:was|has\sbeen|is)\b.{0,120}"
    r"\b(?:feed|agency|agencies|syndicat\w+|automat\w+|wire|unmodified|modification)\b.{0,160}"
    r"|[(\[]?(?:with\s)?(?:additional\s)?(?:reporting|writing|editing|translation|graphics)\sby\s"
    r".{2,240}"
    r"|[^.]{2,200}\bcontributed\s(?:reporting\s)?to\sthis\s(?:report|story|article)\b.{0,60}",
    _IGNORED,
)
_MONITORING = re.compile(
    r"(?P<name>[A-Z][\w&'’]*(?:\s[A-Z][\w&'’]*){0,4})(?:\s[a-z]+)?\s?[–—\-]\s?[Mm]onitoring\.?"
)
_ASSISTANCE = re.compile(rf"[Ww]ith\s(?:assistance|help|files|reporting)\sfrom\s{_NAMES}\.?")
_END_MARK = re.compile(r"(?:[#*_=~\-–—•.\s]{2,}|-?\s?30\s?-|ENDS?)\.?")

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")


def is_prose(line: str) -> bool:
    """A paragraph of running text: some words, and a sentence's end."""
    return len(line.split()) >= _PROSE_WORDS and SENTENCE_END.search(line) is not None


def is_furniture(line: str) -> bool:
    """An advert, a pointer to other pages, a share row, a cookie notice, a byline, a label."""
    patterns = (
        _ADVERT,
        _POINTER,
        _SOLICITATION,
        _COOKIES,
        _SHARE,
        _LABEL,
        _CREDIT_LINE,
        _BYLINE,
        AGE_LABEL,
    )
    return any(pattern.fullmatch(line) for pattern in patterns)


def is_tail(line: str) -> bool:
    """Credits and agency notes as they stand below the text."""
    patterns = (_AGENCY_TAIL, _ASSISTANCE, _END_MARK, _MONITORING)
    return any(pattern.fullmatch(line) for pattern in patterns)


def monitoring_name(line: str) -> str | None:
    """The outlet of a credit such as `Harbour Times international–Monitoring.`"""
    match = _MONITORING.fullmatch(line)
    return match["name"] if match else None


def byline_names(line: str) -> str | None:
    """The names of a byline, as written; None for any other line."""
    match = _BYLINE.fullmatch(line)
    return match["names"] if match else None


def same_words(left: str, right: str) -> bool:
    """Whether both say the same, whatever their punctuation and case."""
    return words_of(left) == words_of(right)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
