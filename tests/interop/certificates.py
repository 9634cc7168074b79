"""Certificates for the tests, made with the openssl command: an authority, good ones, and one of each bad kind."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

CONFIG = """
[ca]
default_ca = own
[own]
dir = {folder}
database = {folder}/index.txt
new_certs_dir = {folder}/issued
serial = {folder}/serial
crlnumber = {folder}/crlnumber
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and of its key."""

    cert: str
    key: str


def openssl(*arguments: str) -> bytes:
    done = subprocess.run(["openssl", *arguments], capture_output=True, timeout=60)
    assert done.returncode == 0, f"openssl {' '.join(arguments)}:\n{done.stderr.decode(errors='replace')}"
    return done.stdout


class Authority:
    """An issuer with a folder of its own."""

    def __init__(self, folder: Path, name: str = "sipua test authority") -> None:
        self.folder = folder
        (folder / "issued").mkdir(parents=True)
        self.config = folder / "openssl.cnf"
        self.config.write_text(CONFIG.format(folder=folder))
        (folder / "index.txt").touch()
        (folder / "serial").write_text("1000\n")
        (folder / "crlnumber").write_text("1000\n")
        self.cert = str(folder / "ca.pem")
        openssl("req", "-x509", "-config", str(self.config), "-extensions", "authority", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-days", "30", "-keyout",
                str(folder / "ca.key"), "-out", self.cert)

    def issue(self, label: str, san: str, *, usage: str = "serverAuth,clientAuth", digest: str = "sha256",
              start: str = "", end: str = "") -> Pair:
        """`san` as openssl writes it: "DNS:one.test,IP:127.0.0.1"; times as YYYYMMDDHHMMSSZ."""
        pair = Pair(str(self.folder / f"{label}.pem"), str(self.folder / f"{label}.key"))
        request, extensions = self.folder / f"{label}.csr", self.folder / f"{label}.ext"
        extensions.write_text(f"basicConstraints=CA:FALSE\nsubjectAltName={san}\nextendedKeyUsage={usage}\n"
                              "keyUsage=digitalSignature\n")
        openssl("req", "-new", "-config", str(self.config), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-subj", f"/CN={label}", "-keyout", pair.key, "-out", str(request))
        times = [*(["-startdate", start] if start else []), *(["-enddate", end] if end else [])]
        openssl("ca", "-batch", "-notext", "-config", str(self.config), "-md", digest, "-extfile", str(extensions), *times,
                "-in", str(request), "-out", pair.cert)
        return pair

    def revoke(self, pair: Pair) -> None:
        openssl("ca", "-config", str(self.config), "-revoke", pair.cert)

    def revocations(self) -> str:
        """The file of what is revoked so far."""
        path = str(self.folder / "crl.pem")
        openssl("ca", "-config", str(self.config), "-gencrl", "-out", path)
        return path


HERE = "DNS:localhost,DNS:sip.test,URI:sip:sip.test,IP:127.0.0.1,IP:::1,IP:192.0.2.1,IP:fd00:2::1"


class Certificates:
    """What most tests want, each made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder / "authority")
        self.ca = self.authority.cert
        self._made: dict[str, Pair] = {}

    def _make(self, label: str, **settings: str) -> Pair:
        if label not in self._made:
            self._made[label] = self.authority.issue(label, **{"san": HERE, **settings})
        return self._made[label]

    @property
    def good(self) -> Pair:
        return self._make("good")

    @property
    def client(self) -> Pair:
        return self._make("client", san="URI:sip:alice@sip.test", usage="clientAuth")

    @property
    def expired(self) -> Pair:
        return self._make("expired", start="20200101000000Z", end="20210101000000Z")

    @property
    def not_yet(self) -> Pair:
        return self._make("not-yet", start="20480101000000Z", end="20490101000000Z")

    @property
    def wrong_name(self) -> Pair:
        return self._make("wrong-name", san="DNS:other.test,DNS:*.other.test,IP:192.0.2.77")

    @property
    def sha1(self) -> Pair:
        return self._make("sha1", digest="sha1")

    @property
    def wrong_usage(self) -> Pair:
        return self._make("wrong-usage", usage="clientAuth")

    @property
    def revoked(self) -> Pair:
        if "revoked" not in self._made:
            self.authority.revoke(self._make("revoked"))
        return self._made["revoked"]

    @property
    def unknown(self) -> Pair:
        """Good, but of an issuer whom nobody has heard of."""
        if "unknown" not in self._made:
            self._made["unknown"] = Authority(self.folder / "stranger", "a stranger").issue("unknown", HERE)
        return self._made["unknown"]

    @property
    def self_signed(self) -> Pair:
        if "self" not in self._made:
            pair = Pair(str(self.folder / "self.pem"), str(self.folder / "self.key"))
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=self",
                    "-addext", f"subjectAltName={HERE}", "-days", "30", "-keyout", pair.key, "-out", pair.cert)
            self._made["self"] = pair
        return self._made["self"]
