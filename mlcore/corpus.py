"""From reviews to training texts: reads, drops duplicates, splits without leaks, writes each under its control lines.

A document is a list of segments, each learnt or only read: of a review the model learns the words but not the
control lines, of a task's example only the values that it will have to write.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase

from mlcore.errors import InputError
from mlcore.nearduplicates import groups, join, normalised, root
from mlcore.text import language

LEAST = 10
"""Different texts without which a split into training and evaluation means nothing."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One text of the corpus and the line that it came from."""

    source: dict[str, Any]
    author: str = ""

    @property
    def plain(self) -> str:
        """The words themselves, without control lines."""
        if "segments" in self.source:
            return "".join(text for text, _ in self.source["segments"])
        return "\n".join(part for part in (_line(self.source, "title"), _words(self.source)) if part)

    @property
    def segments(self) -> list[tuple[str, bool]]:
        """(text, whether it is learnt), in order."""
        if "segments" in self.source:
            return [(text, learn) for text, learn in self.source["segments"]]
        return [(header(self.source), False), (self.plain, True)]


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Documents without duplicates, split."""

    train: list[Document]
    held_out: list[Document]
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """A document as tokens."""

    tokens: list[int]
    learn: list[bool]
    """For each token whether its probability counts; the first never does, since nothing comes before it."""
    bytes: int
    """UTF-8 bytes of the characters that the learnt tokens spell."""

    @property
    def learnt(self) -> int:
        return sum(self.learn)


@dataclass
class Encoded:
    """Documents that turn into tokens when first asked for: a budget seldom reaches all of a large corpus."""

    documents: Sequence[Document]
    tokenizer: PreTrainedTokenizerBase
    max_length: int
    _known: dict[int, Example] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.documents)

    def __getitem__(self, index: int) -> Example:
        if index not in self._known:
            self._known[index] = encode(self.documents[index], self.tokenizer, self.max_length)
        return self._known[index]


def read_documents(path: Path) -> list[Document]:
    """The file's documents, in order, without empty ones and without those whose words came before.

    Raises InputError naming the line that is neither a review nor a list of segments.
    """
    if not path.is_file():
        raise InputError("corpus_missing", path=path)
    documents: dict[str, Document] = {}
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                document = _document(line, number, path)
                key = normalised(document.plain)
                if key:
                    documents.setdefault(key, document)
    return list(documents.values())


def split(documents: list[Document], *, eval_share: float, seed: int) -> Corpus:
    """Holds out eval_share of the documents, at least one, whole groups at a time.

    A group is what says almost the same or comes from one author. The draw depends on the seed and the texts, not on
    their order. Raises InputError if fewer than LEAST documents, or only one group, are there.
    """
    texts = [document.plain for document in documents]
    parents = groups(texts)
    _join_authors(parents, documents)
    members: dict[int, list[int]] = {}
    for index in range(len(documents)):
        members.setdefault(root(parents, index), []).append(index)
    if len(documents) < LEAST or len(members) < 2:
        raise InputError("corpus_too_small", documents=min(len(documents), len(members)), least=LEAST)
    hashes = [_hash(text) for text in texts]
    held = _drawn(list(members.values()), hashes, max(1, round(len(documents) * eval_share)), seed)
    order = sorted(range(len(documents)), key=lambda index: hashes[index])
    return Corpus(
        train=[documents[index] for index in order if index not in held],
        held_out=[documents[index] for index in order if index in held],
        sha256=_hash("\n".join(sorted(_hash(json.dumps(document.segments)) for document in documents))),
    )


def header(review: dict[str, Any]) -> str:
    """The control lines above a review: what is known of product, rating and language, then an empty line."""
    lines = ["Review"]
    if product := _line(review, "product"):
        lines.append(f"Product: {product}")
    if review.get("rating") is not None:
        lines.append(f"Rating: {float(review['rating']):g}")
    lines.append(f"Language: {review.get('language') or language(_words(review))}")
    return "\n".join(lines) + "\n\n"


def encode(document: Document, tokenizer: PreTrainedTokenizerBase, max_length: int) -> Example:
    """Tokens of the document's whole text and of an end token, cut to max_length.

    The text is tokenised in one piece, as it will be when the model writes; a token that straddles two segments is
    learnt if its last character is. The end is learnt if the last segment is. A mark such as <|im_end|> inside a
    review stays plain text.
    """
    segments = document.segments
    text = "".join(part for part, _ in segments)
    learnt = [learn for part, learn in segments for _ in part]
    coded = tokenizer(text, return_offsets_mapping=True, split_special_tokens="segments" not in document.source)
    tokens, offsets = list(coded["input_ids"]), list(coded["offset_mapping"])
    if tokens and tokens[-1] == tokenizer.eos_token_id:
        tokens, offsets = tokens[:-1], offsets[:-1]
    learn = [bool(end and learnt[end - 1]) for _, end in offsets]
    tokens.append(int(tokenizer.eos_token_id))
    learn.append(bool(segments) and segments[-1][1])
    if learn:
        learn[0] = False
    kept = min(max_length, len(tokens))
    reach = max((end for _, end in offsets[:kept]), default=0)
    counted = "".join(character for character, yes in zip(text[:reach], learnt, strict=False) if yes)
    return Example(tokens=tokens[:kept], learn=learn[:kept], bytes=len(counted.encode("utf-8")))


def write_documents(path: Path, documents: Sequence[Document]) -> None:
    """One line a document, as it was read."""
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            file.write(json.dumps(document.source, ensure_ascii=False) + "\n")


def _document(line: str, number: int, path: Path) -> Document:
    try:
        source = json.loads(line)
    except ValueError as error:
        raise InputError("corpus_line", line=number, path=path) from error
    if not isinstance(source, dict) or not (
        _is_segments(source.get("segments")) or isinstance(source.get("text"), str)
    ):
        raise InputError("corpus_line", line=number, path=path)
    return Document(source=source, author=_line(source, "author"))


def _is_segments(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, list) and len(part) == 2 and isinstance(part[0], str) and isinstance(part[1], bool)
        for part in value
    )


def _join_authors(parents: list[int], documents: list[Document]) -> None:
    first: dict[str, int] = {}
    for index, document in enumerate(documents):
        if document.author:
            join(parents, index, first.setdefault(document.author, index))


def _drawn(members: list[list[int]], hashes: list[str], wanted: int, seed: int) -> set[int]:
    """Indices of the held-out documents: groups in a random order as long as they fit, else the smallest one."""
    order = sorted(members, key=lambda group: _hash(f"{seed}|{min(hashes[index] for index in group)}"))
    held: set[int] = set()
    for group in order:
        if len(held) + len(group) <= wanted:
            held.update(group)
    smallest = min(order, key=len)
    return held or set(smallest)


def _line(source: dict[str, Any], key: str) -> str:
    """A field as one line of text."""
    return " ".join(str(source.get(key) or "").split())


def _words(review: dict[str, Any]) -> str:
    return str(review.get("text") or "").strip()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
