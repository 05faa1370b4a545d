"""What the base posts to the platform: numbered messages, by a background job that tries three times."""

import hashlib
import hmac
from base64 import b64encode, encodebytes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec

from tramita.providers.onec.simulator.book import Book, Document
from tramita.providers.onec.simulator.dirt import dated, written
from tramita.simulation.dispatch import Attempt, Dispatch, Manners, Notice
from tramita.simulation.world import World

PATH = "/api/onec/v1"
# What the platform knows the base by, unless the settings name another under this key.
CALLBACKS_KEY = "onec-callbacks"
DEMO_CALLER = "onec:onec-callbacks-demonstration"

_BOUNDARY = b"1c-7d9f0c5e2b"
_TRIES = 3
_GAP = timedelta(seconds=30)
_KEPT_WORDS = 300


class BackgroundJob(Manners):
    """A background job of 1C: three tries, half a minute apart; it notes what was answered.

    ``then`` is what it does, by the number of a message, when that was taken.
    """

    timeout_seconds = 60.0

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.then: dict[str, Callable[[], object]] = {}

    def next_gap(self, dispatch: Dispatch, now: Any) -> timedelta | None:
        """Half a minute, twice; what was refused is not tried again."""
        last = dispatch.attempts[-1].status
        is_no = last is not None and 400 <= last < 500 and last != 429
        return None if is_no or dispatch.made >= _TRIES else _GAP

    def heard(self, dispatch: Dispatch, attempt: Attempt, body: bytes) -> None:
        """Keep the answer, for whoever sits before the base."""
        words = body[:_KEPT_WORDS].decode(errors="replace")
        self.said[dispatch.subject] = f"{attempt.status or attempt.error}: {words}"
        if attempt.is_success:
            self.then.pop(dispatch.notice.fields["message_no"], lambda: None)()


@dataclass
class Pushes:
    """``caller`` is ``user:password``. ``last`` is the number of the last message."""

    world: World
    book: Book
    caller: str
    last: int = 0
    job: BackgroundJob = field(default_factory=BackgroundJob)

    def forget(self) -> None:
        """Count from the first again."""
        self.last = 0
        self.job.said.clear()
        self.job.then.clear()

    def tell(
        self,
        kind: str,
        known: Document,
        said: Mapping[str, object],
        then: Callable[[], object] | None = None,
    ) -> int:
        """Post a message about a document, and do something once it is taken; answers its number."""
        self.last += 1
        if then is not None:
            self.job.then[str(self.last)] = then
        body = {"message_no": self.last, **said}
        _, content = written(body, self.book.conditions)
        self._post(kind, known.external_id, content)
        return self.last

    def tell_document(
        self, known: Document, said: Mapping[str, object], paper: bytes, *, is_form: bool
    ) -> int:
        """The same of a paper: a form, or JSON with the paper in base64, in lines as 1C writes it."""
        self.last += 1
        body = {"message_no": self.last, **said}
        if is_form:
            content = _form(msgspec.json.encode(body), str(said["name"]), paper)
        else:
            body |= {"content": encodebytes(paper).decode()}
            content = msgspec.json.encode(body)
        self._post("documents", known.external_id, content)
        return self.last

    def _post(self, kind: str, external_id: str, content: bytes) -> None:
        path = f"{PATH}/applications/{{}}/{kind}"
        fields = {"type": kind, "external_id": external_id, "message_no": str(self.last)}
        notice = Notice(
            kind, external_id, fields, content, lambda: content, path.format(external_id)
        )
        self.world.post_office.post(notice)

    def sign(self, path: str, body: bytes, *, age: timedelta, is_forged: bool) -> Mapping[str, str]:
        """User and password, or a signature where the platform wants one."""
        is_form = body.startswith(b"--" + _BOUNDARY)
        kind = (
            f"multipart/form-data; boundary={_BOUNDARY.decode()}" if is_form else "application/json"
        )
        caller = "onec:a stranger's" if is_forged else self.caller
        if not self.book.conditions.signs:
            known_as = b64encode(caller.encode()).decode()
            return {"content-type": kind, "authorization": f"Basic {known_as}"}
        stamp = f"{int((self.book.now - age).timestamp())}"
        digest = hashlib.sha256(body).hexdigest()
        text = f"{stamp}\nPOST\n{path}\n{digest}"
        secret = caller.partition(":")[2].encode()
        signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
        return {
            "content-type": kind,
            "x-tramita-content-sha256": digest,
            "x-tramita-timestamp": stamp,
            "x-tramita-signature": signature,
        }


def paper_told(kind: str, number: str, paper: bytes, **more: object) -> dict[str, object]:
    """What is said of a paper."""
    return {
        "kind": kind,
        "number": number,
        "sha256": hashlib.sha256(paper).hexdigest(),
        "visible_to_client": True,
        **more,
    }


def dated_now(book: Book) -> str:
    """The base's own time as it writes it."""
    return dated(book.now)


def _form(meta: bytes, name: str, paper: bytes) -> bytes:
    line = b"--" + _BOUNDARY + b"\r\n"
    return (
        line
        + b'Content-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n'
        + meta
        + b"\r\n"
        + line
        + f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode()
        + b"Content-Type: application/pdf\r\n\r\n"
        + paper
        + b"\r\n--"
        + _BOUNDARY
        + b"--\r\n"
    )
