"""A commitment to a text that can be opened span by span, without showing the rest.

The text is a binary tree over its characters (Unicode code points). Each node has a seed, from
which those of its children follow; a leaf is the hash of its seed and its character, an inner node
the hash of its two children. The root, with the length, commits to the text. To open a span, the
seeds of the largest nodes inside it are given, and the hashes of the largest nodes outside it: the
seeds of the rest stay secret, so nobody can try words against their hashes. The seeds are a GGM
tree (Goldreich, Goldwasser and Micali, 1986), the hashes a Merkle tree (Merkle, 1987).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

Span = tuple[int, int]
"""Start and end in characters; the end is not included."""


class CommitmentError(ValueError):
    """A proof does not have the shape that its length and spans ask for."""


def merged(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, with those that touch or overlap made one, and empty ones left out."""
    found: list[Span] = []
    for start, end in sorted(each for each in spans if each[0] < each[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def root(text: str, seed: bytes) -> str:
    """The commitment to a text, in hexadecimal; ``seed`` is secret and differs by text."""
    return _sealed(len(text), _subtree(text, seed, 0, len(text)))


def opening(text: str, seed: bytes, spans: Sequence[Span]) -> list[str]:
    """What opens these spans of a text: seeds and hashes in hexadecimal, from left to right.

    Raises:
        ValueError: a span is outside the text.
    """
    wanted = merged(spans)
    if wanted and (wanted[0][0] < 0 or wanted[-1][1] > len(text)):
        raise ValueError(f"the text has {len(text)} characters: no span {wanted[-1]}")
    given: list[str] = []

    def walk(lo: int, hi: int, seed: bytes) -> None:
        inside = _inside(wanted, lo, hi)
        if inside == hi - lo and wanted:
            given.append(seed.hex())
        elif not inside:
            given.append(_subtree(text, seed, lo, hi).hex())
        else:
            middle = (lo + hi) // 2
            walk(lo, middle, _child(seed, 0))
            walk(middle, hi, _child(seed, 1))

    walk(0, len(text), seed)
    return given


def root_of_opening(
    length: int, spans: Sequence[Span], texts: Sequence[str], given: Sequence[str]
) -> str:
    """The root that follows from an opening: equal to the commitment if the texts stand there.

    ``spans`` are in order and apart (``merged``); ``texts`` has the text of each.

    Raises:
        CommitmentError: length, spans, texts and opening do not fit together.
    """
    _check_shape(length, spans, texts)
    shown = {
        at: char
        for (lo, _), text in zip(spans, texts, strict=True)
        for at, char in enumerate(text, lo)
    }
    steps: Iterator[str] = iter(given)

    def walk(lo: int, hi: int) -> bytes:
        inside = _inside(spans, lo, hi)
        if inside and inside < hi - lo:
            middle = (lo + hi) // 2
            left = walk(lo, middle)
            return _joined(left, walk(middle, hi))
        step = next(steps, None)
        if step is None:
            raise CommitmentError("the opening is too short")
        try:
            value = bytes.fromhex(step)
        except ValueError:
            raise CommitmentError("the opening is not hexadecimal") from None
        if len(value) != 32:
            raise CommitmentError("a step of the opening is not 32 bytes")
        if not inside:
            return value
        return _subtree("".join(shown[at] for at in range(lo, hi)), value, 0, hi - lo)

    found = walk(0, length)
    if next(steps, None) is not None:
        raise CommitmentError("the opening is too long")
    return _sealed(length, found)


def _check_shape(length: int, spans: Sequence[Span], texts: Sequence[str]) -> None:
    if len(spans) != len(texts):
        raise CommitmentError(f"{len(spans)} spans have {len(texts)} texts")
    end = -1
    for (start, stop), text in zip(spans, texts, strict=True):
        if not end < start < stop <= length:
            raise CommitmentError(f"span {start}-{stop} is out of order or outside the answer")
        if len(text) != stop - start:
            raise CommitmentError(f"span {start}-{stop} has a text of {len(text)} characters")
        end = stop


def _inside(spans: Sequence[Span], lo: int, hi: int) -> int:
    """The number of characters from ``lo`` to ``hi`` that are in the spans."""
    return sum(max(0, min(end, hi) - max(start, lo)) for start, end in spans)


def _subtree(text: str, seed: bytes, lo: int, hi: int) -> bytes:
    if hi - lo > 1:
        middle = (lo + hi) // 2
        left = _subtree(text, _child(seed, 0), lo, middle)
        return _joined(left, _subtree(text, _child(seed, 1), middle, hi))
    # Answers may hold half of a surrogate pair, which UTF-8 refuses.
    char = text[lo:hi].encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"\x02" + seed + char).digest()


def _child(seed: bytes, side: int) -> bytes:
    return hashlib.sha256(bytes([side]) + seed).digest()


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x03" + left + right).digest()


def _sealed(length: int, tree: bytes) -> str:
    return hashlib.sha256(b"\x04" + length.to_bytes(8, "big") + tree).hexdigest()
