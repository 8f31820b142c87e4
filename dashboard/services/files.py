"""The routes by which files come in and go out: raw bytes, each by a service that asks for a permission."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.access.doors import Doors
from dashboard.access.principal import NOBODY, Principal, RefusedError
from dashboard.i18n import LANGUAGE, LANGUAGES, spoken, t
from dashboard.services import attachments, hand_in, merging, receipts, submitted
from dashboard.services.hand_in import LARGEST
from dashboard.services.pacing import TooOftenError
from dashboard.services.reporting import NotReadyError
from etl.journal import FrozenMonthError, StoreConflictError
from etl.review import ReviewError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOLD = (NotReadyError, FrozenMonthError, StoreConflictError, ReviewError)
"""Errors whose message is for the person who asked."""

Answer = Callable[[Doors, Principal, Request, bytes], Response]


class TooLargeError(Exception):
    """More bytes than a workbook may have."""


def routes(here: Doors) -> list[Route]:
    """Template, upload, marked copy, merging, receipt, submitted data and attachments, by unit and month."""
    month = "/hand-in/{unit}/{month}"
    ways: list[tuple[str, str, Answer]] = [
        ("GET", f"{month}/template", _template),
        ("PUT", f"{month}/workbook", _workbook),
        ("GET", f"{month}/marked", _marked),
        ("PUT", f"{month}/merge/{{batch}}/{{number:int}}", _take),
        ("PUT", f"{month}/merge/{{batch}}", _merge),
        ("GET", f"{month}/merged", _merged),
        ("PUT", f"{month}/attachment", _attach),
        ("GET", "/receipts/{submission}", _receipt),
        ("GET", "/submissions/{submission}/workbook", _submitted),
        ("GET", "/attachments/{number:int}", _attachment),
    ]
    return [Route(path, _answering(here, answer), methods=[method]) for method, path, answer in ways]


def _answering(here: Doors, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def answering(request: Request) -> Response:
        principal = request.scope.get("principal", NOBODY)
        try:
            body = await _body(request) if request.method == "PUT" else b""
            return await run_in_threadpool(_in_language, here, principal, request, body, answer)
        except TooLargeError:
            return PlainTextResponse("文件超过20兆 / The file is larger than 20 MB", 413)

    return answering


def _in_language(
    here: Doors, principal: Principal, request: Request, body: bytes, answer: Answer
) -> Response:
    asked = request.query_params.get("lang", "")
    LANGUAGE.set(asked if asked in LANGUAGES else "zh")
    try:
        return answer(here, principal, request, body)
    except RefusedError as error:
        return PlainTextResponse(spoken(error), 403)
    except TooOftenError as error:
        return PlainTextResponse(spoken(error), 429, headers={"retry-after": str(error.seconds)})
    except TOLD as error:
        return PlainTextResponse(spoken(error), 409)
    except Exception:
        # A fault of ours, or of the disk: the operator gets it in full, whoever sent the file a sentence.
        logging.getLogger(__name__).exception("%s %s failed", request.method, request.url.path)
        return PlainTextResponse(t("没有办成，数据没有受影响。请再试一次；仍不行时，请联系省厅管理员。"), 500)


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise TooLargeError
        parts.append(part)
    return b"".join(parts)


def _of(request: Request) -> tuple[str, str]:
    return request.path_params["unit"], request.path_params["month"]


def _download(name: str, content: bytes, kind: str) -> Response:
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "cache-control": "no-store",
    }
    return Response(content, media_type=kind, headers=headers)


def _template(here: Doors, principal: Principal, request: Request, _: bytes) -> Response:
    return _download(*hand_in.template(here, principal, *_of(request)), XLSX)


def _workbook(here: Doors, principal: Principal, request: Request, body: bytes) -> Response:
    name = request.query_params.get("name", "")
    draft = hand_in.receive(here, principal, *_of(request), name, body)
    return JSONResponse({"draft": draft.draft_id})


def _marked(here: Doors, principal: Principal, request: Request, _: bytes) -> Response:
    return _download(*hand_in.marked(here, principal, *_of(request), LANGUAGE.get()), XLSX)


def _take(here: Doors, principal: Principal, request: Request, body: bytes) -> Response:
    batch, number = request.path_params["batch"], request.path_params["number"]
    merging.take(here, principal, *_of(request), batch, number, body)
    return JSONResponse({"taken": number})


def _merge(here: Doors, principal: Principal, request: Request, body: bytes) -> Response:
    merged = merging.merge(here, principal, *_of(request), request.path_params["batch"], _names(body))
    return JSONResponse({"merged": merged.files, "conflicts": len(merged.conflicts)})


def _names(body: bytes) -> list[str]:
    """The names of the files sent before, as a JSON list; none where it is no such list."""
    try:
        names = json.loads(body)
    except ValueError:
        return []
    return [str(name) for name in names] if isinstance(names, list) else []


def _merged(here: Doors, principal: Principal, request: Request, _: bytes) -> Response:
    return _download(*merging.download(here, principal, *_of(request)), XLSX)


def _attach(here: Doors, principal: Principal, request: Request, body: bytes) -> Response:
    name = request.query_params.get("name", "")
    number = attachments.add(here, principal, *_of(request), name, body)
    return JSONResponse({"attachment": number})


def _attachment(here: Doors, principal: Principal, request: Request, _: bytes) -> Response:
    return _download(*attachments.download(here, principal, request.path_params["number"]))


def _submitted(here: Doors, principal: Principal, request: Request, _: bytes) -> Response:
    return _download(*submitted.workbook(here, principal, request.path_params["submission"]), XLSX)


def _receipt(here: Doors, principal: Principal, request: Request, _: bytes) -> Response:
    receipt, unit = submitted.receipt(here, principal, request.path_params["submission"])
    headers: dict[str, Any] = {"cache-control": "no-store"}
    if "save" in request.query_params:
        headers["content-disposition"] = f"attachment; filename={receipt.number}.html"
    return HTMLResponse(receipts.page(receipt, unit.name, LANGUAGE.get()), headers=headers)
