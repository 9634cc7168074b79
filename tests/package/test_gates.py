"""What ci/package refuses: a binary that needs more than the C library, a newer one than promised, or names no licence."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ci" / "packaging"))

import binary  # noqa: E402
import licenses  # noqa: E402

OLDEST = (2, 28)


@pytest.fixture(scope="module")
def deps() -> pathlib.Path:
    done = subprocess.run([ROOT / "ci/deps"], check=True, text=True, stdout=subprocess.PIPE)
    return pathlib.Path(done.stdout.strip())


def link(folder: pathlib.Path, code: str, *flags: str) -> pathlib.Path:
    (folder / "one.c").write_text(code, encoding="utf-8")
    command = ["gcc", "-shared", "-fPIC", "-o", folder / "one.so", folder / "one.c", f"-Wl,-Map={folder}/one.map", *flags]
    subprocess.run(command, check=True)
    return folder / "one.so"


def refused(what: pathlib.Path, host: str = "^$", entries: str = "^entry$") -> str:
    with pytest.raises(binary.Refused) as caught:
        binary.check(what, host, entries, OLDEST)
    return str(caught.value)


def test_a_shared_library_that_is_not_inside(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    made = link(tmp_path, "int opus_get_version_string(void); int entry(void) { return opus_get_version_string(); }",
                f"-L{deps}/glibc", "-lopus")
    assert "needs libopus.so.0" in refused(made)


def test_a_library_path_of_the_machine_that_built_it(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    made = link(tmp_path, "int entry(void) { return 0; }", f"-L{deps}/glibc", "-Wl,-rpath,/opt/here")
    assert "library path" in refused(made)


def test_a_newer_c_library_than_promised(tmp_path: pathlib.Path) -> None:
    code = "#include <sys/stat.h>\nint entry(void) { struct stat s; return stat(\"/\", &s); }"
    assert "stat@GLIBC_2.33" in refused(link(tmp_path, code))


def test_the_same_program_linked_for_packages_is_taken(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    code = "#include <sys/stat.h>\nint entry(void) { struct stat s; return stat(\"/\", &s); }"
    made = link(tmp_path, code, f"-L{deps}/glibc", "-Wl,-z,defs")
    binary.check(made, "^$", "^entry$", OLDEST)
    assert binary.glibc(made) < (2, 5)


def test_an_exception_of_c_plus_plus_is_caught(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    code = "#include <string>\n#include <stdexcept>\nextern \"C\" __attribute__((visibility(\"default\"))) int entry(int n) {\n" \
        "try { if (n) throw std::runtime_error(std::string(50, 'x')); } catch (const std::exception &e) { return 7; }\n" \
        "return 0; }"
    (tmp_path / "two.cc").write_text(code, encoding="utf-8")
    hidden = ("-static-libstdc++", "-static-libgcc", "-Wl,--exclude-libs,ALL", "-fvisibility=hidden",
              '-fvisibility-inlines-hidden')
    made = tmp_path / "two.so"
    subprocess.run(["g++", "-shared", "-fPIC", "-o", made, tmp_path / "two.cc", f"-L{deps}/glibc", "-Wl,-z,defs", *hidden],
                   check=True)
    assert binary.needed(made) and not any("stdc++" in name or "gcc" in name for name in binary.needed(made))
    assert binary.glibc(made) <= OLDEST
    done = subprocess.run([sys.executable, "-c", f"import ctypes; print(ctypes.CDLL({str(made)!r}).entry(1))"], capture_output=True, text=True)
    assert done.stdout.strip() == "7", done.stderr


def test_what_came_after_the_promised_c_library_does_not_link(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        link(tmp_path, "#define _GNU_SOURCE\n#include <unistd.h>\nint entry(void) { return close_range(3, 4, 0); }", f"-L{deps}/glibc", "-Wl,-z,defs")


def test_a_symbol_that_nobody_provides(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    made = link(tmp_path, "int missing(void); int PyThing(void); int entry(void) { return missing() + PyThing(); }",
                f"-L{deps}/glibc")
    assert refused(made, host="^Py").endswith("nobody provides: missing")


def test_inner_names_that_others_could_see(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    made = link(tmp_path, "int entry(void) { return 0; } int SSL_new(void) { return 0; }", f"-L{deps}/glibc")
    assert "shows what is inside to others: SSL_new" in refused(made)


def test_a_linked_library_without_an_entry(tmp_path: pathlib.Path, deps: pathlib.Path) -> None:
    (tmp_path / "other.c").write_text("int other(void) { return 1; }", encoding="utf-8")
    subprocess.run(["gcc", "-fPIC", "-c", "-o", tmp_path / "other.o", tmp_path / "other.c"], check=True)
    subprocess.run(["ar", "rcs", tmp_path / "libother.a", tmp_path / "other.o"], check=True)
    code = "int other(void); const char *opus_get_version_string(void);\n" \
        "int entry(void) { return other() + *opus_get_version_string(); }"
    link(tmp_path, code, f"-L{deps}/glibc", str(tmp_path / "libother.a"), f"{deps}/lib/libopus.a", "-lm")
    linked = binary.archives(tmp_path / "one.map")
    assert linked == {"libother.a", "libopus.a"}
    with pytest.raises(binary.Refused, match="without an entry in THIRD_PARTY_LICENSES: libother.a"):
        licenses.text(deps, linked)
    text = licenses.text(deps, {"libopus.a"})
    assert "Jean-Marc Valin" in text and "Redistribution and use" in text and "OpenSSL" not in text


def test_every_library_that_packages_may_link_has_its_licence(deps: pathlib.Path) -> None:
    all_of_them = {line.split("\t")[0] for line in (deps / "linked.tsv").read_text(encoding="utf-8").splitlines()}
    text = licenses.text(deps, all_of_them)
    for words in ("Apache License", "Niels Provos", "Massachusetts Institute of Technology", "Xiph.org Foundation"):
        assert words in text
    assert "GPL" not in text and "GNU " not in text
