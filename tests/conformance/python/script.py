"""A scenario file as statements of words. See ../README.md."""

from __future__ import annotations

import dataclasses
import pathlib
import re

ESCAPE = re.compile(r'\\(?:([nr"\\])|x([0-9a-f]{2}))')


class ScenarioError(Exception):
    """Something in a scenario is wrong, or did not happen."""


@dataclasses.dataclass
class Word:
    key: str | None
    value: bytes  # escapes undone, not yet expanded
    quoted: bool
    least: bool  # >=

    @property
    def text(self) -> str:
        return self.value.decode()


@dataclasses.dataclass
class Statement:
    path: pathlib.Path
    line: int
    words: list[Word]
    block: bytes = b""


def unescape(text: str) -> bytes:
    out = b""
    at = 0
    for match in ESCAPE.finditer(text):
        letter, digits = match.groups()
        out += text[at : match.start()].encode()
        out += bytes([int(digits, 16)]) if digits else {"n": b"\n", "r": b"\r"}.get(letter, letter.encode())
        at = match.end()
    return out + text[at:].encode()


TOKEN = re.compile(
    r'(?:([^\s"=>]+)(>?=))?'  # key= or key>=
    r'((?:[^\s"]|"(?:[^"\\]|\\.)*")+|)'  # bare and quoted pieces
)
PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^"]+)')


def words_of(line: str) -> list[Word]:
    words = []
    at = 0
    while True:
        while at < len(line) and line[at] == " ":
            at += 1
        if at == len(line) or line[at] == "#":
            return words
        match = TOKEN.match(line, at)
        assert match
        at = match.end()
        value = b""
        quoted = False
        for inside, bare in PIECE.findall(match[3]):
            quoted = quoted or not bare
            value += bare.encode() if bare else unescape(inside)
        words.append(Word(match[1], value, quoted, match[2] == ">="))


def read(path: pathlib.Path) -> list[Statement]:
    statements: list[Statement] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("|"):
            statements[-1].block += unescape(line[1:].removeprefix(" ")) + b"\r\n"
            continue
        words = words_of(line)
        if words and words[0].value == b"include":
            statements += read(path.parent / words[1].text)
        elif words:
            statements.append(Statement(path, number, words))
    return statements
