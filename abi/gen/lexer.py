"""Cuts the header into tokens. Preprocessor lines and comments are tokens too: the reader needs both."""

from __future__ import annotations

import dataclasses
import re

from model import HeaderError

TOKEN = re.compile(
    r"""(?P<space>[ \t]+)
      | (?P<newline>\n)
      | (?P<comment>/\*.*?\*/)
      | (?P<hash>\#(?:[^\n\\]|\\\n|\\.)*)
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<number>-?\d+)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<mark>[{}()\[\];,*=])""",
    re.VERBOSE | re.DOTALL,
)


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int
    first: bool = False  # the first on its line
    end: int = 0  # the line it ends on


def cut(text: str, file: str) -> list[Token]:
    """All tokens of the header; an end token closes the list."""
    tokens: list[Token] = []
    line, at, first = 1, 0, True
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            bad = text[at: at + 2]
            hint = "// comments are not part of the subset" if bad == "//" else f"unexpected {bad[0]!r}"
            raise HeaderError(file, line, hint)
        kind, piece = str(found.lastgroup), found.group()
        at = found.end()
        end = line + piece.count("\n")
        if kind == "newline":
            first = True
        elif kind != "space":
            if kind == "hash" and not first:
                raise HeaderError(file, line, "a preprocessor line must stand alone")
            if kind == "hash":  # a comment may end the line
                piece = re.sub(r"/\*.*?\*/", "", piece, flags=re.DOTALL).strip()
            tokens.append(Token(kind, piece, line, first, end))
            first = False
        line = end
    tokens.append(Token("end", "", line, True, line))
    return tokens


def prose(comment: str) -> str:
    """The words of a comment: markers and indentation taken off, lines kept."""
    lines = [re.sub(r"^\s*\*? ?", "", one, count=1) if i else one.strip()
             for i, one in enumerate(comment[2:-2].split("\n"))]
    return "\n".join(one.rstrip() for one in lines).strip()
