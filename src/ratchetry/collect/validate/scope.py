"""Which files each check leaves alone: what is meant to be broken, or follows other rules than it looks."""

from __future__ import annotations

import re
from typing import Final

_TEST_DIRECTORY: Final = re.compile(
    r"(?:^|.*[-_.])tests?(?:[-_.].*)?$|testing$|test_?data$|testcases?$|(?:__)?fixtures?(?:__)?$|(?:__)?snapshots?(?:__)?$",
    re.IGNORECASE,
)

_TEMPLATE_DIRECTORY: Final = re.compile(r".*(?:\{\{|\{%|cookiecutter)|(?:.*[-_.])?templates?$", re.IGNORECASE)

_TEMPLATE_TEXT: Final = re.compile(rb"(?<!\$)\{\{|\{%")

_LFS_POINTER: Final = b"version https://git-lfs.github.com/spec/v1\n"

# https://github.com/github-linguist/linguist/blob/main/lib/linguist/languages.yml, "JSON with Comments", and
# files whose tools document that they read comments.
_JSON_WITH_COMMENTS: Final = re.compile(
    r"(?:.*/)?(?:\.vscode|\.devcontainer|\.zed|\.sublime[^/]*)/.*"
    r"|(?:.*/)?(?:[tj]sconfig[^/]*|\.?devcontainer|\.eslintrc|\.babelrc|babel\.config|\.jscsrc|\.jshintrc|\.jslintrc"
    r"|\.swcrc|\.oxlintrc|api-extractor[^/]*|language-configuration|tslint|tsdoc|typedoc|pyrightconfig"
    r"|\.markdownlint[^/]*|\.?cspell|deno|turbo|biome|wrangler|renovate|\.renovaterc|rush|nx|dprint|\.dprint)\.json",
    re.IGNORECASE,
)

_BINARY_SUFFIXES: Final = frozenset(
    [
        ".7z",
        ".a",
        ".avif",
        ".bin",
        ".bmp",
        ".bz2",
        ".class",
        ".dat",
        ".db",
        ".dll",
        ".doc",
        ".docx",
        ".dylib",
        ".egg",
        ".eot",
        ".exe",
        ".flac",
        ".gif",
        ".gz",
        ".h5",
        ".hdf5",
        ".ico",
        ".icns",
        ".jar",
        ".jpeg",
        ".jpg",
        ".lz4",
        ".mo",
        ".mov",
        ".mp3",
        ".mp4",
        ".nc",
        ".npy",
        ".npz",
        ".o",
        ".obj",
        ".odt",
        ".ogg",
        ".onnx",
        ".otf",
        ".parquet",
        ".pdf",
        ".pickle",
        ".pkl",
        ".png",
        ".ppt",
        ".pptx",
        ".pt",
        ".pth",
        ".pyc",
        ".pyd",
        ".rar",
        ".safetensors",
        ".so",
        ".sqlite",
        ".sqlite3",
        ".tar",
        ".tgz",
        ".tif",
        ".tiff",
        ".ttf",
        ".wasm",
        ".wav",
        ".webm",
        ".webp",
        ".whl",
        ".woff",
        ".woff2",
        ".xls",
        ".xlsx",
        ".xz",
        ".zip",
        ".zst",
    ]
)


def suffix(path: str) -> str:
    """Return the suffix of a path in lower case, such as ".md"; empty when its name has none."""
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def is_test_data(path: str) -> bool:
    """Tell whether a file lies in a directory for tests, where files may be broken on purpose."""
    return any(_TEST_DIRECTORY.match(name) is not None for name in path.split("/")[:-1])


def is_template(path: str) -> bool:
    """Tell whether a file lies in a directory of templates: its text is completed elsewhere."""
    return any(_TEMPLATE_DIRECTORY.match(name) is not None for name in path.split("/")[:-1]) or "{{" in path


def has_template_text(data: bytes) -> bool:
    """Tell whether a text holds Jinja or cookiecutter expressions (GitHub's `${{ … }}` are none)."""
    return _TEMPLATE_TEXT.search(data) is not None


def is_large_file_pointer(data: bytes) -> bool:
    """Tell whether a file stands for another one that Git LFS has not fetched."""
    return data.startswith(_LFS_POINTER)


def may_have_comments(path: str) -> bool:
    """Tell whether a .json file is read by tools that allow comments and trailing commas in it."""
    return _JSON_WITH_COMMENTS.fullmatch(path) is not None


def is_binary_name(path: str) -> bool:
    """Tell whether a file's suffix is one of binary formats."""
    return suffix(path) in _BINARY_SUFFIXES


def is_binary(data: bytes) -> bool:
    """Tell whether data is binary by git's rule: a NUL among its first 8000 bytes."""
    return b"\0" in data[:8000]
