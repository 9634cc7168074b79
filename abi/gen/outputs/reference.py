"""docs/reference.md: the header as a page to read."""

from __future__ import annotations

import re

from model import Enum, Function, Header, Param, Section, Struct

FILES = ["docs/reference.md"]

HEAD = """<!-- Written by abi/gen/generate from sipua.h and the library's tables. Do not edit. -->
# Reference

Every function, struct, constant, event, error and option of the C interface, version {version}. The header
`sipua/sipua.h` says the same in the same words; Python, Lua and Node stand on these functions. What may change and what
never will: [abi.md](abi.md).

{contents}
"""


def write(header: Header) -> list[str]:
    page = Page(header)
    titles = ["The shape", *(s.title for s in header.sections)]
    contents = " · ".join(f"[{t}](#{anchor(t)})" for t in titles)
    text = HEAD.format(version=".".join(map(str, header.version)), contents=contents)
    text += "\n## The shape\n\n" + page.manual()
    for i, section in enumerate(header.sections):
        end = header.sections[i + 1].line if i + 1 < len(header.sections) else 1 << 30
        text += page.section(section, [o for o in header.order if section.line < header.lines[o[1]] < end])
    return [text.rstrip() + "\n"]


def anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def sentence(text: str) -> str:
    """With a capital, but for a name of the interface."""
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]


class Page:
    def __init__(self, header: Header) -> None:
        self.header = header
        self.names = {name for _, name in header.order} | {m.name for e in header.enums for m in e.members}

    def prose(self, text: str) -> str:
        """Names of the header set as code; paragraphs kept."""
        text = text.replace("*", "\\*")
        return re.sub(r"(?<![`\w])(sipua_\w+(?:\(\))?|SIPUA_[A-Z0-9_]+|\b[a-z]+_[a-z_]+\b)(?![`\w])", r"`\1`", text)

    def say(self, text: str) -> str:
        return self.prose(sentence(cell(text)))

    def manual(self) -> str:
        """The comment at the top. A line at its margin is a heading; what is indented deeply is a program."""
        text, code = "", False
        for line in self.header.manual.partition("The shape in one page\n")[2].split("\n"):
            deep = line.startswith("      ")
            if code and line.strip() and not deep:
                text, code = text.rstrip() + "\n```\n\n", False
            if deep and not code:
                text, code = text.rstrip() + "\n\n```c\n", True
            if code:
                text += line[6:] + "\n"
            elif line.startswith("  "):
                text += self.prose(line.strip()) + "\n"
            elif not line.strip():
                text += "\n"
            elif re.match(r"[A-Z][\w ]+$", line):
                text += f"### {line.strip()}\n\n"
            else:
                text += self.prose(line.strip()) + "\n"
        return text.strip() + "\n\n"

    def section(self, section: Section, order: list[tuple[str, str]]) -> str:
        text = f"## {section.title}\n\n"
        if section.text:
            text += self.say(section.text).rstrip(".") + ".\n\n"
        functions: list[Function] = []
        for kind, name in order:
            if kind == "function":
                function = next(f for f in self.header.functions if f.name == name)
                if functions and function.doc != functions[-1].doc:
                    text += self.functions(functions)
                    functions = []
                functions.append(function)
                continue
            text += self.functions(functions)
            functions = []
            if kind == "enum":
                text += self.enum(self.header.enum(name))
            elif kind == "struct":
                text += self.struct(self.header.struct(name))
            elif kind == "integer":
                text += f"### {name}\n\n`{self.header.integers[name]}`. {self.say(self.header.docs[name])}\n\n"
        text += self.functions(functions)
        return text + (self.options() if section.title == "Options" else "")

    def functions(self, functions: list[Function]) -> str:
        """Neighbours that share a comment."""
        if not functions:
            return ""
        text = "### " + ", ".join(f.name for f in functions) + "\n\n```c\n"
        text += "\n".join(signature(f) for f in functions) + "\n```\n\n"
        doc = sentence(functions[0].doc)
        if doc:
            text += self.prose(" ".join(doc.split())) + "\n\n"
        notes = []
        for f in functions[:1]:
            for p in f.params:
                if p.nullable:
                    notes.append(f"`{p.name}` may be NULL")
                if p.length and p.out:
                    notes.append(f"`{p.name}` has room for `{p.length}` items")
                elif p.length:
                    notes.append(f"`{p.name}` has `{p.length}` items")
        since = functions[0].since
        notes += [f"since {since}"] if since else []
        return text + (sentence("; ".join(notes)) + ".\n\n" if notes else "")

    def struct(self, struct: Struct) -> str:
        text = f"### {struct.name}\n\n"
        text += self.say(struct.doc) + "\n\n" if struct.doc else ""
        text += "| member | type | meaning |\n|---|---|---|\n"
        for m in struct.members:
            if m.name == "struct_size":
                meaning = f"`SIPUA_{struct.name.removeprefix('sipua_').upper()}_INIT` sets it"
            else:
                meaning = "zero" if m.reserved else self.say(m.doc)
            meaning += f"; `{m.length}` items" if m.length else ""
            meaning += f"; since {m.since}" if m.since else ""
            text += f"| `{m.name}` | `{m.type}` | {meaning.removeprefix('; ')} |\n"
        return text + "\n"

    def enum(self, enum: Enum) -> str:
        text = f"### {enum.name}\n\n" + (self.say(enum.doc) + "\n\n" if enum.doc else "")
        if enum.name == "sipua_event_type":
            return text + self.events()
        errors = enum.name == "sipua_error"
        more = (" try again | agent lost |", "---|---|") if errors else ("", "")
        text += f"| constant | value | meaning |{more[0]}\n|---|---|---|{more[1]}\n"
        for m in enum.members:
            meaning = self.say(m.doc) or ("Success" if m.name == "SIPUA_OK" else "")
            text += f"| `{m.name}` | {m.value} | {meaning} |"
            if errors:
                text += " yes |" if m.name in self.header.retryable else " |"
                text += " yes |" if m.name in self.header.fatal else " |"
            text += "\n"
        return text + "\n"

    def events(self) -> str:
        text = "Besides what stands here each event fills `type`, `id`, `account`, `call`, `user`, `tag` and `time_ms` where they apply.\n"
        group = ""
        for e in self.header.events():
            if e.group != group:
                group = e.group
                text += f"\n#### {sentence(cell(group))}\n\n| event | constant | number | fields | note |\n|---|---|---|---|---|\n"
            fields = ", ".join(f"`{f}`" for f in e.fields) or "none"
            text += f"| **{e.name}** | `{e.constant}` | {e.value} | {fields} | {self.say(e.doc)} |\n"
        return text + "\n"

    def options(self) -> str:
        text = "### The table\n\n| key | of | type | range | default | since | what it does |\n|---|---|---|---|---|---|---|\n"
        for o in sorted(self.header.options, key=lambda o: o.key):
            span = f"{o.minimum} to {o.maximum}" if o.type == "int" else "on, off" if o.type == "switch" else (
                o.choices.replace(" ", ", ") or "any text")
            text += f"| `{o.key}` | {o.scope.replace(' ', ', ')} | {o.type} | {span} | {o.default or 'none'} | {o.since} | {cell(o.text)} |\n"
        return text + "\n"


def signature(f: Function) -> str:
    """As in the header, broken where it is long."""
    start = f"{join(f.returns, f.name)}("
    params = [param(p) for p in f.params] or ["void"]
    lines = [start]
    for i, one in enumerate(params):
        one += ", " if i + 1 < len(params) else ");"
        if len(lines[-1]) + len(one) > 100:
            lines[-1] = lines[-1].rstrip()
            lines.append(" " * len(start))
        lines[-1] += one
    return "\n".join(lines)


def param(p: Param) -> str:
    return f"void (*{p.name})(void *arg)" if p.type == "void (*)(void *)" else join(p.type, p.name)


def join(kind: str, name: str) -> str:
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"
