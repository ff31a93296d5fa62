"""What editors call files: URIs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

_DRIVE = re.compile(r"/[A-Za-z]:")


def split(uri: str) -> SplitResult:
    """The parts of a URI; none of what is not a proper one, as others in the editor may make."""
    try:
        return urlsplit(uri)
    except ValueError:
        return urlsplit("")


def path_of(uri: str) -> str:
    """The absolute path of a file, with `/`; "" for what is no file."""
    scheme, host, path, _, _ = split(uri)
    if scheme != "file":
        return ""
    path = unquote(path)
    if host not in ("", "localhost"):
        path = f"//{host}{path}"
    elif os.name == "nt" and _DRIVE.match(path):
        path = path[1:]
    return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100  links stay links


def uri_of(path: str) -> str:
    """The URI of a file at an absolute path."""
    return Path(path).as_uri()
