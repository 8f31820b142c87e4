"""Room on the disk: it is everybody's, and the journal's first."""

from __future__ import annotations

import shutil

from dashboard.access.doors import Doors
from dashboard.services.reporting import NotReadyError

RESERVED = 1024**3
"""Bytes no upload may take: 设定值. Journal and builds go on where files are refused."""


def require_room(here: Doors) -> None:
    """Raise NotReadyError where the store's disk has no room for a file to spare."""
    here.store.folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(here.store.folder).free < RESERVED:
        raise NotReadyError(
            "服务器磁盘快满，暂不能接收文件；请联系省厅管理员"
            " / the server's disk is nearly full and takes no files: ask the province's administrator"
        )
