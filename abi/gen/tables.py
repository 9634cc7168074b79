"""What the reference page tells and the header does not: the table of options and the properties of errors, read from
the C tables of the library. tests/abi compares them with what a built library says of itself."""

from __future__ import annotations

import pathlib
import re

from model import Field, Header, HeaderError, Option

STRING = r'"(?:[^"\\]|\\.)*"'
CORE, UA, ERRORS = "libsipua/core/option.c", "libsipua/ua/options.c", "abi/src/error.c"
BODY = "libsipua/body/table.c"


def add_tables(header: Header, root: pathlib.Path) -> None:
    core = (root / CORE).read_text(encoding="utf-8")
    for row, line in rows(core, r"options\[\] = \{", r"\{", "}"):
        if len(row) != 9:
            raise HeaderError(CORE, line, "this row of the table of options has not 9 columns")
        key, kind, scope, low, high, default, text, since, _ = row
        header.options.append(Option(word(key), kind.removeprefix("CORE_OPTION_").lower(), scopes(scope), int(low),
                                     int(high), word(default), word(text), word(since)))
    ua = (root / UA).read_text(encoding="utf-8")
    # ROW(...) is of the first release; later ones say theirs: ROW_0_2(...), SWITCH_0_2(...) and CHOICE_0_2(...) without a
    # range, the latter with its words.
    kinds = {"ROW": ("int", 7), "SWITCH": ("switch", 5), "CHOICE": ("choice", 6)}
    for row, line in rows(ua, r"table\[\] = \{", r"((?:ROW|SWITCH|CHOICE)[_\d]*)\(", ")"):
        macro, *row = row
        macro, _, since = macro.partition("_")
        kind, columns = kinds[macro]
        if len(row) != columns:
            raise HeaderError(UA, line, f"this row of the table of options has not the columns of {macro}")
        key, _, *bounds, default, scope, text = row
        low, high = map(int, bounds) if kind == "int" else (0, 0)
        choices = word(bounds[0]) if kind == "choice" else ""
        header.options.append(Option(word(key), kind, scopes(scope), low, high, word(default), word(text),
                                     since.replace("_", ".") or "0.1", choices))
    header.fields.extend(documents((root / BODY).read_text(encoding="utf-8")))
    errors = (root / ERRORS).read_text(encoding="utf-8")
    for kind in ("retryable", "fatal"):
        body = re.search(rf"sipua_error_{kind}\(sipua_error code\) \{{(.*?)\}}", errors, re.DOTALL)
        if not body:
            raise HeaderError(ERRORS, 1, f"sipua_error_{kind}() is not where it is looked for")
        getattr(header, kind).extend(re.findall(r"code == (SIPUA_E_\w+)", body[1]))


def rows(text: str, start: str, opens: str, closes: str) -> list[tuple[list[str], int]]:
    """The rows of a table of initialisers, each cut at its commas, with the line it stands on."""
    begin = re.search(start, text)
    if not begin:
        raise HeaderError("the table of options", 1, f"there is no {start}")
    end = text.index("};", begin.end())
    found = []
    row = re.compile(rf"{opens}((?:{STRING}|[^{{}}()\"])*){re.escape(closes)}")
    for match in row.finditer(text, begin.end(), end):
        *macro, columns = match.groups()
        cells = re.findall(rf"(?:{STRING}|[^,\"])+", columns)
        found.append(([*macro, *(c.strip() for c in cells if c.strip())], text.count("\n", 0, match.start()) + 1))
    return found


def documents(text: str) -> list[Field]:
    """The fields of all documents, in the order of the table."""
    macros = {name: word(value) for name, value in re.findall(rf"#define (\w+) ((?:{STRING}|\w+| )+)\n", text)}
    counts = re.findall(rf'{{c ({STRING}), ({STRING}), ({STRING})', text)  # a row of COUNTS(c) for each
    found = []
    for type_, rows_ in re.findall(rf"\{{({STRING}), (?:NULL|{STRING}), ROWS\((\w+)\)", text):
        table = re.search(rf"body_row {rows_}\[\] = \{{(.*?)\n\}};", text, re.DOTALL)
        if not table:
            raise HeaderError(BODY, 1, f"there is no table {rows_}")
        row = re.compile(rf"COUNTS\(({STRING})\)|\{{({STRING}),\s*({STRING}|\w+),\s*({STRING})([^{{}}]*)\}}")
        for group, name, kind, said, rest in row.findall(table[1]):
            if group:
                found += [Field(word(type_), word(group) + word(n), word(k), word(t)) for n, k, t in counts]
            elif "BODY_HIDDEN" not in rest:
                found.append(Field(word(type_), word(name), word(kind) or macros[kind], word(said)))
    return found


def word(cell: str) -> str:
    return "".join(part[1:-1].replace('\\"', '"') for part in re.findall(STRING, cell))


def scopes(cell: str) -> str:
    named = {s.strip().split("_")[-1].lower() for s in cell.split("|")}
    return " ".join(s for s in ("agent", "account", "call") if s in named or "all" in named)
