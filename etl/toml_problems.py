"""What to say of a .toml file that is none, in both languages: the library's own words are English."""

from __future__ import annotations

import re
import tomllib

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")


def toml_problem(error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> tuple[str, str]:
    """Where the file is wrong, in Chinese and in English."""
    if isinstance(error, UnicodeDecodeError):
        return "编码不是 UTF-8，请另存为 UTF-8", "is not in UTF-8: save it as UTF-8"
    found = _PLACE.search(str(error))
    where = f"第{found[1]}行第{found[2]}列" if found else "文件末尾"
    return f"不是有效的 TOML：{where}写法有误", f"not valid TOML: {error}"
