"""What was kept of each released version (make_fixture.py), as tests find it: its folders, and what was found in them."""
import base64
import hashlib
import json
import lzma
import pathlib
import shutil
import tarfile

import nacl.signing

HERE = pathlib.Path(__file__).parent
LOG_NAME = "sanling/fixture"


def versions():
    return sorted(path.name.removesuffix(".tar.xz") for path in HERE.glob("*.tar.xz"))


def write_log_key(path):
    """The key of every fixture's log: of a number that everybody may compute, so that it is kept nowhere."""
    seed = hashlib.sha256(b"the log of a fixture").digest()
    public = b"\x01" + bytes(nacl.signing.SigningKey(seed).verify_key)
    number = hashlib.sha256(LOG_NAME.encode() + b"\n" + public).digest()[:4].hex()
    path.write_text(f"PRIVATE+KEY+{LOG_NAME}+{number}+{base64.b64encode(public[:1] + seed).decode()}\n")
    path.chmod(0o600)


class Fixture:
    def __init__(self, version):
        self.version = version
        self.expected = json.loads((HERE / f"{version}.json").read_text())

    def lay(self, county):
        """Its folders as the county's own: the hub's data, with the key, and the safety office's state."""
        with tarfile.open(HERE / f"{self.version}.tar.xz") as archive:
            archive.extractall(county.folder / "old")  # our own
        shutil.move(county.folder / "old/hub", county.data)
        (county.folder / "state").mkdir(exist_ok=True)
        shutil.move(county.folder / "old/state", county.folder / "state/safety")
        write_log_key(county.data / "log.key")

    def conversations(self):
        return json.loads(lzma.decompress((HERE / f"{self.version}.conversations.xz").read_bytes()))


def content(folder):
    """Name and bytes of every file, to see whether anything was changed."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
