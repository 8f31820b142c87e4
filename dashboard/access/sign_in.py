"""Signing in and out, and changing one's password: small pages of our own, before Streamlit."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.access import accounts, sessions, visitors
from dashboard.access.accounts import AccountError, first_account
from dashboard.access.doors import Doors
from dashboard.access.gate import COOKIE, PASSWORD
from dashboard.access.principal import Principal, act_of, may_somewhere
from dashboard.i18n import LANGUAGE, LANGUAGES, spoken, t
from etl import audit
from etl.act import UNKNOWN, Act

FAILURES_OF_ADDRESS, WITHIN = 20, timedelta(minutes=15)
LONGEST_BODY = 4_096
STYLE = """
body { margin: 0; background: #f5f5f5; color: #1d1d1f; font: 15px/1.6 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif; }
main { max-width: 340px; margin: 12vh auto 0; background: #fff; border: 1px solid #d0d0d0; border-radius: 4px; padding: 22px 26px 26px; }
h1 { font-size: 20px; margin: 0 0 12px; } label { display: block; margin: 10px 0 2px; }
input { width: 100%; box-sizing: border-box; font: inherit; padding: 6px 8px; border: 1px solid #8a8a8a; border-radius: 4px; }
button { margin-top: 18px; width: 100%; font: inherit; padding: 8px; border: 0; border-radius: 4px; background: #1f6fb2; color: #fff; cursor: pointer; }
.told { color: #b04e0e; margin: 0; } .small { color: #5a5a5a; font-size: 13px; } a { color: #1f6fb2; }
@media (max-width: 400px) { main { margin-top: 0; border-width: 0 0 1px; } }
"""


class Failures:
    """Wrong passwords by the address they came from, so that one machine cannot try many accounts."""

    def __init__(self) -> None:
        self._times: dict[str, deque[datetime]] = {}

    def too_many(self, address: str, now: datetime) -> bool:
        """Whether an address has to wait."""
        times = self._times.get(address, deque())
        while times and now - times[0] > WITHIN:
            times.popleft()
        if not times:
            self._times.pop(address, None)
        return len(times) >= FAILURES_OF_ADDRESS

    def add(self, address: str, now: datetime) -> None:
        """One more wrong password."""
        self._times.setdefault(address, deque()).append(now)


def routes(doors: Doors) -> list[Route]:
    """/sign-in, /sign-out, /password and, for visitors, /visit."""
    failures = Failures()

    async def sign_in(request: Request) -> Response:
        _speak(request)
        if request.method != "POST":
            told = t("口令已修改，请用新口令登录。") if "changed" in request.query_params else ""
            return await run_in_threadpool(_sign_in_page, doors, told)
        form = await _form(request)
        return await run_in_threadpool(_signed_in, doors, failures, request, form)

    async def sign_out(request: Request) -> Response:
        await run_in_threadpool(_signed_out, doors, request.scope.get("principal"))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE)
        answer.delete_cookie(visitors.COOKIE)
        return answer

    async def password(request: Request) -> Response:
        _speak(request)
        if request.method != "POST":
            return _password_page()
        form = await _form(request)
        return await run_in_threadpool(_changed, doors, request, form)

    async def visit(request: Request) -> Response:
        form = await _form(request)
        chosen = visitors.visitor(form.get("as", ""))
        answer = RedirectResponse(_same_view(request, chosen), 303)
        if doors.takes_visitors():
            answer.set_cookie(visitors.COOKIE, form.get("as", ""), httponly=True, samesite="lax")
            answer.delete_cookie(COOKIE)
        return answer

    return [
        Route("/sign-in", sign_in, methods=["GET", "POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
        Route(PASSWORD, password, methods=["GET", "POST"]),
        Route("/visit", visit, methods=["POST"]),
    ]


def _same_view(request: Request, person: Principal) -> str:
    """The view somebody came from, on the first page of theirs where they may not open that page."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.headers.get("host", ""):
        return "/"
    page = came.path.strip("/")
    path = f"/{page}" if page.isidentifier() and may_somewhere(person, f"page.{page}") else "/"
    return f"{path}?{came.query}" if came.query else path


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            return {}
    return {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _speak(request: Request) -> None:
    asked = request.query_params.get("lang", "")
    LANGUAGE.set(asked if asked in LANGUAGES else "zh")


def _signed_in(doors: Doors, failures: Failures, request: Request, form: dict[str, str]) -> Response:
    peer, now = request.client.host if request.client else "", doors.now()
    address = doors.address_of(peer, request.headers.get("x-forwarded-for", ""))
    account_id, secret = form.get("account", "").strip(), form.get("password", "")
    if failures.too_many(address, now):
        return _sign_in_page(doors, t("尝试次数过多，请15分钟后再试。"), account_id, 429)
    if not doors.has_journal():
        return _sign_in_page(doors, t("账号或口令不正确，或账号已停用、被锁定。"), account_id, 401)
    journal, key = doors.journal(), doors.store.audit_key()
    account = accounts.signs_in(journal, account_id, secret, now=now)
    with journal.writing() as connection:
        act = Act(
            at=now,
            # What was typed and is nobody's account may be a password in the wrong place.
            who=account_id if accounts.find(connection, account_id) else UNKNOWN,
            roles=",".join(account.roles) if account else "",
            address=address,
            action="sign_in",
            object="",
            outcome="done" if account else "refused",
        )
        audit.append(connection, key, act)
        held = sessions.start(connection, account.account_id, address=address, now=now) if account else ""
    if account is None:
        failures.add(address, now)
        return _sign_in_page(doors, t("账号或口令不正确，或账号已停用、被锁定。"), account_id, 401)
    answer = RedirectResponse(PASSWORD if account.must_change_password else "/", 303)
    answer.set_cookie(COOKIE, held, httponly=True, samesite="lax", secure=doors.is_secure, path="/")
    return answer


def _signed_out(doors: Doors, principal: Principal | None) -> None:
    if principal is None or principal.visiting:
        return
    with doors.journal().writing() as connection:
        sessions.end(connection, principal.session, now=doors.now())
        audit.append(connection, doors.store.audit_key(), act_of(principal, "sign_out", "", doors.now()))


def _changed(doors: Doors, request: Request, form: dict[str, str]) -> Response:
    principal: Principal = request.scope["principal"]
    now, new = doors.now(), form.get("new", "")
    if principal.visiting:
        return RedirectResponse("/", 303)
    if new != form.get("again", ""):
        return _password_page(t("两次输入的新口令不一致。"), 400)
    if accounts.signs_in(doors.journal(), principal.account_id, form.get("old", ""), now=now) is None:
        with doors.journal().writing() as connection:
            refused = act_of(principal, "password", "", now, outcome="refused")
            audit.append(connection, doors.store.audit_key(), refused)
        return _password_page(t("原口令不正确。"), 401)
    if new == form.get("old", ""):
        return _password_page(t("新口令须与原口令不同。"), 400)
    try:
        with doors.journal().writing() as connection:
            accounts.change_password(connection, principal.account_id, new, must_change=False, now=now)
            audit.append(connection, doors.store.audit_key(), act_of(principal, "password", "", now))
    except AccountError as error:
        return _password_page(spoken(error), 400)
    answer = RedirectResponse("/sign-in?changed", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _sign_in_page(doors: Doors, told: str = "", account_id: str = "", status: int = 200) -> HTMLResponse:
    fields = (
        f'<label for="account">{escape(t("账号"))}</label>'
        f'<input id="account" name="account" autocomplete="username" autofocus required value="{escape(account_id)}">'
        f'<label for="password">{escape(t("口令"))}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
    )
    help_text = t("忘记口令或未开通账号，请联系省厅管理员。")
    if not (doors.has_journal() and doors.journal().has_accounts()):
        help_text = t("还没有任何账号。请在服务器上建立第一个：{command}", command=first_account())
    return _page(t("登录"), fields, t("登录"), told, help_text, status)


def _password_page(told: str = "", status: int = 200) -> HTMLResponse:
    fields = "".join(
        f'<label for="{name}">{escape(title)}</label>'
        f'<input id="{name}" name="{name}" type="password" autocomplete="{kind}" required>'
        for name, title, kind in (
            ("old", t("原口令"), "current-password"),
            ("new", t("新口令"), "new-password"),
            ("again", t("再输一次新口令"), "new-password"),
        )
    )
    rule = t(
        "至少12个字符，含大写字母、小写字母、数字、符号中的三类，不含账号和姓名；改好后用新口令重新登录。"
    )
    return _page(t("修改口令"), fields, t("修改"), told, rule, status)


def _page(title: str, fields: str, button: str, told: str, note: str, status: int) -> HTMLResponse:
    language = LANGUAGE.get()
    other = next((key for key in LANGUAGES if key != language), "")
    switch = f'<a href="?lang={other}" lang="{other}">{escape(LANGUAGES[other])}</a>' if other else ""
    message = f'<p class="told" role="alert">{escape(told)}</p>' if told else ""
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(t('城管执法专项行动考核'))}</h1>{message}"
        f'<form method="post" action="?lang={language}">{fields}<button>{escape(button)}</button></form>'
        f'<p class="small">{escape(note)}</p><p class="small">{switch}</p></main></body></html>'
    )
    return HTMLResponse(html, status, headers={"cache-control": "no-store"})
