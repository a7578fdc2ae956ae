"""How days and ages are written in the lines around an article. What they mean is dateparser's."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"
DAY_PATTERN = (
    rf"(?:{_WEEKDAY}(?:{_MONTH}\s+{_ORDINAL},?\s+\d{{4}}|{_ORDINAL}\s+{_MONTH},?\s+\d{{4}})"
    r"|\d{4}-\d{2}-\d{2})"
)
"""A day written out with its year; dateparser says which day it is."""

AGE_LABEL = re.compile(
    r"(?:[A-Z][\w&'’\-]*(?:\s[A-Z&][\w&'’\-]*){0,2}\s?[|·•:–\-]?\s)?"
    r"(?P<age>(?i:(?:\d{1,3}|an?|one)\s(?:min(?:ute)?|hour|day|week|month|year)s?\sago))"
)
"""The whole of a line such as `World 2 months ago`."""
