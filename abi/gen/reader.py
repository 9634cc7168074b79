"""Reads sipua.h into a model.Header and refuses whatever leaves the subset.

The subset: fixed-width integers, char and void behind pointers, opaque structs behind pointers, integer typedefs
followed by an anonymous enum of their constants, structs that begin with struct_size, and SIPUA_API functions.
Nothing nests, so a loop over tokens is all the grammar there is.
"""

from __future__ import annotations

import re

from layout import MACHINES, SCALARS, lay
from lexer import Token, cut, prose
from model import Enum, Enumerator, Function, Header, HeaderError, Member, Param, Section, Struct

POINTED = {"char", "void", "uint8_t", "int16_t"}  # only behind a pointer
FROZEN = {"sipua_pair"}  # the structs without a size
ANNOTATIONS = {"SIPUA_OUT", "SIPUA_INOUT", "SIPUA_NULLABLE", "SIPUA_LEN", "SIPUA_SINCE", "SIPUA_FIELDS"}
PAD = "SIPUA_PAD_PTR"
# Words that a compiler of C or C++ keeps for itself, besides those that the subset knows anyway.
KEYWORDS = set("""alignas alignof and asm auto bool break case catch char class compl const constexpr continue decltype default
    delete do double else enum explicit export extern false float for friend goto if inline int long mutable namespace new
    noexcept not nullptr operator or private protected public register requires restrict return short signed sizeof static
    struct switch template this throw true try typedef typeid typename union unsigned using virtual void volatile while
    xor""".split())
DIRECTIVES = {"ifndef", "ifdef", "endif", "include", "define"}
CONDITIONS = {"#if UINTPTR_MAX > 0xffffffffu", "#else"}  # of the pad after a pointer


class Reader:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.all = cut(text, file)
        self.tokens = [t for t in self.all if t.kind not in ("comment", "hash")]
        self.at = 0
        self.header = Header()
        self.names: dict[str, int] = {}
        # A comment that begins its line belongs to what follows, one that does not to what stands before it.
        self.above: dict[int, tuple[str, int]] = {}
        self.beside: dict[int, str] = {}
        for t in self.all:
            if t.kind == "comment" and t.text.startswith("/* -----"):
                title, *text = prose(t.text).lstrip("-").strip().split("\n")
                title, colon, rest = title.partition(": ")
                self.header.sections.append(Section(title, "\n".join([rest, *text] if colon else text).strip(), t.line))
            if t.kind == "comment" and t.first:
                self.above[t.end] = (prose(t.text), t.line)
            elif t.kind == "comment":
                self.beside[t.line] = prose(t.text)

    # Tokens

    def fail(self, text: str, line: int | None = None) -> HeaderError:
        return HeaderError(self.file, self.peek().line if line is None else line, text)

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self, text: str = "", kind: str = "") -> Token:
        token = self.peek()
        if (text and token.text != text) or (kind and token.kind != kind):
            raise self.fail(f"expected {text or kind}, found {token.text or 'the end'!r}")
        self.at += 1
        return token

    def accept(self, text: str) -> bool:
        if self.peek().text == text:
            self.at += 1
            return True
        return False

    def name(self, what: str, pattern: str) -> Token:
        token = self.take(kind="word")
        if token.text in KEYWORDS:
            raise self.fail(f"{what} may not be called {token.text}: C or C++ has that word", token.line)
        if not re.fullmatch(pattern, token.text):
            raise self.fail(f"{what} {token.text!r} does not match {pattern}", token.line)
        return token

    def define(self, token: Token) -> str:
        if token.text in self.names:
            raise self.fail(f"{token.text} stands already on line {self.names[token.text]}", token.line)
        self.names[token.text] = token.line
        return token.text

    def doc(self, line: int) -> str:
        text, _ = self.above.get(line - 1, ("", 0))
        return "" if text.startswith("---") else text

    # The header

    def read(self) -> Header:
        first = next((t for t in self.all if t.kind == "comment"), None)
        self.header.manual = prose(first.text) if first else ""
        for token in self.all:
            if token.kind == "hash":
                self.directive(token)
        inside = 0  # extern "C" {
        while self.peek().kind != "end":
            start = self.peek()
            if inside and self.accept("}"):
                inside -= 1
            elif start.text == "extern":
                self.take(), self.take('"C"'), self.take("{")
                inside += 1
            elif start.text == "typedef":
                self.typedef()
            elif start.text == "enum":
                raise self.fail("an enum stands right after the integer typedef it belongs to")
            elif start.text == "SIPUA_API":
                self.function()
            else:
                raise self.fail(f"{start.text!r} is not part of the subset")
        self.header.lines = {name: self.names[name] for _, name in self.header.order}
        self.check()
        return self.header

    def directive(self, token: Token) -> None:
        if token.text in CONDITIONS:
            return
        found = re.match(r"#\s*(\w+)\s*(.*)", token.text, re.DOTALL)
        if not found or found[1] not in DIRECTIVES:
            raise self.fail(f"{token.text!r} is not part of the subset", token.line)
        if found[1] == "include" and found[2] != "<stdint.h>":
            raise self.fail(f"{found[2]} is not part of the subset: <stdint.h> is all it takes", token.line)
        if found[1] != "define":
            return
        version = re.fullmatch(r"SIPUA_VERSION_(MAJOR|MINOR|PATCH)\s+(\d+)", found[2])
        if version:
            place = ("MAJOR", "MINOR", "PATCH").index(version[1])
            parts = list(self.header.version)
            parts[place] = int(version[2])
            self.header.version = (parts[0], parts[1], parts[2])
            return
        init = re.fullmatch(r"SIPUA_(\w+)_INIT\s+\{sizeof\((\w+)\)\}", found[2])
        if init:
            if f"sipua_{init[1].lower()}" != init[2]:
                raise self.fail(f"SIPUA_{init[1]}_INIT is not of {init[2]}", token.line)
            self.names[f"SIPUA_{init[1]}_INIT"] = token.line
            return
        name = re.match(r"\w+", found[2])
        if not name or name[0] not in ANNOTATIONS | {"SIPUA_H", "SIPUA_API", PAD}:
            raise self.fail("a macro other than an annotation, a version or an _INIT is not part of the subset",
                            token.line)

    # typedef int32_t x; + enum, typedef struct x x; typedef struct x {...} x;

    def typedef(self) -> None:
        start = self.take("typedef")
        if self.peek().text == "struct":
            return self.struct(start)
        base = self.take(kind="word").text
        if base not in SCALARS:
            raise self.fail(f"a typedef of {base} is not part of the subset", start.line)
        name = self.name("a type", r"sipua_[a-z0-9_]+")
        self.define(name)
        self.take(";")
        doc = self.doc(start.line)
        if self.peek().text == "enum":
            if base not in ("int32_t", "uint32_t"):
                raise self.fail(f"an enum of {base}: int32_t for values, uint32_t for bits")
            self.header.enums.append(self.enum(Enum(name.text, base, doc, line=start.line)))
            self.header.order.append(("enum", name.text))
        else:
            self.header.integers[name.text] = base
            self.header.docs[name.text] = doc
            self.header.order.append(("integer", name.text))

    def enum(self, enum: Enum) -> Enum:
        self.take("enum")
        self.take("{")
        group = ""
        seen: dict[int, str] = {}
        while not self.accept("}"):
            token = self.name("a constant", r"SIPUA_[A-Z0-9_]+")
            group = self.doc(token.line) or group
            member = Enumerator(self.define(token), 0, group=group, line=token.line)
            while self.peek().text in ANNOTATIONS:
                self.annotate(member)
            if not self.accept("="):
                raise self.fail(f"{token.text} has no value: every constant states its own", token.line)
            member.value = int(self.take(kind="number").text)
            if not -(2**31) <= member.value < 2**31:
                raise self.fail(f"{token.text} does not fit an int of 32 bits", token.line)
            if member.value in seen:
                raise self.fail(f"{token.text} has the value of {seen[member.value]}", token.line)
            if enum.bits and (member.value <= 0 or member.value & (member.value - 1)):
                raise self.fail(f"{token.text} is not one bit", token.line)
            seen[member.value] = token.text
            enum.members.append(member)
            last = self.tokens[self.at - 1]
            if self.accept(","):
                last = self.tokens[self.at - 1]
            member.doc = self.beside.get(last.line, "") if token.line == last.line else ""
        self.take(";")
        if not enum.members:
            raise self.fail(f"{enum.name} is empty", enum.line)
        return enum

    def struct(self, start: Token) -> None:
        self.take("struct")
        tag = self.name("a struct", r"sipua_[a-z0-9_]+")
        if not self.accept("{"):
            self.take(tag.text)
            self.take(";")
            self.header.opaque.append(self.define(tag))
            self.header.order.append(("opaque", tag.text))
            return
        struct = Struct(tag.text, self.doc(start.line), line=start.line)
        while not self.accept("}"):
            line = self.peek().line
            if self.peek().text == PAD:
                self.pad(struct)
                continue
            kind = self.type(member=True)
            member = Member(kind, self.name("a member", r"[a-z][a-z0-9_]*").text, line=line)
            if struct.member(member.name):
                raise self.fail(f"{member.name} stands twice in {struct.name}", line)
            while self.peek().text in ANNOTATIONS:
                self.annotate(member)
            if self.peek().text in ("[", ":"):
                raise self.fail("arrays and bit-fields are not part of the subset")
            semicolon = self.take(";")
            member.doc = self.beside.get(semicolon.line, "") or self.doc(line)
            struct.members.append(member)
        self.take(tag.text)
        self.define(tag)
        self.take(";")
        self.header.structs.append(struct)
        self.header.order.append(("struct", tag.text))

    def pad(self, struct: Struct) -> None:
        """SIPUA_PAD_PTR(name), without a semicolon."""
        self.take(PAD), self.take("(")
        name = self.name("a pad", r"pad_[a-z0-9_]+")
        self.take(")")
        before = struct.members[-1] if struct.members else None
        if not before or "*" not in before.type or before.name in struct.pads.values():
            raise self.fail(f"{PAD} stands after a pointer", name.line)
        if name.text in struct.pads:
            raise self.fail(f"{name.text} stands twice in {struct.name}", name.line)
        struct.pads[name.text] = before.name

    # SIPUA_API type name(params);

    def function(self) -> None:
        start = self.take("SIPUA_API")
        returns = self.type(returns=True)
        name = self.name("a function", r"sipua_[a-z0-9_]+")
        function = Function(self.define(name), returns, line=start.line, doc=self.doc(start.line))
        last = self.header.functions[-1] if self.header.functions else None
        if not function.doc and last and self.end == start.line - 1:
            function.doc = last.doc  # neighbours share a comment
        self.take("(")
        if self.peek().text == ")":
            raise self.fail(f"{function.name}() takes anything in C: write (void)")
        if self.peek().text == "void" and self.peek(1).text == ")":
            self.take()
        while not self.accept(")"):
            function.params.append(self.param(function))
            if not self.accept(",") and self.peek().text != ")":
                raise self.fail(f"expected , or ) in {function.name}")
        while self.peek().text in ANNOTATIONS:
            self.annotate(function)
        self.end = self.take(";").line
        self.header.functions.append(function)
        self.header.order.append(("function", function.name))

    end = 0  # the line on which the last function ended

    def param(self, function: Function) -> Param:
        kind = self.type(param=True)
        if self.peek().text == "(":  # void (*cb)(void *arg), the one function pointer there may be
            self.take(), self.take("*")
            name = self.take(kind="word").text
            for text in (")", "(", "void", "*", "arg", ")"):
                self.take(text)
            if kind != "void":
                raise self.fail("a callback returns nothing", function.line)
            function.callback = True
            param = Param("void (*)(void *)", name)
        else:
            param = Param(kind, self.name("a parameter", r"[a-z][a-z0-9_]*").text)
        if param.name in {p.name for p in function.params}:
            raise self.fail(f"{param.name} stands twice in {function.name}")
        line = self.peek().line
        while self.peek().text in ANNOTATIONS:
            self.annotate(param)
        self.direction(param, line)
        return param

    def direction(self, param: Param, line: int) -> None:
        """Through which pointers the library writes stands beside them."""
        base, stars = param.type.removeprefix("const ").split(" ")[0], param.type.count("*")
        if not stars or param.type == "void (*)(void *)" or param.type == "void *":
            return
        written = stars == 2 or not (param.type.startswith("const ") or base in self.header.opaque)
        if written != (param.out or param.inout):
            raise self.fail(f"{param.name} " + ("is written through: say SIPUA_OUT or SIPUA_INOUT" if written
                                                else "cannot be written through"), line)

    def annotate(self, target: object) -> None:
        token = self.take(kind="word")
        key = {"SIPUA_OUT": "out", "SIPUA_INOUT": "inout", "SIPUA_NULLABLE": "nullable", "SIPUA_LEN": "length",
               "SIPUA_SINCE": "since", "SIPUA_FIELDS": "fields"}[token.text]
        if not hasattr(target, key):
            raise self.fail(f"{token.text} has no meaning here", token.line)
        value: object = True
        if key == "length":
            self.take("("), (value := self.take(kind="word").text), self.take(")")
        elif key == "since":
            self.take("(")
            value = self.take(kind="number").text
            self.take(",")
            value = f"{value}.{self.take(kind='number').text}"
            self.take(")")
        elif key == "fields":
            self.take("("), (value := self.take(kind="string").text[1:-1].split()), self.take(")")
        setattr(target, key, value)

    def type(self, *, member: bool = False, returns: bool = False, param: bool = False) -> str:
        """A type: words and stars, checked against the subset."""
        start = self.peek()
        const = self.accept("const")
        base = self.take(kind="word").text
        stars = ""
        while self.peek().text in ("*", "const"):
            stars += " const " if self.take().text == "const" else "*"
        known = base in SCALARS or base in self.names or base in POINTED
        if not known:
            raise self.fail(f"the type {base} is not part of the subset", start.line)
        callback = param and base == "void" and not stars and self.peek().text == "("
        if not stars and not callback and not (returns and base == "void"):
            if base in POINTED or base in self.header.opaque or any(s.name == base for s in self.header.structs):
                raise self.fail(f"{base} may only stand behind a pointer", start.line)
        if returns and stars.count("*") > 1:
            raise self.fail("a function returns a value or one pointer", start.line)
        if member and stars and not const:
            raise self.fail("a member points to const only: the library never writes through it", start.line)
        return f"{'const ' if const else ''}{base}{' ' if stars else ''}{stars}".replace("  ", " ").strip()

    # Rules over the whole

    def check(self) -> None:
        now = self.header.version[:2]
        dated = [*self.header.functions, *(m for s in self.header.structs for m in s.members),
                 *(m for e in self.header.enums for m in e.members)]
        for one in dated:
            if one.since and tuple(map(int, one.since.split("."))) > now:
                raise self.fail(f"{one.name} is of version {one.since}, this header of {now[0]}.{now[1]}", one.line)
        for struct in self.header.structs:
            self.check_struct(struct)
        for function in self.header.functions:
            names = {p.name for p in function.params}
            for param in function.params:
                if param.length and param.length not in names:
                    raise self.fail(f"SIPUA_LEN({param.length}): no such parameter", function.line)
        view = self.header.struct("sipua_event_view") if any(
            s.name == "sipua_event_view" for s in self.header.structs) else None
        for enum in self.header.enums:
            for member in enum.members:
                if enum.name == "sipua_event_type" and member.fields is None:
                    raise self.fail(f"{member.name} has no SIPUA_FIELDS", member.line)
                for field in member.fields or []:
                    if not view or not view.member(field):
                        raise self.fail(f"sipua_event_view has no member {field}", member.line)

    def check_struct(self, struct: Struct) -> None:
        if struct.name not in FROZEN:
            first = struct.members[0]
            if (first.type, first.name) != ("uint32_t", "struct_size"):
                raise self.fail(f"{struct.name} does not begin with uint32_t struct_size", struct.line)
            macro = f"SIPUA_{struct.name.removeprefix('sipua_').upper()}_INIT"
            for needed in (macro, f"{struct.name}_init"):
                if needed not in self.names:
                    raise self.fail(f"{struct.name} has no {needed}", struct.line)
        later = ""
        for member in struct.members:
            if member.length and not struct.member(member.length):
                raise self.fail(f"SIPUA_LEN({member.length}): no such member", member.line)
            if later and not member.since:
                raise self.fail(f"{member.name} follows {later}, which came later: it needs SIPUA_SINCE", member.line)
            later = member.name if member.since else later
        for machine in MACHINES:
            problem = lay(self.header, struct, machine).problem
            if problem:
                raise self.fail(f"{machine.name}: hidden padding {problem[1]}", problem[0])
        struct.out = any(p.inout and p.type == f"{struct.name} *" for f in self.header.functions for p in f.params)


def read(path: str, text: str) -> Header:
    """The header of that path and text. Raises HeaderError."""
    return Reader(text, path).read()
