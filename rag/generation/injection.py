"""Articles that speak to a language model instead of to readers. Pure.

Fencing and the check of each sentence hold without this. It closes what they leave open: an
article can say a falsehood and order a model to repeat it, which its own words then "support".
Such an article is not shown to a model; it can still be found, read and quoted.
"""

from __future__ import annotations

import re
import unicodedata

_MODEL = (
    r"(?:a\.?i\.?(?: (?:assistant|model|system))?|chatbot|(?:large )?language model|llm|chatgpt)s?"
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|drop)\b[^.!?\n]{0,40}\b(?:"
    r"(?:instruction|prompt|guardrail|directive)s?\b"
    r"|(?:your|previous|prior|above|earlier|preceding)\s+(?:\w+\s+)?(?:rule|guideline|order)s?\b)"
    rf"|\b(?:you are|you're|act as|pretend to be|behave as)\s+(?:now\s+)?(?:an?|the)\s+"
    rf"(?:\w+\s+){{0,3}}?(?:{_MODEL}|assistant)\b"
    rf"|\bas an? {_MODEL},? you\b"
    r"|\b(?:system|developer)\s+(?:prompt|instruction)s?\b"
    r"|\b(?:new|updated|real|actual|secret|hidden)\s+(?:system\s+)?"
    r"(?:instruction|prompt|directive)s?\s*[:=]"
    r"|\b(?:attention|note|notice|message|order|instruction)s?\s+(?:to|for)\s+"
    rf"(?:any|all|the|every)?\s*(?:\w+\s+){{0,2}}?{_MODEL}\b"
    rf"|\b(?:dear|hello|hey|hi)\s+{_MODEL}\b"
    r"|^\W*(?:please\s+)?(?:say|reply|respond|answer|output|print|state)\s+"
    r"(?:only|exactly|instead|that|with|the following|as follows)\b"
    r"|^\W*(?:please\s+)?tell\s+the\s+(?:user|reader)s?\b"
    r"|^\W*(?:system|assistant)\s*:\s"
    r"|<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|begin_of_text|start_header_id)\b"
    r"|\[/?inst\]|<</?sys>>|^#{2,}\s*(?:instruction|system|response)"
    r"|</?\s*(?:quotes|evidence|context|documents?)\b[^>\n]{0,60}>"
    r"|[\"']quote[\"']\s*:|[\"']n[\"']\s*:\s*\d"
    r"|\bnot_found\b",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(r"(?<=[.!?:”\"])\s+")


def speaks_to_a_model(text: str) -> bool:
    """Whether some sentence of the text gives orders to a language model, or apes its prompts."""
    seen = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf"
    )
    return _ORDERS.search(_SENTENCE.sub("\n", seen)) is not None
