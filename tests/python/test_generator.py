"""The generator: what it reads, what it refuses, and that the committed files are what the header says."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "abi" / "gen"))

from model import HeaderError  # noqa: E402
from outputs import parity  # noqa: E402
from reader import read  # noqa: E402
from tables import add_tables  # noqa: E402

HEADER = (ROOT / "abi/include/sipua/sipua.h").read_text(encoding="utf-8")


def refused(text: str) -> str:
    with pytest.raises(HeaderError) as caught:
        read("sipua.h", text)
    return str(caught.value)


def test_committed_files_are_what_the_header_says() -> None:
    done = subprocess.run([sys.executable, ROOT / "abi/gen/generate", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_check_fails_on_a_stale_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "abi/include/sipua").mkdir(parents=True)
    (tmp_path / "abi/include/sipua/sipua.h").write_text(HEADER, encoding="utf-8")
    generate = [sys.executable, ROOT / "abi/gen/generate", "--root", tmp_path]
    assert subprocess.run(generate, capture_output=True).returncode == 0
    (tmp_path / "abi/generated/sipua.map").write_text("old", encoding="utf-8")
    done = subprocess.run([*generate, "--check"], capture_output=True, text=True)
    assert done.returncode == 1 and "sipua.map" in done.stderr


def test_one_command_takes_a_new_function_and_a_new_member_to_every_language(tmp_path: pathlib.Path) -> None:
    text = HEADER.replace("} sipua_reply;", "    int32_t retry_after SIPUA_SINCE(0, 2); /* seconds */\n"
                        "    int32_t reserved3 SIPUA_SINCE(0, 2);\n} sipua_reply;")
    play = "SIPUA_API int32_t sipua_player_stop("
    text = text.replace(play, "/* Rings. */\nSIPUA_API int32_t sipua_call_bell(sipua_agent *agent, sipua_id call, const char *tune, "
                        "uint64_t *bell SIPUA_OUT) SIPUA_SINCE(0, 2);\n" + play)
    for folder in ("abi", "bindings", "docs", "libsipua"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "build"))
    shutil.copy(ROOT / "README.md", tmp_path)
    (tmp_path / "abi/include/sipua/sipua.h").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, tmp_path / "abi/gen/generate"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for file in ("abi/generated/sipua.map", "abi/generated/sipua/older.h", "bindings/python/cdef/sipua.cdef", "bindings/python/src/sipua/_sipua.pyi",
                 "bindings/lua/generated/sipua_wrap.c", "bindings/lua/library/sipua.lua", "bindings/lua/sipua/ffi.lua",
                 "bindings/node/generated/sipua_wrap.cxx", "bindings/node/generated/raw.d.ts", "docs/reference.md", "README.md"):
        assert "call_bell" in (tmp_path / file).read_text(encoding="utf-8"), file
    for file in ("abi/generated/layout-armv7.txt", "bindings/python/cdef/sipua.cdef", "bindings/lua/generated/structs.h",
                 "bindings/lua/sipua/ffi.lua", "bindings/node/generated/sipua_wrap.cxx", "docs/reference.md"):
        assert "retry_after" in (tmp_path / file).read_text(encoding="utf-8"), file


def test_everything_in_the_header_is_read() -> None:
    header = read("sipua.h", HEADER)
    declared = set(re.findall(r"^SIPUA_API [^(;]*?(sipua_\w+)\(", HEADER, re.MULTILINE))
    assert {f.name for f in header.functions} == declared
    constants = set(re.findall(r"^\s+(SIPUA_\w+)[^=\n]*= -?\d+", HEADER, re.MULTILINE))
    known = {m.name for e in header.enums for m in e.members}
    assert constants <= known
    assert header.version == (0, 2, 0)
    assert "struct_size" in header.manual


def test_annotations_and_comments_arrive() -> None:
    header = read("sipua.h", HEADER)
    create = next(f for f in header.functions if f.name == "sipua_agent_create")
    assert create.params[0].nullable and create.params[1].out
    assert "SIPUA_E_ADDRESS" in create.doc
    shared = {f.name: f.doc for f in header.functions}
    assert shared["sipua_error_text"] == shared["sipua_error_name"] != ""
    config = header.struct("sipua_agent_config")
    listen = config.member("listen")
    assert listen and listen.length == "listen_count" and "udp:HOST:PORT" in listen.doc
    ended = next(e for e in header.events() if e.name == "call_ended")
    assert ended.terminal and ended.flags == ["ESTABLISHED"] and "cause" in ended.fields
    assert header.struct("sipua_call_stats").out and not config.out


def test_every_public_function_is_in_the_version_map() -> None:
    text = (ROOT / "abi/generated/sipua.map").read_text(encoding="utf-8")
    for function in read("sipua.h", HEADER).functions:
        assert f" {function.name};" in text
    assert "local:" in text


def test_the_reference_page_names_everything() -> None:
    page = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    header = read("sipua.h", HEADER)
    add_tables(header, ROOT)
    for function in header.functions:
        assert re.search(rf"^### .*\b{function.name}\b", page, re.MULTILINE), function.name
    for name in [*(m.name for e in header.enums for m in e.members), *(o.key for o in header.options)]:
        assert f"| `{name}` |" in page, name
    for struct in header.structs:
        assert all(f"| `{m.name}` | `{m.type}` |" in page for m in struct.members)


def test_every_function_is_fuzzed() -> None:
    fuzz = "".join((ROOT / "tests/fuzz" / name).read_text(encoding="utf-8") for name in ("abi_fuzz.c", "abi_controls.h"))
    for name in (f.name for f in read("sipua.h", HEADER).functions):
        assert f"{name}(" in fuzz or re.search(rf"INIT\(\d+, {name.removesuffix('_init')}\)", fuzz), name


def test_every_function_has_a_name_in_every_language() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {cells[1].strip(" `"): cells[2:-1] for line in readme.splitlines() if (cells := line.split("|"))[1:]}
    for function in read("sipua.h", HEADER).functions:
        assert len(rows[function.name]) == 3 and all(cell.strip() for cell in rows[function.name]), function.name


def test_a_name_that_a_binding_has_not_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    shutil.copytree(ROOT / "bindings/lua", tmp_path / "bindings/lua")
    monkeypatch.setattr(parity, "ROOT", tmp_path)
    file = tmp_path / "bindings/lua/parity.toml"
    text, header = file.read_text(encoding="utf-8"), read("sipua.h", HEADER)
    line = text.split("\n").index('sipua_call_ring = "call:ring()"') + 1
    for old, new, says in [
        ("call:ring()", "call:tinkle()", f"{line}: bindings/lua/sipua has no tinkle"),
        ("sipua_call_ring", "sipua_call_rang", f"{line}: sipua.h has no sipua_call_rang"),
    ]:
        file.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(HeaderError, match=re.escape(f"bindings/lua/parity.toml:{says}")):
            parity.Language("lua", header)


def test_a_version_that_is_not_yet_is_refused() -> None:
    assert "sipua_f is of version 9.1, this header of 0.0" in refused("SIPUA_API int32_t sipua_f(void) SIPUA_SINCE(9, 1);\n")


def test_the_binding_gets_no_callback() -> None:
    assert "(*" not in (ROOT / "bindings/python/cdef/sipua.cdef").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("typedef struct sipua_x { uint32_t a; } sipua_x;\n", "does not begin with uint32_t struct_size"),
        ("\n\ntypedef bool sipua_b;\n", "sipua.h:3: a typedef of bool"),
        ("SIPUA_API long sipua_f(void);\n", "the type long is not part of the subset"),
        ("SIPUA_API int32_t sipua_f(char c);\n", "char may only stand behind a pointer"),
        ("SIPUA_API int32_t sipua_f(int32_t a[2]);\n", "expected , or )"),
        ("SIPUA_API int32_t sipua_f(const char *p SIPUA_LEN(n));\n", "SIPUA_LEN(n): no such parameter"),
        ("SIPUA_API int32_t sipua_f(void);\nSIPUA_API int32_t sipua_f(void);\n", "stands already on line 1"),
        ("int32_t sipua_f(void);\n", "sipua.h:1: 'int32_t' is not part of the subset"),
        ("union u { int32_t a; };\n", "'union' is not part of the subset"),
        ("#define SIPUA_TWICE(x) ((x) * 2)\n", "a macro other than"),
        ("#pragma once\n", "is not part of the subset"),
        ("// a comment\n", "// comments are not part of the subset"),
        ("enum { SIPUA_A = 1 };\n", "an enum stands right after"),
        ("typedef int32_t sipua_e;\nenum { SIPUA_A = 1, SIPUA_B };\n", "SIPUA_B has no value"),
        ("typedef int32_t sipua_e;\nenum { SIPUA_A = 1, SIPUA_B = 1 };\n", "has the value of SIPUA_A"),
        ("typedef uint32_t sipua_e;\nenum { SIPUA_A = 3 };\n", "is not one bit"),
        ("typedef struct sipua_x { uint32_t struct_size; int32_t a[3]; } sipua_x;\n", "arrays and bit-fields"),
        ("typedef struct sipua_x { uint32_t struct_size; int32_t a; char *p; } sipua_x;\n", "points to const only"),
        ("SIPUA_API int32_t sipua_f(const char *format, ...);\n", "sipua.h:1: unexpected '.'"),
        ("SIPUA_API int32_t sipua_f();\n", "sipua_f() takes anything in C: write (void)"),
        ("SIPUA_API int32_t sipua_f(int32_t);\n", "expected word, found ')'"),
        ("SIPUA_API int32_t sipua_f(int32_t class);\n", "a parameter may not be called class"),
        ("SIPUA_API int32_t sipua_f(int32_t a, int32_t a);\n", "a stands twice in sipua_f"),
        ("SIPUA_API int32_t sipua_f(int32_t (*cb)(void *arg));\n", "a callback returns nothing"),
        ("SIPUA_API int32_t sipua_f(void (*cb)(int32_t n));\n", "expected void, found 'int32_t'"),
        ("SIPUA_API int32_t sipua_f(int32_t *p);\n", "p is written through: say SIPUA_OUT or SIPUA_INOUT"),
        ("SIPUA_API int32_t sipua_f(const char *p SIPUA_OUT);\n", "p cannot be written through"),
        ("SIPUA_API const char **sipua_f(void);\n", "a function returns a value or one pointer"),
        ("SIPUA_API int32_t other_f(void);\n", "does not match sipua_"),
        ("SIPUA_API int32_t sipua_all;\n", "expected (, found ';'"),
        ("static inline int32_t sipua_f(void) { return 0; }\n", "'static' is not part of the subset"),
        ("typedef struct sipua_pair { const char *a; const char *b; } sipua_pair;\nSIPUA_API sipua_pair sipua_f(void);\n",
         "sipua.h:2: sipua_pair may only stand behind a pointer"),
        ("typedef struct sipua_pair { const char *a; const char *b; } sipua_pair;\n"
         "typedef struct sipua_x { uint32_t struct_size; int32_t a;\nsipua_pair pair; } sipua_x;\n",
         "sipua.h:3: sipua_pair may only stand behind a pointer"),
        ("typedef struct sipua_x { uint32_t struct_size; bool a; } sipua_x;\n", "the type bool is not part of the subset"),
        ("typedef struct sipua_x { uint32_t struct_size; size_t a; } sipua_x;\n", "the type size_t is not part of the subset"),
        ("typedef struct sipua_x { uint32_t struct_size; int32_t a : 3; } sipua_x;\n", "unexpected ':'"),
        ("typedef struct sipua_x { uint32_t struct_size; union { int32_t a; } u; } sipua_x;\n", "the type union is not part"),
        ("typedef struct sipua_x { uint32_t struct_size; void (*cb)(void *); } sipua_x;\n", "void may only stand behind"),
        ("typedef struct sipua_x { uint32_t struct_size; int32_t a, b; } sipua_x;\n", "expected ;, found ','"),
        ("typedef void (*sipua_cb)(void *);\n", "a typedef of void is not part of the subset"),
        ("typedef int32_t sipua_e;\nenum { SIPUA_A = 1 << 3 };\n", "sipua.h:2: unexpected '<'"),
        ("typedef int32_t sipua_e;\nenum { SIPUA_A = 3000000000 };\n", "SIPUA_A does not fit an int of 32 bits"),
        ("typedef int64_t sipua_e;\nenum { SIPUA_A = 1 };\n", "an enum of int64_t"),
        ("#include <stdbool.h>\n", "<stdbool.h> is not part of the subset"),
        ("#if 1\n#endif\n", "'#if 1' is not part of the subset"),
        ("}\n", "'}' is not part of the subset"),
        ("SIPUA_API int32_t sipua_f(int32_t a", "expected , or ) in sipua_f"),
    ],
)
def test_what_leaves_the_subset_is_refused(text: str, says: str) -> None:
    said = refused(text)
    assert says in said and re.match(r"sipua\.h:\d+: ", said)


def test_hidden_padding_is_refused() -> None:
    tail = "#define SIPUA_X_INIT {sizeof(sipua_x)}\nSIPUA_API void sipua_x_init(sipua_x *p SIPUA_OUT, uint32_t size);\n"
    body = "typedef struct sipua_x { uint32_t struct_size; uint64_t a; } sipua_x;\n"
    assert "hidden padding before a" in refused(body + tail)
    body = "typedef struct sipua_x { uint32_t struct_size; int32_t a; int32_t b; } sipua_x;\n"
    assert "hidden padding at the end" in refused(body + tail)


def test_padding_on_a_machine_with_small_pointers_is_refused() -> None:
    tail = "#define SIPUA_X_INIT {sizeof(sipua_x)}\nSIPUA_API void sipua_x_init(sipua_x *p SIPUA_OUT, uint32_t size);\n"
    odd = "typedef struct sipua_x {\nuint32_t struct_size;\nint32_t a;\nconst char *p;\n%suint64_t b;\n} sipua_x;\n"
    assert refused(odd % "" + tail).startswith("sipua.h:5: armv7: hidden padding before b")
    struct = read("sipua.h", odd % "SIPUA_PAD_PTR(pad_p)\n" + tail).struct("sipua_x")
    assert struct.pads == {"pad_p": "p"} and not struct.member("pad_p")
    assert "SIPUA_PAD_PTR stands after a pointer" in refused(odd.replace("const char *p;\n%s", "%sint32_t p;") % "SIPUA_PAD_PTR(pad_p)" + tail)


def test_a_member_of_a_later_version_comes_last() -> None:
    tail = "#define SIPUA_X_INIT {sizeof(sipua_x)}\nSIPUA_API void sipua_x_init(sipua_x *p SIPUA_OUT, uint32_t size);\n"
    body = "#define SIPUA_VERSION_MINOR 2\n"
    body += "typedef struct sipua_x { uint32_t struct_size; int32_t a SIPUA_SINCE(0, 2); %s } sipua_x;\n"
    assert "b follows a, which came later" in refused(body % "int32_t b; int32_t c;" + tail)
    assert read("sipua.h", body % "" + tail).struct("sipua_x").first.name == "struct_size"
