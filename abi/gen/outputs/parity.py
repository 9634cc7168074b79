"""The table of functions and languages in README.md, between its two markers. Each binding says in its parity.toml what a
function is called there; what it does not say is reached in its raw layer, which is looked up. No cell stays empty."""

from __future__ import annotations

import pathlib
import re
import tomllib

from model import Function, Header, HeaderError
from outputs import reference

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILES = ["README.md"]
LANGUAGES = ["python", "lua", "node"]
BEGIN = "<!-- functions and languages: written by abi/gen/generate -->\n"
END = "<!-- end of functions and languages -->\n"
WORDS = {"new", "class", "async", "with", "on"}  # of a language, or of English, in a name


class Language:
    def __init__(self, folder: str, header: Header) -> None:
        self.file = f"bindings/{folder}/parity.toml"
        self.text = (ROOT / self.file).read_text(encoding="utf-8")
        data = tomllib.loads(self.text)
        self.name: str = data["language"]
        self.pattern: str = data["raw"]
        self.structs: str = data["structs"]
        self.native: dict[str, str] = data["native"]
        self.raw = (ROOT / data["raw_source"]).read_text(encoding="utf-8")
        known = {f.name for f in header.functions}
        source = "\n".join(p.read_text(encoding="utf-8", errors="replace") for p in sorted((ROOT / data["folder"]).rglob("*.*"))
                           if p.suffix in (".py", ".lua", ".js", ".c"))
        words = set(re.findall(r"\w+", source))
        for function, name in self.native.items():
            if function not in known:
                raise HeaderError(self.file, self.line(function), f"sipua.h has no {function}")
            for word in re.findall(r"\w+(?=\(|\{|\b)", name) if code(name) else []:
                if word not in words and word not in WORDS and word != "sipua":
                    raise HeaderError(self.file, self.line(function), f"{data['folder']} has no {word}")

    def line(self, function: str) -> int:
        at = self.text.find(f"{function} ")
        return self.text.count("\n", 0, at) + 1

    def cell(self, function: Function) -> str:
        said = self.native.get(function.name)
        if said:
            return ", ".join(f"`{part}`" for part in said.split(", ")) if code(said) else said
        if function.name.endswith("_init"):
            return self.structs
        if not re.search(rf"\b{function.name}\(", self.raw):
            raise HeaderError(self.file, 1, f"{function.name} has no name in {self.name}")
        return f"*{self.pattern.format(name=function.name, short=function.name.removeprefix('sipua_'))}*"


def code(name: str) -> bool:
    """A name of the language, not words of English about it."""
    return not re.fullmatch(r"[a-z]+( [\w:()]+)+", name) or name.startswith(("new ", "class ", "async "))


def write(header: Header) -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if BEGIN not in readme or END not in readme:
        raise HeaderError("README.md", 1, f"the markers {BEGIN.strip()} and {END.strip()} are not there")
    languages = [Language(folder, header) for folder in LANGUAGES]
    head = "| C | " + " | ".join(x.name for x in languages) + " |\n|---" + "|---" * len(languages) + "|\n"
    text = f"<details><summary>All {len(header.functions)} functions, and what they are in each language</summary>\n\n"
    text += "Names in italics are in the raw layer, which has every function one to one.\n"
    for i, section in enumerate(header.sections):
        end = header.sections[i + 1].line if i + 1 < len(header.sections) else 1 << 30
        functions = [f for f in header.functions if section.line < f.line < end]
        if functions:
            text += f"\n**[{section.title}](docs/reference.md#{reference.anchor(section.title)})**\n\n{head}"
        for f in functions:
            cells = [f"`{f.name}`", *(x.cell(f) for x in languages)]
            if not all(cells):
                raise HeaderError("README.md", 1, f"the row of {f.name} has an empty cell")
            text += "| " + " | ".join(cells) + " |\n"
    before, _, rest = readme.partition(BEGIN)
    return [before + BEGIN + text + "\n</details>\n" + END + rest.partition(END)[2]]
