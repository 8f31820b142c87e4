"""Who is signed in, and the way out; for a visitor on simulated data, the choice of a role to look around in."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dashboard.access.permissions import ROLES
from dashboard.access.principal import Principal
from dashboard.components import block
from dashboard.i18n import deferred, listed, t

ROLE_TITLES = {
    "viewer": deferred("领导"),
    "analyst": deferred("分析人员"),
    "liaison": deferred("联络员"),
    "reviewer": deferred("审核人员"),
    "admin": deferred("系统管理员"),
    "auditor": deferred("审计员"),
}


def show(principal: Principal, names: Mapping[str, str], *, simulated: bool = False) -> None:
    """The line over every page: simulated figures are never shown without saying so. ``names``: reporting units."""
    said = t("模拟数据：本页数字由演示程序生成，不是任何单位的真实情况。") if simulated else ""
    content = _visitor(principal, names) if principal.visiting else _signed_in(principal, names)
    block.show(
        f'<div class="over{" sim" if simulated else ""}"><span role="note">{escape(said)}</span>'
        f'<div class="person">{content}</div></div>',
        key="person",
    )


def _signed_in(principal: Principal, names: Mapping[str, str]) -> str:
    if not principal.account_id:
        return f'<a href="/sign-in">{escape(t("登录"))}</a>'
    what = listed([t(ROLE_TITLES[role]) for role in ROLES if role in principal.roles])
    where = listed([names.get(code, code) for code in sorted(principal.units)])
    said = escape(t("{name}（{roles}）", name=principal.name, roles=f"{what} {where}".strip()))
    return (
        f'<span>{said}</span> <a href="/password">{escape(t("修改口令"))}</a>'
        f'<form method="post" action="/sign-out"><button>{escape(t("退出"))}</button></form>'
    )


def _visitor(principal: Principal, names: Mapping[str, str]) -> str:
    role = next(iter(principal.roles))
    chosen = ".".join([role, *sorted(principal.units)])
    plain = "".join(_option(key, t(ROLE_TITLES[key]), chosen) for key in ROLES if key != "liaison")
    liaisons = "".join(
        _option(f"liaison.{code}", f"{t(ROLE_TITLES['liaison'])} · {name}", chosen)
        for code, name in names.items()
    )
    return (
        f'<form method="post" action="/visit"><label for="visit">{escape(t("以此角色查看"))}</label>'
        f'<select id="visit" name="as">{plain}{liaisons}</select>'
        f"<button>{escape(t('切换'))}</button></form>"
    )


def _option(value: str, title: str, chosen: str) -> str:
    mark = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{mark}>{escape(title)}</option>'
