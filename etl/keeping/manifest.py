"""What a backup says of itself: its manifest, sealed, the last file written; a folder without one is no backup."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

JOURNAL, MANIFEST = "journal.sqlite", "manifest.json"
MASKING_KEY, AUDIT_KEY = "masking.key", "audit.key"
KEYS = (MASKING_KEY, AUDIT_KEY)
DAMAGED = (
    "{path} 与清单不符（{found}），不能用来恢复；请检查磁盘，改用另一份备份"
    " / {path} is not what the manifest says ({found_en}): check the disk, and use another backup"
)

_GONE = (
    "缺少 {path}，没有清除它的记录；其余已照样备份；请从较早的备份把它放回原处，并报告审计员"
    " / {path} is gone and was never purged; the rest is backed up all the same: put it back from an earlier backup,"
    " and tell the auditor"
)
_TAMPERED = (
    "审计记录不可信：{zh}；数据已照样备份，供查证用；请原样保留数据目录和以前的各份备份，报告审计员"
    " / the audit does not hold: {en}; the data are backed up all the same, as evidence: keep the store and the earlier"
    " backups as they are, and tell the auditor"
)
_NAME = re.compile(r"(\d{8}-\d{6})-(\d+)")
_SEALED = re.compile(rb'(?P<told>.+),\n "seal": "(?P<seal>[0-9a-f]{64})"\n}\n', re.DOTALL)


class BackupError(Exception):
    """What is wrong with a backup, or with the store it is made of, and the way out, in both languages."""


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """One file of a backup: its path within it, its size in bytes and its sha256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds, and what was amiss with the store it was made of.

    ``absent`` are workbooks as received that were purged on their schedule before. ``missing`` are those, and
    attachments, that were gone without having been purged; ``audit_fault`` is where the audit was tampered with,
    in both languages. With either, a backup is better than none, and says so (``faults``).
    """

    made_at: str
    campaign: str | None
    simulated: bool | None
    migration: str
    counts: Mapping[str, int]
    absent: tuple[str, ...]
    missing: tuple[str, ...]
    audit_fault: str | None
    files: tuple[KeptFile, ...]

    @property
    def faults(self) -> list[str]:
        """What is amiss, a sentence each with what to do, in both languages."""
        found = [_GONE.format(path=path) for path in self.missing]
        if self.audit_fault is not None:
            zh, en = self.audit_fault.split(" / ", 1)
            found.append(_TAMPERED.format(zh=zh, en=en))
        return found


def kept_file(folder: Path, path: str) -> KeptFile:
    """A file of a folder as it is now. Raises FileNotFoundError."""
    with (folder / path).open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        return KeptFile(path=path, size=content.tell(), sha256=sha256)


def as_text(manifest: Manifest) -> str:
    """What a backup holds, in one line."""
    counts, files = manifest.counts, manifest.files
    megabytes = sum(file.size for file in files) / 1_000_000
    zh = f"{manifest.made_at}，报送{counts['submissions']}份，草稿{counts['drafts']}份，附件{counts['attachments']}个"
    zh += f"，审计{counts['acts']}条，文件{len(files)}个，{megabytes:.1f} MB"
    en = f"{counts['submissions']} submissions, {counts['acts']} acts, {len(files)} files"
    if manifest.absent:
        zh += f"；{len(manifest.absent)}个原件已按保留期限清除，不在其中"
        en += (
            f"; {len(manifest.absent)} workbooks as received were purged on their schedule and are not in it"
        )
    return f"{zh} / {en}"


def finished(folder: Path) -> list[Path]:
    """The backups in a folder of backups, the latest first."""
    return [path for path in reversed(_numbered(folder)) if _has_manifest(path)]


def unfinished(folder: Path) -> list[Path]:
    """Folders of backups that were begun and never finished, or are being made at this moment."""
    return [path for path in _numbered(folder) if not _has_manifest(path)]


def _has_manifest(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def _numbered(folder: Path) -> list[Path]:
    """Every folder named as backups are, in order of time."""
    found = {path: _NAME.fullmatch(path.name) for path in folder.iterdir() if path.is_dir()}
    named = [(name[1], int(name[2]), path) for path, name in found.items() if name]
    return [path for _, _, path in sorted(named)]


def sealed(manifest: Manifest) -> bytes:
    """A manifest as it is written, with its seal at the end."""
    told = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).removesuffix("\n}").encode()
    return told + f',\n "seal": "{hashlib.sha256(told).hexdigest()}"\n}}\n'.encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup, unaltered. Raises BackupError, also for a folder that is no backup."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BackupError(_no_backup(folder))
    content = path.read_bytes()
    parts = _SEALED.fullmatch(content)
    if parts is None or hashlib.sha256(parts["told"]).hexdigest().encode() != parts["seal"]:
        raise BackupError(DAMAGED.format(path=path, found="清单本身", found_en="the manifest itself"))
    told = json.loads(content)
    files = tuple(KeptFile(**file) for file in told.pop("files"))
    values = {name: told[name] for name in ("made_at", "campaign", "simulated", "migration", "counts")}
    amiss = {"missing": tuple(told.get("missing", ())), "audit_fault": told.get("audit_fault")}
    return Manifest(**values, **amiss, absent=tuple(told["absent"]), files=files)


def _no_backup(folder: Path) -> str:
    inside = finished(folder)[:1] if folder.is_dir() else []
    for latest in inside:
        return f"{folder} 里有多份备份，请指明一份，例如 {latest} / {folder} holds backups: name one, such as {latest}"
    return (
        f"{folder} 没有 {MANIFEST}，不是完整的备份（备份中途停止，或路径不对）；请改用另一份"
        f" / {folder} has no {MANIFEST}: the backup was never finished, or the path is wrong; use another"
    )
